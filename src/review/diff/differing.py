"""What differs between two meanings, and whether it does for certain.

A value that only a running stack knows may be what stands in the other version: a parameter's, an
imported one, the partition's.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from review.diff.meaning import parts_of
from review.diff.tree import ABSENT, Difference, differences, is_plain
from review.scenarios import conditions_of
from template_reader.nodes import function_of

# A dynamic reference: the text stands for a value of Parameter Store or Secrets Manager.
RESOLVED = "{{resolve:"


@dataclass(frozen=True)
class Differing:
    """A part that differs; `is_certain` says that it does so in every stack.

    `is_order` says that nothing but the order of a list differs.
    """

    path: tuple[str, ...]
    before: Any
    after: Any
    is_certain: bool
    is_order: bool = False


def differing(before: Any, after: Any, resources: Collection[str]) -> Iterator[Differing]:
    """Yield what differs; `resources` are the logical ids of both versions."""
    found = [each for each in differences(before, after) if not _is_as_before(each)]
    for each in found:
        is_order = isinstance(each.before, list) and isinstance(each.after, list)
        others = _others(each, found) or [(each.before, each.after)]
        is_certain = not is_order and all(_is_certain(*both, resources) for both in others)
        yield Differing(each.path, each.before, each.after, is_certain, is_order)


def _others(found: Difference, among: list[Difference]) -> list[tuple[Any, Any]]:
    """Return what an item that came into a list may be, or one that is gone may have become.

    Of texts nobody knows which became which.
    """
    if not _is_item(found):
        return []
    beside = [each for each in among if each.path[:-1] == found.path[:-1] and _is_item(each)]
    if found.before is ABSENT:
        return [(each.before, found.after) for each in beside if each.after is ABSENT]
    return [(found.before, each.after) for each in beside if each.before is ABSENT]


def _is_item(found: Difference) -> bool:
    """Return whether something came or went as an item of a list of texts, called by itself."""
    item = found.after if found.before is ABSENT else found.before
    is_alone = ABSENT in (found.before, found.after) and bool(found.path)
    return is_alone and found.path[-1] in (item, json.dumps(item, sort_keys=True, default=str))


def _is_as_before(found: Difference) -> bool:
    """Return whether both look a value up, and no key that is left has another one.

    No running stack asks for a new key, and one that asks for a key that is gone cannot be updated.
    """
    one, other = parts_of(found.before), parts_of(found.after)
    return len(one) == len(other) and all(
        old == new or (_is_lookup(old) and _is_alike(old, new))
        for old, new in zip(one, other, strict=True)
    )


def _is_lookup(node: Any) -> bool:
    found = function_of(node)
    return found is not None and found[0] == "Fn::FindInMap"


def _is_alike(node: Any, other: Any) -> bool:
    """Return whether a node is another one, but for keys that came or went."""
    if is_plain(node) and is_plain(other):
        return all(key not in other or _is_alike(each, other[key]) for key, each in node.items())
    if _is_lookup(node) and _is_lookup(other):
        return _is_alike(node["Fn::FindInMap"], other["Fn::FindInMap"])
    if isinstance(node, list) and isinstance(other, list):
        return len(node) == len(other) and all(map(_is_alike, node, other))
    return bool(node == other)


def _is_certain(before: Any, after: Any, resources: Collection[str]) -> bool:
    """Return whether two parts differ in every stack; none is sure where conditions are left."""
    if any(conditions_of([before, after])):
        return False
    if before is ABSENT or after is ABSENT:
        return True
    match function_of(before), function_of(after):
        case ("Fn::Base64", text), ("Fn::Base64", another):
            return _is_certain(text, another, resources)
    return _are_other_texts(parts_of(before), parts_of(after), resources)


def _are_other_texts(one: list[Any], other: list[Any], resources: Collection[str]) -> bool:
    """Return whether two texts, by their parts, are never the same."""
    if any(RESOLVED in str(each) for each in (*one, *other)):
        return False
    unknown, others = _unknown(one), _unknown(other)
    begin = _may_begin_alike(one, other)
    end = _may_begin_alike(one[::-1], other[::-1], last=True)
    is_other = unknown == others or not (begin and end)
    return is_other or _are_other_resources(unknown, others, resources)


def _unknown(parts: list[Any]) -> list[Any]:
    return [each for each in parts if not isinstance(each, str)]


def _may_begin_alike(one: list[Any], other: list[Any], last: bool = False) -> bool:
    """Return whether two texts may begin with the same, or end with it."""
    first, second = one[0], other[0]
    if not (isinstance(first, str) and isinstance(second, str)):
        return True
    if len(one) == 1 and len(other) == 1:
        return first == second
    if last:
        return first.endswith(second) or second.endswith(first)
    return first.startswith(second) or second.startswith(first)


def _are_other_resources(one: list[Any], other: list[Any], resources: Collection[str]) -> bool:
    """Return whether two texts are made of values of different resources."""
    holders, others = ([_holder(each) for each in nodes] for nodes in (one, other))
    if not holders or not others:
        return False
    is_known = all(each in resources for each in (*holders, *others))
    return is_known and not set(holders).intersection(others)


def _holder(node: Any) -> str:
    """Return the logical id of the resource, or the parameter, whose value a function is."""
    match function_of(node):
        case "Ref", name:
            return str(name)
        case "Fn::GetAtt", [str() as name, *_]:
            return name
    return ""
