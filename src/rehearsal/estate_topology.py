"""Reads of a topology what whoever launches it has to know: its kind, its home, where it deploys.

The generator judges topologies; here only what cannot be read at all is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operate.regions import partition_of
from rehearsal.errors import RehearsalError

BY_KEYS, BY_TOKEN = "access-keys", "web-identity"


@dataclass(frozen=True)
class Destination:
    """Where a stage deploys.

    `account` is as the topology has it: 12 digits, what asks for them, or '' for the pipeline's.
    """

    stage: str
    region: str
    account: str

    @property
    def partition(self) -> str:
        """The partition it lies in."""
        return partition_of(self.region, "region")


@dataclass(frozen=True)
class Site:
    """A topology: `kind` is that of its pipeline, `access` how another partition is entered."""

    path: Path
    kind: str
    home: str
    access: str
    destinations: tuple[Destination, ...]

    @property
    def name(self) -> str:
        """What its templates are named after."""
        return self.path.stem

    @property
    def partition(self) -> str:
        """The partition the pipeline lives in."""
        return partition_of(self.home, f"{self.path}: home")

    @property
    def crossings(self) -> tuple[Destination, ...]:
        """The destinations in other partitions."""
        return tuple(each for each in self.destinations if each.partition != self.partition)

    @property
    def at_home(self) -> tuple[Destination, ...]:
        """The destinations in the pipeline's partition."""
        return tuple(each for each in self.destinations if each.partition == self.partition)


def read_site(path: Path) -> Site:
    """Return what a topology says. Raise `RehearsalError` if it is not there, or none."""
    top = _toml(path)
    try:
        site = Site(
            path=path,
            kind=str(top["pipeline"]),
            home=str(top["home"]),
            access=str(top.get("access", BY_KEYS)),
            destinations=tuple(_destinations(top)),
        )
    except (KeyError, TypeError, AttributeError):
        mend = "`make templates` says what is missing"
        raise RehearsalError(f"{path}: is no topology: pipeline, home, stage; {mend}") from None
    for each in (site.home, *(to.region for to in site.destinations)):
        partition_of(each, f"{path}: region")
    return site


def _destinations(top: dict[str, Any]) -> Iterator[Destination]:
    for stage in top["stage"]:
        for to in stage["target"]:
            yield Destination(stage["name"], to["region"], str(to.get("account", "")))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        mend = "name a topology of topologies/, or write it"
        raise RehearsalError(f"{path}: is not there; {mend}") from None
    except OSError as error:
        raise RehearsalError(f"{path}: cannot be read: {error.strerror}; name a file") from None
    except ValueError as error:
        raise RehearsalError(f"{path}: is not TOML: {error}; correct it there") from None
