"""Every way the conditions of a template can come out together, and what a part of it is then.

Two conditions on one parameter are not free of each other: SourceIsS3 and SourceIsCodeCommit are
never both true. So it is the values compared that are tried, not the conditions.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from template_reader.nodes import below, function_of
from template_reader.text import MarkedMapping

Scenario = Mapping[str, bool]
Values = Mapping[str, str]
MOST = 4096
NO_VALUE = {"Ref": "AWS::NoValue"}
SOMETHING_ELSE = "\0something else"


class TooManyScenariosError(Exception):
    """Conditions compare so many values that not all of their combinations can be tried."""


def scenarios(document: Mapping[str, Any], node: Any) -> tuple[Scenario, ...]:
    """Return each different outcome of the conditions that a part of a template asks about.

    There is one at least, {} where it asks about none. Raises `TooManyScenariosError`.
    """
    asked = sorted(set(conditions_of(node)))
    compared = _compared(document, [below(document, "Conditions", each) for each in asked])
    if math.prod(map(len, compared.values())) > MOST:
        raise TooManyScenariosError(f"{', '.join(asked)} have over {MOST} combinations of values")
    found = (
        tuple((each, _outcome(document, {"Condition": each}, values)) for each in asked)
        for values in _combinations(compared)
    )
    return tuple(dict(each) for each in dict.fromkeys(found))


def resolve(node: Any, scenario: Scenario) -> Any:
    """Return a part of a template as a scenario makes it: no Fn::If on a known condition is left.

    What comes of AWS::NoValue is left out. Mappings keep their lines.
    """
    if function_of(node) and "Fn::If" in node:
        chosen = _chosen(node["Fn::If"], scenario)
        return node if chosen is node["Fn::If"] else resolve(chosen, scenario)
    if isinstance(node, Mapping):
        made = MarkedMapping()
        made.start_mark = getattr(node, "start_mark", None)
        made.update(
            (key, value)
            for key, each in node.items()
            if _is_value(value := resolve(each, scenario))
        )
        return made
    if isinstance(node, list):
        return [value for each in node if _is_value(value := resolve(each, scenario))]
    return node


def conditions_of(node: Any) -> Iterator[str]:
    """Yield the names of the conditions that Fn::If asks about below a node."""
    if isinstance(node, Mapping):
        match node.get("Fn::If"):
            case [str() as condition, _, _]:
                yield condition
        for each in node.values():
            yield from conditions_of(each)
    elif isinstance(node, list):
        for each in node:
            yield from conditions_of(each)


def _is_value(node: Any) -> bool:
    return bool(node != NO_VALUE)


def _chosen(operand: Any, scenario: Scenario) -> Any:
    """Return what an Fn::If comes to; its operand where that is not written as it must be."""
    match operand:
        case [str() as condition, then, otherwise] if condition in scenario:
            return then if scenario[condition] else otherwise
    return operand


def _compared(document: Mapping[str, Any], nodes: Sequence[Any]) -> dict[str, tuple[str, ...]]:
    """Return what conditions compare, written as JSON, and the values that make a difference."""
    found: dict[str, set[str]] = {}
    for one, other in _equals(document, nodes, frozenset()):
        literals = {str(each) for each in (one, other) if not isinstance(each, Mapping | list)}
        for each in (one, other):
            if isinstance(each, Mapping | list):
                known = found.setdefault(json.dumps(each), {SOMETHING_ELSE})
                known |= literals | set(map(str, _allowed(document, each)))
    for key in found:
        if allowed := _allowed(document, json.loads(key)):
            found[key] = set(map(str, allowed))
    return {key: tuple(sorted(values)) for key, values in found.items()}


def _allowed(document: Mapping[str, Any], node: Any) -> Sequence[Any]:
    """Return the only values that what is compared can have, () if it may have any."""
    name = node.get("Ref") if isinstance(node, Mapping) else None
    found = below(document, "Parameters", name, "AllowedValues") if isinstance(name, str) else ()
    return found if isinstance(found, list) else ()


def _equals(
    document: Mapping[str, Any], nodes: Sequence[Any], seen: frozenset[str]
) -> Iterator[tuple[Any, Any]]:
    """Yield the two sides of every comparison that conditions come down to."""
    for node in nodes:
        match function_of(node) or (_named(node) and ("Condition", _named(node))):
            case "Fn::Equals", [one, other]:
                yield one, other
            case "Condition", str() as name if name not in seen:
                yield from _equals(document, [below(document, "Conditions", name)], seen | {name})
            case "Fn::And" | "Fn::Or" | "Fn::Not", list() as parts:
                yield from _equals(document, parts, seen)


def _named(node: Any) -> str | None:
    """Return the name of the condition a node refers to, as {Condition: name}."""
    name = node.get("Condition") if isinstance(node, Mapping) and len(node) == 1 else None
    return name if isinstance(name, str) else None


def _combinations(compared: Mapping[str, Sequence[str]]) -> Iterator[Values]:
    for values in itertools.product(*compared.values()):
        yield dict(zip(compared, values, strict=True))


def _outcome(document: Mapping[str, Any], node: Any, values: Values, depth: int = 0) -> bool:
    """Return what a condition comes to. One that is not there, or asks for itself, is false."""

    def again(part: Any) -> bool:
        return _outcome(document, part, values, depth + 1)

    if name := _named(node):
        is_round = depth > 2 * len(below(document, "Conditions") or ())
        return not is_round and again(below(document, "Conditions", name))
    match function_of(node):
        case "Fn::Equals", [one, other]:
            return _value(one, values) == _value(other, values)
        case "Fn::And", list() as parts:
            return all(map(again, parts))
        case "Fn::Or", list() as parts:
            return any(map(again, parts))
        case "Fn::Not", [part]:
            return not again(part)
    return False


def _value(node: Any, values: Values) -> str:
    return values[json.dumps(node)] if isinstance(node, Mapping | list) else str(node)
