"""Resources that got another logical id: CloudFormation makes a new one and deletes the old."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.diff.collisions import is_unique_name, name_taken
from review.diff.meaning import Side, meaning
from review.diff.pair import Pair, when
from review.diff.tree import ABSENT
from template_reader.nodes import below, mapping


def renames(pair: Pair) -> dict[str, str]:
    """Return the new logical id of each resource that is gone from its old one."""
    gone = _only(pair.before, pair.after)
    come = _only(pair.after, pair.before)
    found: dict[str, str] = {}
    for old, one in gone.items():
        like = (new for new, other in come.items() if _are_alike(one, other))
        ever = (new for new in like if _are_ever_both(pair, old, new))
        if new := next(ever, None):
            found[old] = new
            del come[new]
    return found


def _only(side: Side, other: Side) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return the resources that one version alone has: the type of each, and its properties."""
    resources, others = side.section("Resources"), other.section("Resources")
    return {
        name: (node["Type"], mapping(meaning(side, node.get("Properties"))))
        for name, node in resources.items()
        if name not in others and isinstance(below(node, "Type"), str)
    }


def _are_alike(before: tuple[str, Mapping[str, Any]], after: tuple[str, Mapping[str, Any]]) -> bool:
    (type_, one), (another, other) = before, after
    return type_ == another and (
        one == other or (is_unique_name(type_) and bool(name_taken(type_, one, other, {})))
    )


def _are_ever_both(pair: Pair, old: str, new: str) -> bool:
    """Return whether there is a stack that has the old one and gets the new one."""
    before, after = pair.before.section("Resources")[old], pair.after.section("Resources")[new]
    one, other = (when(each.get("Condition"), "there") for each in (before, after))
    found = pair.outcomes(*pair.meanings(one, other))
    return any(ABSENT not in each for each in found)
