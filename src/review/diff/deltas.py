"""What one holder may do after a change and could not before, and the other way round."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from review.diff.grants import ALLOW, Grant, Test, are_stricter, beyond
from review.statements import Kind

What = Literal[
    "gained", "lost", "trust widened", "trust narrowed",
    "condition dropped", "condition changed", "condition added",
    "Deny dropped", "Deny weakened", "Deny added",
]  # fmt: skip
Grants = Sequence[Grant]


@dataclass(frozen=True)
class Delta:
    """Some actions, in lower case, on some resources, which only one of two versions grants.

    `patterns` name the actions as they are written, () where only some of those are meant. `tests`
    are its conditions, and `others` those under which the other version has it.
    """

    what: What
    kind: Kind
    sid: str
    principals: tuple[str, ...]
    resources: tuple[str, ...]
    actions: frozenset[str]
    patterns: tuple[str, ...]
    tests: frozenset[Test]
    others: frozenset[Test] = frozenset()


def deltas(before: Grants, after: Grants) -> list[Delta]:
    """Return how two sets of grants differ; a changed condition is told of once."""
    known, left = set(before), set(after)
    added = (grant for grant in after if grant not in known)
    taken = (grant for grant in before if grant not in left)
    opened = [each for grant in added for each in _only(grant, before, is_new=True)]
    closed = [each for grant in taken for each in _only(grant, after, is_new=False)]
    pairs = {(each.tests, each.others) for each in opened}
    undone = {(each.others, each.tests) for each in closed}
    is_anew = [_is_test(each) and (each.tests, each.others) in undone for each in opened]
    return [
        *(
            replace(each, what="condition changed") if anew else _unless_weaker(each)
            for each, anew in zip(opened, is_anew, strict=True)
            if not (anew and each.what == "Deny added")
        ),
        *(
            _unless_stricter(each)
            for each in closed
            if not (each.what == "condition added" and (each.others, each.tests) in pairs)
        ),
    ]


def _unless_weaker(delta: Delta) -> Delta:
    """Return what is granted under weaker conditions; under quite other ones, it is gained."""
    if delta.what != "condition dropped" or are_stricter(delta.others, delta.tests):
        return delta
    return replace(delta, what="trust widened" if delta.kind == "trust" else "gained")


def _unless_stricter(delta: Delta) -> Delta:
    """Return what is granted under stricter conditions; under quite other ones, it is lost."""
    if delta.what != "condition added" or are_stricter(delta.others, delta.tests):
        return delta
    return replace(delta, what="trust narrowed" if delta.kind == "trust" else "lost")


def merged(found: Iterable[Delta]) -> list[Delta]:
    """Return differences, joined where only actions, resources or principals differ."""
    by_actions = _joined(
        list(found),
        lambda each: replace(each, actions=frozenset(), patterns=()),
        lambda one, other: replace(
            one,
            actions=one.actions | other.actions,
            patterns=_both(one.patterns, other.patterns) if one.patterns and other.patterns else (),
        ),
    )
    by_resources = _joined(
        by_actions,
        lambda each: replace(each, resources=()),
        lambda one, other: replace(one, resources=_both(one.resources, other.resources)),
    )
    return _joined(
        by_resources,
        lambda each: replace(each, principals=()),
        lambda one, other: replace(one, principals=_both(one.principals, other.principals)),
    )


def _only(grant: Grant, others: Grants, is_new: bool) -> Iterator[Delta]:
    """Yield what the others lack of a grant: wholly, or only as it is tested otherwise there."""
    left = beyond(grant, others)
    fresh = left & beyond(grant, others, tests=False)
    if fresh:
        yield _delta(_what(grant, others, fresh, is_new), grant, fresh)
    if tested := left - fresh:
        near = (each for each in others if grant.is_within(each, tests=False))
        other = next(each for each in near if each.reach & tested)
        found = _delta(_what_of_test(grant, is_new), grant, tested)
        yield replace(found, others=other.tests)


def _delta(what: What, grant: Grant, actions: frozenset[str]) -> Delta:
    return Delta(
        what,
        grant.kind,
        grant.sid,
        (str(grant.principal),) if grant.principal else (),
        (str(grant.resource),),
        actions,
        (str(grant.action),) if actions == grant.reach else (),
        grant.tests,
    )


def _what(grant: Grant, others: Grants, actions: frozenset[str], is_new: bool) -> What:
    if grant.effect != ALLOW:
        if is_new:
            return "Deny added"
        return "Deny weakened" if _is_partly_in(grant, others, actions) else "Deny dropped"
    if grant.kind == "trust":
        return "trust widened" if is_new else "trust narrowed"
    return "gained" if is_new else "lost"


def _what_of_test(grant: Grant, is_new: bool) -> What:
    if grant.effect != ALLOW:
        return "Deny added" if is_new else "Deny weakened"
    return "condition dropped" if is_new else "condition added"


def _is_test(delta: Delta) -> bool:
    return delta.what in ("condition dropped", "Deny added") and delta.tests != delta.others


def _is_partly_in(grant: Grant, others: Grants, actions: frozenset[str]) -> bool:
    """Return whether something of what a grant denies is denied by the others."""
    if actions != grant.reach:
        return True
    near = (each for each in others if each.effect == grant.effect and each.kind == grant.kind)
    return any(
        each.reach & actions
        and (each.resource.covers(grant.resource) or grant.resource.covers(each.resource))
        for each in near
    )


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*one, *other]))


def _joined(
    found: list[Delta], alike: Callable[[Delta], Hashable], join: Callable[[Delta, Delta], Delta]
) -> list[Delta]:
    groups: dict[Hashable, Delta] = {}
    for each in found:
        key = alike(each)
        groups[key] = join(groups[key], each) if key in groups else each
    return list(groups.values())
