"""What becomes of the resources of a stack that runs: added, updated, replaced, removed, kept."""

from __future__ import annotations

from collections.abc import Iterator

from review.diff.change import Change, NotJudged
from review.diff.collisions import is_unique_name, name_taken
from review.diff.common_changes import common_changes
from review.diff.effects import common, happenings
from review.diff.keeping import DELETION, fate
from review.diff.meaning import meaning
from review.diff.outside import ways_out
from review.diff.pair import Pair, pair_of, when
from review.diff.renames import renames
from review.diff.resource_change import THERE, Place, change, fails, removed
from review.diff.tree import ABSENT
from review.diff.unjudged import unjudged
from template_reader.file import Template
from template_reader.nodes import below, mapping


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
            yield from common_changes(pair, place, resources, found)
        elif name in renamed:
            yield _renamed(pair, name, renamed[name])
        elif name not in renamed.values():
            yield from _of_one(pair, name, ways.get(name, ""))


def _of_one(pair: Pair, name: str, way: str) -> Iterator[Change]:
    """Yield what becomes of a resource that one version has, or that is of another type."""
    before, after = pair.parts("Resources", name)
    one, other = below(before, "Type"), below(after, "Type")
    if isinstance(one, str) and isinstance(other, str):
        yield fails(
            *("replace", name, "Type", (one, other)),
            "CloudFormation changes no resource's type; mend: give it another logical id",
        )
    elif isinstance(one, str) and after is ABSENT:
        yield removed("remove", Place(name, one, way), before)
    elif isinstance(other, str) and before is ABSENT:
        there = meaning(pair.after, when(after.get("Condition"), THERE))
        is_sure = all(THERE in each for each in pair.outcomes(ABSENT, there))
        what = "add" if is_sure else "may add"
        words = "" if is_sure else f"where its condition {after['Condition']} holds"
        yield change(what, Place(name, other, ""), words)


def _renamed(pair: Pair, old: str, new: str) -> Change:
    before, after = pair.before.section("Resources")[old], pair.after.section("Resources")[new]
    one, other = pair.meanings(below(before, "Properties"), below(after, "Properties"))
    type_ = str(before["Type"])
    taken = name_taken(type_, mapping(one), mapping(other), {})
    if taken and is_unique_name(type_):
        why = f"{new} is made while {old} still has {taken}; mend: keep the logical id {old}"
        return fails("rename", old, "", (old, new), why)
    place = Place(old, type_, "")
    why = f"CloudFormation makes {new} anew, and {old} {fate(before, DELETION)}{place.words}"
    why += f"; it may fail: {old} still has {taken}" if taken else ""
    return change("rename", place, why, "", (old, new))
