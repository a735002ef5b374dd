"""Parameters that got another name: used in the same places, or otherwise the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.diff.meaning import Side, meaning, side_of
from review.diff.pair import Pair
from review.diff.references import references
from template_reader.nodes import mapping

SECTIONS = ("Resources", "Conditions", "Outputs", "Rules")
WORDS = ("Description", "ConstraintDescription")
# What tells a parameter apart: two without any of it are alike by chance.
TELLING = ("Default", "AllowedValues", "AllowedPattern")
Places = frozenset[tuple[str, ...]]


def parameter_renames(pair: Pair) -> dict[str, str]:
    """Return the new name of each parameter that has one."""
    olds, news = pair.before.section("Parameters"), pair.after.section("Parameters")
    gone = [str(each) for each in olds if each not in news]
    come = [str(each) for each in news if each not in olds]
    if not gone or not come:
        return {}
    used, uses = _places(pair.before), _places(side_of(pair.after.document))
    found: dict[str, str] = {}
    for old in gone:
        left = [each for each in come if each not in found.values()]
        same_place = [each for each in left if used.get(old) and used.get(old) == uses.get(each)]
        same = [each for each in left if _are_alike(mapping(olds[old]), mapping(news[each]))]
        if len(same_place) == 1:
            found[old] = same_place[0]
        elif len(same) == 1:
            found[old] = same[0]
    return found


def _places(side: Side) -> Mapping[str, Places]:
    """Return where each name is referred to."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for section in SECTIONS:
        for each in references(meaning(side, side.section(section))):
            found.setdefault(each.target, set()).add((section, *each.path))
    return {name: frozenset(places) for name, places in found.items()}


def _are_alike(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> bool:
    """Return whether two parameters differ in words alone, and are not alike by chance."""
    one, other = (
        {key: value for key, value in each.items() if key not in WORDS} for each in (before, after)
    )
    return one == other and any(key in one for key in TELLING)
