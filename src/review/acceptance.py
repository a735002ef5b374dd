"""Which changes somebody has accepted, in a file that is reviewed with them: what, and why.

[[accept]]
template = "artifact-store.yaml"
change = "replace"
where = "ArtifactBucket"
reason = "The old bucket is empty: nobody has launched it yet."
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refusals import RefusalError, nearest
from review.diff.change import Change

KEYS = ("template", "change", "where", "reason")


class AcceptanceError(RefusalError):
    """A list of accepted changes cannot be read."""


@dataclass(frozen=True)
class Accepted:
    """One accepted change; `change` and `where` are `what` and `where` of a `Change`."""

    template: str
    change: str
    where: str
    reason: str

    def covers(self, template: str, change: Change) -> bool:
        """Return whether this is the change that is meant."""
        return (self.template, self.change, self.where) == (template, change.what, change.where)


def read_acceptances(path: Path) -> tuple[Accepted, ...]:
    """Return what a file accepts. Raise `AcceptanceError` if it is not written as it must be."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AcceptanceError(
            f"{path}: cannot be read: {error.strerror}; mend: name a file with --accept"
        ) from None
    except ValueError as error:
        raise AcceptanceError(f"{path}: is no TOML: {error}; mend that line") from None
    written = told.pop("accept", [])
    if told or not isinstance(written, list):
        raise AcceptanceError(f"{path}: holds more than [[accept]] tables; mend: leave that out")
    return tuple(_accepted(path, number, each) for number, each in enumerate(written, start=1))


def _accepted(path: Path, number: int, written: Any) -> Accepted:
    place = f"{path}: accept[{number}]"
    given = written if isinstance(written, dict) else {}
    for key in given:
        if key not in KEYS:
            mend = nearest(key, KEYS) or f"; it has {', '.join(KEYS)}"
            raise AcceptanceError(f"{place}.{key}: is no key of it{mend}")
    for key in KEYS:
        value = given.get(key)
        if not isinstance(value, str) or not value.strip():
            raise AcceptanceError(f"{place}.{key}: is missing; write it as a text")
    return Accepted(**given)


def accepted_by(acceptances: Iterable[Accepted], template: str, change: Change) -> Accepted | None:
    """Return what accepts a change, if anything does."""
    return next((each for each in acceptances if each.covers(template, change)), None)
