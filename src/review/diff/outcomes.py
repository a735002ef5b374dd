"""How a part of a template comes out before and after, under each outcome of the conditions.

A condition that is defined anew is two: the one of before is called '… as it was'.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from review.diff.change import Change, NotJudged
from review.diff.tree import without_same
from review.scenarios import NO_VALUE, Scenario, TooManyScenariosError, resolve, scenarios
from template_reader.file import Template
from template_reader.nodes import below, function_of

Seen = TypeVar("Seen")
# As many outcomes are looked at whole.
MOST_WHOLE = 64
AS_IT_WAS = " as it was"
CONDITIONS = "Conditions"


def conditional(resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return resources as what their own Conditions make of them."""
    return {name: _conditional(each) for name, each in resources.items()}


def both_sides(node: Any) -> Iterator[Any]:
    """Yield the items of a list, or the one value there is, on both sides of an Fn::If."""
    match function_of(node):
        case "Fn::If", [str(), then, otherwise]:
            yield from both_sides(then)
            yield from both_sides(otherwise)
            return
    if isinstance(node, list):
        for each in node:
            yield from both_sides(each)
    elif node not in ((), None):
        yield node


def said_of_outcomes(
    where: str,
    before: tuple[Template, Any],
    after: tuple[Template, Any],
    compare: Callable[[Any, Any], Iterable[Seen]],
    say: Callable[[str, Seen], Change],
) -> Iterator[Change | NotJudged]:
    """Yield what is to be said of all that a comparison sees, given the conditions in words."""
    for each in each_outcome(where, before, after, compare):
        yield each if isinstance(each, NotJudged) else say(*each)


def each_outcome(
    where: str,
    before: tuple[Template, Any],
    after: tuple[Template, Any],
    compare: Callable[[Any, Any], Iterable[Seen]],
) -> Iterator[tuple[str, Seen] | NotJudged]:
    """Yield what a comparison sees in two nodes, each with the conditions under which it does.

    Those are words such as 'if IsProd', '' for what is always so.
    """
    document, one = _joined(before, after)
    if one == after[1]:
        return
    try:
        found = _scenarios(document, one, after[1])
    except TooManyScenariosError:
        yield NotJudged(where, "it asks for more conditions than can be tried together")
        return
    seen = [list(compare(resolve(one, each), resolve(after[1], each))) for each in found]
    for item in dict.fromkeys(item for items in seen for item in items):
        yield _words(found, [item in items for items in seen]), item


def _conditional(resource: Any) -> Any:
    name = below(resource, "Condition")
    return {"Fn::If": [name, resource, NO_VALUE]} if isinstance(name, str) else resource


def told(words: str, why: str) -> str:
    """Return why something matters, with the conditions under which it does."""
    return ": ".join(filter(None, (words, why)))


def _scenarios(document: Mapping[str, Any], one: Any, other: Any) -> tuple[Scenario, ...]:
    """Return how conditions come out; of many, only those that what differs asks for.

    An Fn::If on another one is left as it is, on both sides. Raises `TooManyScenariosError`.
    """
    with contextlib.suppress(TooManyScenariosError):
        found = scenarios(document, [one, other])
        if len(found) <= MOST_WHOLE:
            return found
    return scenarios(document, [without_same(one, other), without_same(other, one)])


def _joined(before: tuple[Template, Any], after: tuple[Template, Any]) -> tuple[Any, Any]:
    """Return a document with the conditions of both, and the node of before that asks for them."""
    one, other = (_mapping(each[0], CONDITIONS) for each in (before, after))
    renamed = {name: f"{name}{AS_IT_WAS}" for name in _redefined(one, other)}
    was = {renamed.get(name, name): _renamed(each, renamed) for name, each in one.items()}
    parameters = {**_mapping(before[0], "Parameters"), **_mapping(after[0], "Parameters")}
    return {"Parameters": parameters, CONDITIONS: {**was, **other}}, _renamed(before[1], renamed)


def _mapping(template: Template, section: str) -> Mapping[str, Any]:
    found = template.document.get(section)
    return found if isinstance(found, Mapping) else {}


def _redefined(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Return the conditions that mean something else now, or ask for one that does."""
    found = {name for name in one if name in other and one[name] != other[name]}
    asked = {name: _names(node) for name, node in one.items()} if found else {}
    while more := {name for name in asked if name not in found and found & asked[name]}:
        found |= more
    return found


def _names(node: Any) -> set[str]:
    """Return every text below a node under a key Condition."""
    if isinstance(node, Mapping):
        own = {str(each) for key, each in node.items() if key == "Condition"}
        return own.union(*map(_names, node.values()))
    return set().union(*map(_names, node)) if isinstance(node, list) else set()


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    """Return a node that asks for its conditions by other names."""
    if not names:
        return node
    if isinstance(node, list):
        return [_renamed(each, names) for each in node]
    if not isinstance(node, Mapping):
        return node
    made = {key: _renamed(each, names) for key, each in node.items()}
    match node:
        case {"Fn::If": [str() as name, *rest]}:
            made["Fn::If"] = [names.get(name, name), *(_renamed(each, names) for each in rest)]
        case {"Condition": str() as name}:
            made["Condition"] = names.get(name, name)
    return made


def _words(found: tuple[Scenario, ...], holds: list[bool]) -> str:
    """Return the conditions that tell the scenarios where something holds from the others."""
    if all(holds):
        return ""
    there = [each for each, is_so in zip(found, holds, strict=True) if is_so]
    common = [pair for pair in there[0].items() if all(pair in each.items() for each in there)]
    for pair in common:
        if sum(pair in each.items() for each in found) == len(there):
            return f"if {_literal(*pair)}"
    if sum(all(pair in each.items() for pair in common) for each in found) == len(there):
        return "if " + " and ".join(_literal(*pair) for pair in common)
    return f"in {len(there)} of {len(found)} outcomes of {', '.join(found[0])}"


def _literal(name: str, value: bool) -> str:
    return name if value else f"not {name}"
