"""The words of a comparison: what changed, where, why, and how much it asks of people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Section(StrEnum):
    """What a change is about; in the order reports show them."""

    CALLERS = "callers must act"
    STACKS = "running stacks"
    PERMISSIONS = "permissions"
    NETWORK = "network"
    PIPELINE = "pipeline"
    PARTITIONS = "partitions"
    SCRIPTS = "scripts"
    LIMITS = "limits"


class Bump(IntEnum):
    """What a change asks of the version, as Semantic Versioning has it."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True)
class Change:
    """One change. `what` is its kind in one or two words, as 'replace' or 'parameter removed'.

    `where` names what it happens to ('AppPipeline', 'BuildRole/ReadArtifacts'), `property` the
    path below that; `before` and `after` are short texts, '' where there is none. `why` says what
    it means to people. `decide` marks what somebody has to accept. `lines` are those of a text's
    own diff.
    """

    section: Section
    what: str
    where: str
    bump: Bump
    decide: bool = False
    property: str = ""
    before: str = ""
    after: str = ""
    why: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotJudged:
    """Something a comparison says nothing about, and the reason."""

    where: str
    reason: str
