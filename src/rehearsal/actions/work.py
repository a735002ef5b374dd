"""One action that is to be carried out: what it is told, as whom it acts, and what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.artifacts import Location, Stores
from rehearsal.clouds import Clouds
from rehearsal.commits import Commit
from rehearsal.definition import Action
from rehearsal.desk import Desk
from rehearsal.embedded_aws import Credentials, root


@dataclass(frozen=True)
class Scene:
    """Where a rehearsal goes on.

    `folder` takes what builds work on; `tools` is a folder of commands for them; `stand_ins` are
    scripts by the command they stand in for, and `stood_in` says of each what it does instead;
    `approves` is asked with the place and text of an approval; `clock` is held by whoever lets time
    pass, and by what must not see it pass.
    """

    clouds: Clouds
    folder: Path
    tools: Path
    stand_ins: Mapping[str, str]
    approves: Callable[[str, str], bool]
    stood_in: tuple[str, ...] = ()
    clock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Work:
    """An action, its variables put in.

    `account` is the pipeline's; `role` acts, with credentials `who`; `inputs` lie in the action's
    region; `revision` is what the source gave, '' until it has.
    """

    scene: Scene
    action: Action
    pipeline: str
    account: str
    execution: str
    role: str
    who: Credentials
    stores: Stores
    inputs: Mapping[str, Location]
    commit: Commit
    revision: str

    def told(self, key: str, default: str = "") -> str:
        """Return what the action is configured with."""
        return self.action.configuration.get(key, default)

    def client(self, service: str, who: Credentials | None = None) -> Any:
        """Return a client in the action's region, for the role that acts or somebody else."""
        region = self.action.region
        return self.scene.clouds.of(region).client(service, region, who or self.who)

    def root_client(self, service: str) -> Any:
        """Return a client of the root of the pipeline's account, who looks and does not act."""
        return self.client(service, root(self.account))

    def desk(self) -> Desk:
        """Return the desk of the action's region."""
        region = self.action.region
        return Desk(self.scene.clouds.of(region), self.account, region)

    def serve(self, role: str, service: str) -> Credentials:
        """Return credentials of a role for a service. Raise `ActionError` if it trusts it not."""
        return take_on(self.scene.clouds, role, service, self.action.region)


@dataclass(frozen=True)
class Done:
    """What an action did, in a few words, and what it leaves to others."""

    said: str
    variables: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Location] = field(default_factory=dict)
    log: tuple[str, ...] = ()


def take_on(clouds: Clouds, role: str, service: str, region: str) -> Credentials:
    """Return credentials of a role for a service. Raise `ActionError` if it trusts it not."""
    try:
        return clouds.of(region).serve(role, service, region)
    except ClientError as error:
        name = f"{service}.amazonaws.com"
        raise ActionError(
            f"{name} cannot take on {role}: {error}", f"let {name} assume it"
        ) from None


class ActionError(Exception):
    """An action fails: why, what mends it, and the last that was logged."""

    def __init__(self, why: str, mend: str = "", log: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.why, self.mend, self.log = why, mend, log
