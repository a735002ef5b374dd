"""What other stacks and programs read of a stack, and read no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from review.diff.change import Bump, Change, Section
from review.diff.meaning import shown
from review.diff.pair import Pair, when
from review.diff.tree import ABSENT
from template_reader.file import LIBRARY
from template_reader.nodes import below

THERE = "there"
IMPORTED = "CloudFormation refuses the update while another stack imports it"


def outputs_changed(pair: Pair) -> Iterator[Change]:
    """Yield what becomes of each output and its export."""
    for name in pair.names("Outputs"):
        before, after = pair.parts("Outputs", name)
        if before is ABSENT:
            yield Change(Section.CALLERS, "output added", name, Bump.MINOR)
        elif after is ABSENT:
            yield _removed(pair, name, before)
        else:
            yield from _of_both(pair, name, before, after)


def _removed(pair: Pair, name: str, before: Any) -> Change:
    export = _export(pair, before, ABSENT)[0]
    why = f"{IMPORTED}, as {export}" if export else "whatever reads it finds nothing"
    return Change(Section.CALLERS, "output removed", name, Bump.MAJOR, True, why=why)


def _of_both(pair: Pair, name: str, before: Any, after: Any) -> Iterator[Change]:
    yield from _there(pair, name, before, after)
    yield from _exported(pair, name, before, after)
    values = pair.meanings(below(before, "Value"), below(after, "Value"))
    if values[0] != values[1] and not _are_versions(pair, values):
        yield _value_changed(pair, name, before, values)
    if below(before, "Description") != below(after, "Description"):
        yield Change(Section.CALLERS, "described", name, Bump.PATCH)


def _there(pair: Pair, name: str, before: Any, after: Any) -> Iterator[Change]:
    nodes = (when(below(each, "Condition"), THERE) for each in (before, after))
    ways = pair.outcomes(*pair.meanings(*nodes))
    if (THERE, ABSENT) in ways:
        why = f"where its condition {below(after, 'Condition')} does not hold, it is not there"
        yield Change(Section.CALLERS, "output may be gone", name, Bump.MAJOR, True, why=why)
    elif (ABSENT, THERE) in ways:
        yield Change(Section.CALLERS, "output added", name, Bump.MINOR, why="in more stacks")


def _exported(pair: Pair, name: str, before: Any, after: Any) -> Iterator[Change]:
    one, other = _export(pair, before, after)
    place = (name, Bump.MAJOR, True, "Export", one, other)
    if one and not other:
        yield Change(Section.CALLERS, "export removed", *place, IMPORTED)
    elif one and one != other:
        yield Change(Section.CALLERS, "export renamed", *place, IMPORTED)
    elif other and not one:
        yield Change(Section.CALLERS, "export added", name, Bump.MINOR, after=other)


def _export(pair: Pair, before: Any, after: Any) -> tuple[str, str]:
    """Return under which name an output is exported in both versions, '' where it is not."""
    names = [below(each, "Export", "Name") for each in (before, after)]
    one, other = pair.meanings(*(name if name != () else ABSENT for name in names))
    return ("" if one is ABSENT else shown(one)), ("" if other is ABSENT else shown(other))


def _value_changed(pair: Pair, name: str, before: Any, values: tuple[Any, Any]) -> Change:
    one, other = map(shown, values)
    if _export(pair, before, ABSENT)[0]:
        verdict = (Bump.MAJOR, True, "Value", one, other, IMPORTED)
    else:
        verdict = (Bump.MINOR, False, "Value", one, other, "whatever reads it gets another value")
    return Change(Section.CALLERS, "output changed", name, *verdict)


def _are_versions(pair: Pair, values: tuple[Any, Any]) -> bool:
    """Return whether an output says the version of the template, which each release changes."""
    sides = (pair.before, pair.after)
    versions = [below(each.document, "Metadata", LIBRARY, "Version") for each in sides]
    return all(versions) and [*map(str, versions)] == [*values]
