"""The differences of two nodes, by what their parts are called and not by where they stand.

A list of mappings that all have a name of their own (Sid, Name, Key, Id …) is paired by it, a list
of texts by the texts. Of other lists the items that are not in both are paired in their order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.diff.spelling import plain
from template_reader.nodes import function_of

# The keys under which CloudFormation's own lists name their items, the surest first.
NAMES = (
    *("Sid", "Name", "Key", "Id", "PolicyName", "Region", "LogicalResourceId", "AttributeName"),
    *("DeviceName", "AvailabilityZone", "ParameterKey", "SourceActionName"),
)
# Lists of which the order says nothing.
UNORDERED = (
    *("Action", "NotAction", "Resource", "NotResource", "Statement", "Policies", "AWS", "Service"),
    *("ManagedPolicyArns", "DependsOn", "Tags", "Actions", "ArtifactStores", "Parameters"),
    *("SecurityGroupIngress", "SecurityGroupEgress", "EnvironmentVariables"),
)


class _Absent:
    """What stands where there is nothing."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Any = _Absent()


@dataclass(frozen=True)
class Difference:
    """A part of a node that differs; `before` or `after` is ABSENT where there is nothing.

    `path` leads to it: keys, and of paired lists the names of their items.
    """

    path: tuple[str, ...]
    before: Any
    after: Any


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Yield what differs between two nodes, as deep down as both have the same shape."""
    if before == after:
        return
    if is_plain(before) and is_plain(after):
        for key in [*before, *(each for each in after if each not in before)]:
            one, other = before.get(key, ABSENT), after.get(key, ABSENT)
            yield from differences(one, other, (*path, str(key)))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(before, after, path)
    else:
        yield Difference(path, before, after)


def named_items(items: list[Any]) -> dict[str, Any] | None:
    """Return the items of a list by their names; None if not every item has one of its own."""
    for key in NAMES:
        if all(isinstance(each, Mapping) and key in each for each in items):
            found = {_text(each[key]): each for each in items}
            if len(found) == len(items):
                return found
    return None


def without_same(node: Any, other: Any) -> Any:
    """Return a node without the mappings and lists that are the same in another."""
    if isinstance(node, Mapping) and isinstance(other, Mapping):
        same = {key for key, each in node.items() if _is_same(each, other.get(key))}
        rest = ((key, each) for key, each in node.items() if key not in same)
        return {key: without_same(each, other.get(key)) for key, each in rest}
    if isinstance(node, list) and isinstance(other, list):
        if len(node) == len(other):
            return [without_same(one, each) for one, each in zip(node, other, strict=True)]
        return [each for each in node if not _is_container(each) or each not in other]
    return node


def _is_same(node: Any, other: Any) -> bool:
    return _is_container(node) and bool(node == other)


def _is_container(node: Any) -> bool:
    return isinstance(node, Mapping | list)


def is_plain(node: Any) -> bool:
    """Return whether a node is a mapping whose keys can be compared one by one, no function."""
    if not isinstance(node, Mapping):
        return False
    is_condition = len(node) == 1 and "Condition" in node
    return not is_condition and function_of(node) is None


def _of_lists(before: list[Any], after: list[Any], path: tuple[str, ...]) -> Iterator[Difference]:
    one, other = _paired(before, after)
    if one == other and path[-1:] and path[-1] not in UNORDERED:
        yield Difference(path, before, after)
    for name in [*one, *(each for each in other if each not in one)]:
        yield from differences(one.get(name, ABSENT), other.get(name, ABSENT), (*path, name))


def _paired(before: list[Any], after: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the items of two lists by what they are called in both: name, text or number."""
    for naming in (named_items, _texts):
        one, other = naming(before), naming(after)
        if one is not None and other is not None:
            return one, other
    return _numbered(before, after), _numbered(after, before)


def _texts(items: list[Any]) -> dict[str, Any] | None:
    """Return texts and functions by themselves; None if one stands twice, or is something else."""
    found = {_text(each): each for each in items if not is_plain(each)}
    return found if len(found) == len(items) else None


def _numbered(items: list[Any], others: list[Any]) -> dict[str, Any]:
    """Return the items that are not among the others, by their number among themselves."""
    own = (each for each in items if each not in others)
    return {str(number): each for number, each in enumerate(own, start=1)}


def _text(node: Any) -> str:
    return node if isinstance(node, str) else json.dumps(plain(node), default=str)
