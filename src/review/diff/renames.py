"""Resources that got another logical id: CloudFormation makes a new one and deletes the old."""

from __future__ import annotations

from typing import Any

from review.diff.collisions import name_taken
from review.diff.meaning import meaning
from review.diff.pair import Pair, when
from review.diff.tree import ABSENT
from template_reader.nodes import below, mapping


def renames(pair: Pair) -> dict[str, str]:
    """Return the new logical id of each resource that is gone from its old one."""
    olds, news = pair.before.section("Resources"), pair.after.section("Resources")
    gone = [str(each) for each in olds if each not in news]
    come = [str(each) for each in news if each not in olds]
    found: dict[str, str] = {}
    for old in gone:
        like = (new for new in come if new not in found.values() and _is_like(pair, old, new))
        if new := next(like, None):
            found[old] = new
    return found


def _is_like(pair: Pair, old: str, new: str) -> bool:
    before, after = pair.before.section("Resources")[old], pair.after.section("Resources")[new]
    type_ = below(before, "Type")
    if not isinstance(type_, str) or type_ != below(after, "Type"):
        return False
    one = mapping(meaning(pair.before, below(before, "Properties")))
    other = mapping(meaning(pair.after, below(after, "Properties")))
    is_like = one == other or bool(name_taken(type_, one, other, {}))
    return is_like and _are_ever_both(pair, before, after)


def _are_ever_both(pair: Pair, before: Any, after: Any) -> bool:
    """Return whether there is a stack that has the old one and gets the new one."""
    conditions = (mapping(each).get("Condition") for each in (before, after))
    one, other = (when(each, "there") for each in conditions)
    found = pair.outcomes(*pair.meanings(one, other))
    return any(ABSENT not in each for each in found)
