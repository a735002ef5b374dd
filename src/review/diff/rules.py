"""What the Rules of a template refuse at launch that they took before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from review.diff.change import Bump, Change, Section
from review.diff.meaning import Side, meaning
from review.diff.pair import Pair
from review.diff.tree import ABSENT
from template_reader.nodes import below

CONDITION = "RuleCondition"
Verdict = tuple[Bump, bool, str]
STRICTER: Verdict = (
    *(Bump.MAJOR, True),
    "values that were taken may be refused, at launch and at the next update",
)
UNCLEAR: Verdict = (Bump.MINOR, True, "it may refuse what it took")
LOOSER: Verdict = (Bump.MINOR, False, "values that were refused are taken")
WORDS: Verdict = (Bump.PATCH, False, "it only says so in other words")


def rules_changed(pair: Pair) -> Iterator[Change]:
    """Yield what rules refuse more, or less, than they did."""
    for name in pair.names("Rules"):
        before, after = pair.parts("Rules", name)
        if before is ABSENT:
            yield _change("rule added", name, _of_new(pair, after))
        elif after is ABSENT:
            yield _change("rule removed", name, LOOSER)
        elif before != after:
            yield _change("rule changed", name, _of_changed(pair, before, after))


def _change(what: str, name: str, verdict: Verdict) -> Change:
    bump, decide, why = verdict
    return Change(Section.CALLERS, what, name, bump, decide, why=why)


def _of_new(pair: Pair, rule: Any) -> Verdict:
    """Return what a new rule means: one about new parameters refuses nothing that was taken."""
    known = set(map(str, pair.before.section("Parameters")))
    if known.intersection(_texts(rule)):
        return STRICTER
    return Bump.MINOR, False, "it asks about new parameters only"


def _of_changed(pair: Pair, before: Any, after: Any) -> Verdict:
    one, other = _asserts(pair.before, before), _asserts(pair.after, after)
    asked, asks = below(before, CONDITION), below(after, CONDITION)
    is_wider = asks != asked and not asks
    if (other - one and not one - other and asks == asked) or (is_wider and one <= other):
        return STRICTER
    if other - one or (asks != asked and asked):
        return UNCLEAR
    return LOOSER if one != other or asks != asked else WORDS


def _asserts(side: Side, rule: Any) -> set[str]:
    """Return what a rule asserts."""
    found = below(rule, "Assertions")
    written = [below(each, "Assert") for each in found] if isinstance(found, list) else []
    return {json.dumps(meaning(side, each), sort_keys=True) for each in written}


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    children = node.values() if isinstance(node, Mapping) else node
    for each in children if isinstance(node, Mapping | list) else ():
        yield from _texts(each)
