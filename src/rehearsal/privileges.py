"""Granted minus used: what statements allow and no call of a rehearsal needed.

A statement that stands in several stacks, as one template is launched for each stage, is used if it
is in any of them. Not as in AWS: which of two statements allowed a call is not known, so a call
counts as a use of every statement of its principal that covers its action and resource.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase

from rehearsal.calls import Call
from rehearsal.grants import EVERYTHING, Statement
from rehearsal.outcome import Grant

Key = tuple[str, str, str]


def unused(statements: Iterable[Statement], calls: Collection[Call]) -> tuple[Grant, ...]:
    """Return what no call used, by template, holder and statement."""
    by_principal: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.allowed:
            by_principal[call.principal].append(call)
    grouped: dict[Key, list[Statement]] = defaultdict(list)
    for each in statements:
        grouped[each.template, each.holder, each.sid].append(each)
    found = (grant for group in grouped.values() for grant in _unused(group, by_principal))
    return tuple(found)


def _unused(group: list[Statement], by_principal: dict[str, list[Call]]) -> Iterator[Grant]:
    """Yield the actions, and then the resources, that no statement of a group was used for."""
    used_actions: set[str] = set()
    used_places: set[int] = set()
    for statement in group:
        calls = [call for who in statement.principals for call in by_principal[who]]
        for call in calls:
            actions = [
                each for each in statement.actions if _covers(each.lower(), call.action.lower())
            ]
            places = [
                at for at, each in enumerate(statement.resources) if _covers(each, call.resource)
            ]
            if actions and places:
                used_actions |= {*actions}
                used_places |= {*places}
    one = group[0]
    for action in dict.fromkeys(each for statement in group for each in statement.actions):
        if action not in used_actions:
            yield _grant(one, action, ", ".join(one.resources))
    if used_actions:
        for at, resource in enumerate(one.resources):
            if at not in used_places:
                yield _grant(one, EVERYTHING, resource)


def _grant(statement: Statement, action: str, resource: str) -> Grant:
    reasons = statement.because
    return Grant(
        template=statement.template,
        role=statement.holder,
        statement=statement.sid,
        action=action,
        resource=resource,
        because=reasons.get(action, reasons.get(EVERYTHING, "")),
    )


def _covers(pattern: str, value: str) -> bool:
    """Return whether a pattern of a policy covers a value; brackets mean nothing in one."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))
