"""What a change asks of the version, and whether the version in the change is that far on.

Semantic Versioning: what makes callers act is major, what is new is minor, the rest is a patch.
Before 1.0.0 nothing is promised; there, as package managers have it, the second number is the
major one and the third is for all else.
"""

from __future__ import annotations

from dataclasses import dataclass

from review.diff.change import Bump
from semantic_version import Version


@dataclass(frozen=True)
class VersionVerdict:
    """`before` is the version that people have, `after` that in the change; None if not said.

    `wanted` is the least version that the change may be published under, None if that cannot be
    told or nothing has been released. `problem` is '' where the version is far enough on.
    """

    bump: Bump
    before: Version | None
    after: Version | None
    wanted: Version | None
    problem: str
    words: str

    @property
    def failed(self) -> bool:
        """Whether a major version has been forgotten."""
        return bool(self.problem) and self.bump is Bump.MAJOR


def judge_version(
    bump: Bump, before: Version | None, after: Version | None, released: bool
) -> VersionVerdict:
    """Return what is to be said of the version; `released` whether `before` is out at all."""
    if not released:
        words = "nothing has been released yet: any version will do"
        return VersionVerdict(bump, before, after, None, "", words)
    if before is None or after is None:
        side = "the base" if before is None else "the change"
        words = f"not judged: {side} says no version in Metadata.Meridian.Version"
        return VersionVerdict(bump, before, after, None, "", words)
    wanted = next_version(before, bump)
    if after.numbers >= wanted.numbers:
        return VersionVerdict(bump, before, after, wanted, "", f"{before} → {after} is far enough")
    problem = (
        f"{_name(bump)} changes since {before}, and the version is {after}; "
        f"mend: set it to {wanted} or more"
    )
    return VersionVerdict(bump, before, after, wanted, problem, problem)


def next_version(before: Version, bump: Bump) -> Version:
    """Return the least version that changes of such weight may be published under."""
    major, minor, patch = before.numbers
    is_early = major == 0
    match bump:
        case Bump.NONE:
            return before
        case Bump.MAJOR:
            return Version((0, minor + 1, 0) if is_early else (major + 1, 0, 0))
        case Bump.MINOR if not is_early:
            return Version((major, minor + 1, 0))
    return Version((major, minor, patch + 1))


def _name(bump: Bump) -> str:
    return bump.name.lower()
