"""A version, as Semantic Versioning 2.0.0 writes and orders it."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from refusals import RefusalError, quoted

NUMBER = r"(0|[1-9]\d*)"
WORD = r"(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
FORM = re.compile(rf"{NUMBER}\.{NUMBER}\.{NUMBER}(?:-({WORD}(?:\.{WORD})*))?", re.ASCII)


class VersionError(RefusalError):
    """A text is no version."""


@functools.total_ordering
@dataclass(frozen=True)
class Version:
    """A version; `before` is what stands after the hyphen, '' for a stable one."""

    numbers: tuple[int, int, int]
    before: str = ""

    @property
    def stable(self) -> bool:
        """Whether it may become the latest: it is no pre-release."""
        return not self.before

    def __str__(self) -> str:
        return ".".join(map(str, self.numbers)) + (f"-{self.before}" if self.before else "")

    def __lt__(self, other: Version) -> bool:
        return self._rank < other._rank

    @property
    def _rank(self) -> tuple[object, ...]:
        """What it is ordered by: a pre-release comes before its version, numbers before words."""
        words = self.before.split(".") if self.before else []
        ranked = tuple((0, int(w), "") if w.isdigit() else (1, 0, w) for w in words)
        return (self.numbers, not words, ranked)


def read_version(text: str, place: str) -> Version:
    """Return the version a text is. Raise `VersionError`, which names the place it was given in.

    Metadata of a build, after a '+', is refused: it would make two keys of one version.
    """
    found = FORM.fullmatch(text)
    if not found:
        words = "is no version; write one like 1.4.0 or 1.4.0-rc.1"
        raise VersionError(f"{place}: {quoted(text)} {words}")
    major, minor, patch, before = found.groups()
    return Version((int(major), int(minor), int(patch)), before or "")
