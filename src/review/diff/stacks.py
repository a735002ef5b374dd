"""What becomes of the resources of a stack that runs: added, updated, replaced, removed, kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws_reference.registry import stateful_types
from review.diff.change import Change, NotJudged, Section
from review.diff.collisions import name_taken
from review.diff.defaults import by_defaults
from review.diff.effects import Common, Happening, common, happenings
from review.diff.keeping import DELETION, REPLACEMENT, Fate, fate, fate_of_replaced, is_dropped
from review.diff.meaning import meaning, shown
from review.diff.outside import ways_out
from review.diff.pair import Pair, pair_of, when
from review.diff.renames import renames
from review.diff.replacement import Effect, reason
from review.diff.stack_verdicts import BREAKS, VERDICTS, Standing
from review.diff.tree import ABSENT
from review.diff.unjudged import unjudged
from template_reader.file import Template
from template_reader.nodes import below, mapping

ATTRIBUTES = ("Metadata", "CreationPolicy", "UpdatePolicy", DELETION, REPLACEMENT)
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
        return "".join(
            [
                "; it is stateful: what it holds is not in another one" if self.is_stateful else "",
                f"; it is known outside by {self.way}" if self.way else "",
            ]
        )


def changes(before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield what becomes of each resource, and what cannot be known."""
    pair = pair_of(before, after)
    resources = {each.logical_id: each for each in common(pair)}
    found = happenings(pair, resources)
    renamed, ways = renames(pair), ways_out(pair.before)
    yield from unjudged(pair, resources.values(), found)
    for name in pair.names("Resources"):
        if name in resources:
            place = Place(name, resources[name].type, ways.get(name, ""))
            yield from _of_common(pair, place, resources, found)
        elif name in renamed:
            yield _renamed(pair, name, renamed[name])
        elif name not in renamed.values():
            yield from _of_one(pair, name, ways.get(name, ""))


def _change(
    what: str, place: Place, why: str, property: str = "", values: tuple[str, str] = ("", "")
) -> Change:
    bump, decide = VERDICTS[what][place.standing]
    return Change(
        Section.STACKS, what, place.logical_id, bump, decide, property, values[0], values[1], why
    )


def _of_one(pair: Pair, name: str, way: str) -> Iterator[Change]:
    """Yield what becomes of a resource that one version has, or that is of another type."""
    before, after = pair.parts("Resources", name)
    one, other = below(before, "Type"), below(after, "Type")
    if isinstance(one, str) and isinstance(other, str):
        yield _fails(
            *("replace", name, "Type", (one, other)),
            "CloudFormation changes no resource's type; mend: give it another logical id",
        )
    elif isinstance(one, str) and after is ABSENT:
        yield _removed("remove", Place(name, one, way), before)
    elif isinstance(other, str) and before is ABSENT:
        there = meaning(pair.after, when(after.get("Condition"), THERE))
        is_sure = all(THERE in each for each in pair.outcomes(ABSENT, there))
        what = "add" if is_sure else "may add"
        words = "" if is_sure else f"where its condition {after['Condition']} holds"
        yield _change(what, Place(name, other, ""), words)


def _fails(what: str, name: str, property: str, values: tuple[str, str], why: str) -> Change:
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


def _removed(what: str, place: Place, before: Mapping[Any, Any], where: str = "") -> Change:
    becomes = fate(before, DELETION)
    is_kept = becomes is Fate.KEPT and what == "remove"
    return _change("keep" if is_kept else what, place, f"it {becomes}{where}{place.words}")


def _renamed(pair: Pair, old: str, new: str) -> Change:
    before, after = pair.before.section("Resources")[old], pair.after.section("Resources")[new]
    one, other = pair.meanings(below(before, "Properties"), below(after, "Properties"))
    type_ = str(before["Type"])
    if taken := name_taken(type_, mapping(one), mapping(other), {}):
        why = f"{new} is made while {old} still has {taken}; mend: keep the logical id {old}"
        return _fails("rename", old, "", (old, new), why)
    place = Place(old, type_, "")
    why = f"CloudFormation makes {new} anew, and {old} {fate(before, DELETION)}{place.words}"
    return _change("rename", place, why, "", (old, new))


def _of_common(
    pair: Pair, place: Place, resources: Mapping[str, Common], found: Mapping[str, Happening]
) -> Iterator[Change]:
    each, happening = resources[place.logical_id], found[place.logical_id]
    before, after = each.nodes
    yield from _there(pair, place, before, after)
    for policy in (DELETION, REPLACEMENT):
        if place.is_stateful and is_dropped(before, after, policy):
            why = f"from now on it {fate(after, policy)} with what it holds"
            values = (str(before.get(policy, "")), str(after.get(policy, "")))
            yield _change("policy dropped", place, why, policy, values)
    if happening.effect >= Effect.MAY_REPLACE:
        yield _replaced(place, each, happening, found)
    else:
        yield from _updated(pair, place, each, happening)
        yield from by_defaults(pair, each)


def _there(
    pair: Pair, place: Place, before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> Iterator[Change]:
    """Yield whether a resource comes or goes by its condition."""
    nodes = (when(each.get("Condition"), THERE) for each in (before, after))
    ways = pair.outcomes(*pair.meanings(*nodes))
    where = f", where its condition {after.get('Condition')} does not hold"
    if (THERE, ABSENT) in ways:
        what = "may remove" if (THERE, THERE) in ways else "remove"
        yield _removed(what, place, before, where)
    if (ABSENT, THERE) in ways:
        yield _change("may add", place, "where its condition did not hold, and does now")


def _replaced(
    place: Place, each: Common, happening: Happening, found: Mapping[str, Happening]
) -> Change:
    what, property = happening.effect.words, happening.properties
    gone = {name: one for name, one in found.items() if one.effect >= Effect.MAY_REPLACE}
    taken = name_taken(each.type, each.before, each.after, gone)
    if taken and happening.effect is Effect.REPLACE:
        why = f"the new one is made while the old one has {taken}; mend: change that, too"
        return _fails(what, place.logical_id, property, _values(happening), why)
    if happening.through:
        word = found[happening.through].effect.words
        why = f"{property} refers to {happening.through}, which stacks {word}"
    else:
        why = reason(each.type, happening.effect, happening.found[0])
    becomes = f"; the old one {fate_of_replaced(*each.nodes)}"
    return _change(what, place, f"{why}{becomes}{place.words}", property, _values(happening))


def _updated(pair: Pair, place: Place, each: Common, happening: Happening) -> Iterator[Change]:
    before, after = each.nodes
    attributes = [name for name in ATTRIBUTES if _differs(pair, before.get(name), after.get(name))]
    property = ", ".join(filter(None, [happening.properties, *attributes]))
    if property:
        why = f"it refers to {happening.through}, which another takes the place of"
        values = ("", "") if attributes else _values(happening)
        yield _change("update", place, why if happening.through else "", property, values)


def _differs(pair: Pair, before: Any, after: Any) -> bool:
    one, other = pair.meanings(before, after)
    return bool(one != other)


def _values(happening: Happening) -> tuple[str, str]:
    """Return what the only property that differs is in both versions, in short."""
    if len(happening.found) != 1 or happening.through:
        return "", ""
    (found,) = happening.found
    one, other = ("" if each is ABSENT else shown(each) for each in (found.before, found.after))
    return one, other
