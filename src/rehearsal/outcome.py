"""What came of a rehearsal, as typed data: stacks launched, executions run, grants never used.

Every report is written from this and from nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    """How an action or an execution ended, in CodePipeline's words."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    NOT_STARTED = "NotStarted"


@dataclass(frozen=True)
class Launch:
    """A stack as a person launched it; `resources` maps logical ids to physical ones."""

    template: str
    stack: str
    account: str
    region: str
    outputs: Mapping[str, str]
    resources: Mapping[str, str]
    seconds: float = 0.0


@dataclass(frozen=True)
class Refused:
    """A call that IAM refused; `principal` is a role or user, `statement` the grant it lacks.

    `statement` is YAML as it stands in a template's policy, '' where another grant would not help
    (`reason` then says what denies it).
    """

    principal: str
    action: str
    resource: str
    account: str
    region: str
    reason: str
    statement: str


@dataclass(frozen=True)
class ActionResult:
    """What came of one action.

    `account` and `region` are where it acts, `stack` is what it makes there, if any; `began` is in
    seconds after the execution began; `said` is what it made, in a few words; `why` and `mend` are
    '' unless it failed.
    """

    stage: str
    name: str
    provider: str
    account: str
    region: str
    status: Status
    began: float = 0.0
    seconds: float = 0.0
    said: str = ""
    why: str = ""
    mend: str = ""
    refused: tuple[Refused, ...] = ()
    log: tuple[str, ...] = ()
    attempt: int = 1
    stack: str = ""

    @property
    def place(self) -> str:
        """Where in the pipeline the action stands."""
        return f"{self.stage}.{self.name}"


@dataclass(frozen=True)
class Seen:
    """One thing that was looked at after an execution, and whether it is as it must be."""

    holds: bool
    sentence: str


@dataclass(frozen=True)
class ExecutionResult:
    """One execution; `wanted` is how it had to end, `actions` are in the order they ended."""

    title: str
    id: str
    wanted: Status
    status: Status
    actions: tuple[ActionResult, ...]
    seen: tuple[Seen, ...]
    seconds: float

    @property
    def green(self) -> bool:
        """Whether it went as it must."""
        return self.status is self.wanted and all(each.holds for each in self.seen)


@dataclass(frozen=True)
class Grant:
    """What a statement of a role allows and no rehearsal used.

    `statement` is its Sid or its number; `because` is why it stays, '' if nothing says so.
    """

    template: str
    role: str
    statement: str
    action: str
    resource: str
    because: str


@dataclass(frozen=True)
class Shares:
    """Where the time went, in seconds: the embedded AWS, builds' own commands, all of it."""

    embedded: float
    commands: float
    whole: float


@dataclass(frozen=True)
class Outcome:
    """The rehearsal of one pipeline.

    `unlaunched` says why nothing could be run, '' if it could. Grants are `measured` where every
    execution went as it must and no fault was asked for; `unused` is empty otherwise.
    """

    pipeline: str
    path: str
    launches: tuple[Launch, ...]
    executions: tuple[ExecutionResult, ...]
    unused: tuple[Grant, ...]
    stood_in: tuple[str, ...]
    not_shown: tuple[str, ...]
    shares: Shares
    unlaunched: str = ""
    measured: bool = True

    @property
    def green(self) -> bool:
        """Whether it ran, each time as it must, and no grant stands without a reason."""
        executed = bool(self.executions) and all(each.green for each in self.executions)
        return executed and all(each.because for each in self.unused)


class Listener(Protocol):
    """Is told what happens while it happens, by one thread or several."""

    def launched(self, launch: Launch) -> None:
        """A stack stands."""

    def execution_began(self, title: str) -> None:
        """An execution begins."""

    def action_began(self, stage: str, name: str, account: str, region: str) -> None:
        """An action begins."""

    def action_ended(self, result: ActionResult) -> None:
        """An action has ended."""

    def saw(self, seen: Seen) -> None:
        """Something was looked at."""
