"""What becomes of a resource that both versions have: it stays, is updated, replaced, or goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from review.diff.change import Change
from review.diff.collisions import is_unique_name, name_taken
from review.diff.defaults import by_defaults
from review.diff.effects import Common, Happening
from review.diff.keeping import DELETION, REPLACEMENT, fate, fate_of_replaced, is_dropped
from review.diff.meaning import shown
from review.diff.pair import Pair, when
from review.diff.replacement import Effect, reason
from review.diff.resource_change import THERE, Place, change, fails, removed
from review.diff.tree import ABSENT

ATTRIBUTES = ("Metadata", "CreationPolicy", "UpdatePolicy", DELETION, REPLACEMENT)
PROVIDER = "ServiceToken"


def common_changes(
    pair: Pair, place: Place, resources: Mapping[str, Common], found: Mapping[str, Happening]
) -> Iterator[Change]:
    """Yield what becomes of a resource that both versions have."""
    each, happening = resources[place.logical_id], found[place.logical_id]
    before, after = each.nodes
    yield from _there(pair, place, before, after)
    for policy in _dropped(place, before, after):
        why = f"from now on it {fate(after, policy)} with what it holds"
        values = (str(before.get(policy, "")), str(after.get(policy, "")))
        yield change("policy dropped", place, why, policy, values)
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
        yield removed(what, place, before, where)
    if (ABSENT, THERE) in ways:
        yield change("may add", place, "where its condition did not hold, and does now")


def _dropped(place: Place, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> list[str]:
    """Return the policies that kept what a resource holds, and do so no more."""
    policies = (DELETION, REPLACEMENT) if place.is_stateful else ()
    return [each for each in policies if is_dropped(before, after, each)]


def _replaced(
    place: Place, each: Common, happening: Happening, found: Mapping[str, Happening]
) -> Change:
    what, property = happening.effect.words, happening.properties
    if property == PROVIDER and happening.effect is Effect.REPLACE:
        why = f"no custom resource gets another {PROVIDER}; mend: give it another logical id"
        return fails(what, place.logical_id, property, _values(happening), why)
    gone = {name: one for name, one in found.items() if one.effect >= Effect.MAY_REPLACE}
    taken = name_taken(each.type, each.before, each.after, gone)
    is_unique = taken != "" and is_unique_name(each.type)
    if is_unique and happening.effect is Effect.REPLACE:
        why = f"the new one is made while the old one has {taken}; mend: change that, too"
        return fails(what, place.logical_id, property, _values(happening), why)
    old = f"the old one {fate_of_replaced(*each.nodes)}"
    if happening.effect is Effect.MAY_REPLACE:
        old = f"if so, {old}"
    if taken and (is_unique or not happening.through):
        old += f"; it {'will' if is_unique else 'may'} fail then: {taken} is taken"
    if happening.through:
        is_sure = found[happening.through].effect is Effect.REPLACE
        becomes = "is replaced" if is_sure else "may be replaced"
        why = f"{property} refers to {happening.through}, which {becomes}"
    else:
        why = reason(each.type, happening.effect, happening.found[0])
    return change(what, place, f"{why}; {old}{place.words}", property, _values(happening))


def _updated(pair: Pair, place: Place, each: Common, happening: Happening) -> Iterator[Change]:
    before, after = each.nodes
    told = _dropped(place, before, after)
    attributes = [
        name
        for name in ATTRIBUTES
        if name not in told and _differs(pair, before.get(name), after.get(name))
    ]
    property = ", ".join(filter(None, [happening.properties, *attributes]))
    if property:
        why = f"it refers to {happening.through}, of which there is or may be a new one"
        values = ("", "") if attributes else _values(happening)
        yield change("update", place, why if happening.through else "", property, values)


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
