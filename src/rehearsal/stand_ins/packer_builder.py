"""One build of the stand-in for Packer: who calls EC2, what it is told, and how it cleans up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.session import Session

from rehearsal.stand_ins.packer_log import Log

FAILURES = (BotoCoreError, ClientError)
LOOKS = {"Delay": 0, "MaxAttempts": 120}


def caller() -> Credentials:
    """Return the credentials that the environment gives. Raise `NoCredentialsError`."""
    found: Credentials | None = Session().get_credentials()
    if found is None:
        raise NoCredentialsError
    return found


@dataclass(frozen=True)
class Builder:
    """One build: who calls EC2, what the source is set to, and where it is told."""

    ec2: Any
    settings: Mapping[str, Any]
    log: Log

    def tags(self, setting: str, *kinds: str) -> list[dict[str, Any]]:
        """Return the tags that a setting gives resources of some kinds, as calls take them."""
        pairs = self.settings.get(setting) or {}
        tags = [{"Key": key, "Value": value} for key, value in pairs.items()]
        for each in tags:
            self.log.message(f'Adding tag: "{each["Key"]}": "{each["Value"]}"')
        return [{"ResourceType": kind, "Tags": tags} for kind in kinds] if tags else []

    def clean_up(self, words: str, call: Callable[[], object]) -> None:
        """Remove something; what refuses that is told and nothing more."""
        self.log.say(words)
        try:
            call()
        except FAILURES as error:
            self.log.error(f"Error cleaning up, may still be around: {error}")
