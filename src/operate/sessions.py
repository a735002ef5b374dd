"""Makes clients as the SDK's own settings say: one for home, one for the pair to be proven.

The settings of home never reach the other partition: its endpoint is AWS's own, or that of a
profile a person names for it. Nothing is sent where a stranger could read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from operate.errors import OperateError
from operate.key_pair import KeyPair
from operate.troubles import Scene, TroubleInAws, sentence

PATIENCE = Config(connect_timeout=10, read_timeout=30)
THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Caller:
    """Who calls, as STS names it."""

    arn: str

    @property
    def partition(self) -> str:
        """The partition it lives in."""
        return self.arn.split(":")[1]

    @property
    def account(self) -> str:
        """The twelve digits of its account."""
        return self.arn.split(":")[4]

    @property
    def is_user(self) -> bool:
        """It is an IAM user: neither a role, nor the root of the account."""
        return self.arn.split(":")[5].startswith("user/")


def session(profile: str, option: str) -> boto3.Session:
    """Return the session of a profile, of the default one if it is '', or raise `OperateError`."""
    try:
        return boto3.Session(profile_name=profile or None)
    except BotoCoreError as error:
        raise OperateError(
            f"{option}: {error}; mend: `aws configure list-profiles` shows those there are"
        ) from None


def home_client(own: boto3.Session, service: str, scene: Scene, config: Config = PATIENCE) -> Any:
    """Return a client that calls with a person's own credentials."""
    return _client(own, service, scene, config)


def pair_client(pair: KeyPair, settings: boto3.Session | None, scene: Scene) -> Any:
    """Return a client of STS that calls with a pair and nothing else.

    `settings` is the session whose endpoint is used; without one it is AWS's own.
    """
    config = PATIENCE.merge(Config(ignore_configured_endpoint_urls=settings is None))
    return _client(
        settings or boto3.Session(),
        "sts",
        scene,
        config,
        aws_access_key_id=pair.access_key,
        aws_secret_access_key=pair.secret_key,
    )


def _client(own: boto3.Session, service: str, scene: Scene, config: Config, **keys: str) -> Any:
    try:
        made = own.client(service, region_name=scene.region, config=config, **keys)
    except TroubleInAws as error:
        raise OperateError(sentence(error, scene)) from None
    except ValueError as error:
        raise OperateError(f"{scene.region}: {error}; mend: endpoint_url in the config") from None
    place = urlsplit(made.meta.endpoint_url)
    if place.scheme != "https" and place.hostname not in THIS_MACHINE:
        raise OperateError(
            f"{made.meta.endpoint_url}: anybody on the way could read what is sent there; "
            "mend: write endpoint_url with https"
        )
    return made
