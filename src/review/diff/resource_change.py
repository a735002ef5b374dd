"""What is said of a resource of a running stack, in the form all of it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_reference.registry import stateful_types
from review.diff.change import Change, Section
from review.diff.keeping import DELETION, Fate, fate
from review.diff.stack_verdicts import BREAKS, VERDICTS, Standing

THERE = "there"


@dataclass(frozen=True)
class Place:
    """A resource of which something is said; `way` is how it is known outside, '' if it is not."""

    logical_id: str
    type: str
    way: str

    @property
    def is_stateful(self) -> bool:
        """Whether it holds what is lost with it."""
        return self.type in stateful_types()

    @property
    def standing(self) -> Standing:
        """What the resource is to people."""
        if self.is_stateful:
            return Standing.STATEFUL
        return Standing.KNOWN_OUTSIDE if self.way else Standing.INSIDE

    @property
    def words(self) -> str:
        """What there is to lose with it, in words."""
        parts = ["it is stateful"] if self.is_stateful else []
        parts += [f"it is known outside by {self.way}"] if self.way else []
        return "".join(f"; {each}" for each in parts)


def change(
    what: str, place: Place, why: str, property: str = "", values: tuple[str, str] = ("", "")
) -> Change:
    """Return what becomes of a resource, with the verdict the table has for it."""
    bump, decide = VERDICTS[what][place.standing]
    return Change(
        Section.STACKS, what, place.logical_id, bump, decide, property, values[0], values[1], why
    )


def fails(what: str, name: str, property: str, values: tuple[str, str], why: str) -> Change:
    """Return a change that CloudFormation refuses or AWS does."""
    bump, decide = BREAKS
    return Change(
        Section.STACKS,
        what,
        name,
        bump,
        decide,
        property,
        values[0],
        values[1],
        f"will fail: {why}",
    )


def removed(what: str, place: Place, before: Mapping[Any, Any], where: str = "") -> Change:
    """Return that a resource leaves the stack, or may, by the policy the stack has for it."""
    becomes = fate(before, DELETION)
    is_kept = becomes is Fate.KEPT and what == "remove"
    return change("keep" if is_kept else what, place, f"it {becomes}{where}{place.words}")
