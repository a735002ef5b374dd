"""Which conditions of a template hold if it is launched with the defaults of its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from template_reader.nodes import below, function_of

NOT = "not "


def hold_by_default(document: Mapping[str, Any], conditions: Iterable[str]) -> bool:
    """Return whether all of some conditions, 'not Name' among them, are known to hold."""
    return all(
        _outcome(document, {"Condition": each.removeprefix(NOT)}, frozenset())
        is (not each.startswith(NOT))
        for each in conditions
    )


def _outcome(document: Mapping[str, Any], node: Any, seen: frozenset[str]) -> bool | None:
    """Return what a condition comes to; None if that is not known."""
    name = node.get("Condition") if isinstance(node, Mapping) and len(node) == 1 else None
    if isinstance(name, str):
        inner = below(document, "Conditions", name)
        return None if name in seen else _outcome(document, inner, seen | {name})
    match function_of(node):
        case "Fn::Equals", [one, other]:
            values = _value(document, one), _value(document, other)
            return None if None in values else values[0] == values[1]
        case "Fn::And", list() as parts:
            return _all([_outcome(document, each, seen) for each in parts])
        case "Fn::Or", list() as parts:
            return _not(_all([_not(_outcome(document, each, seen)) for each in parts]))
        case "Fn::Not", [part]:
            return _not(_outcome(document, part, seen))
    return None


def _all(outcomes: list[bool | None]) -> bool | None:
    if False in outcomes:
        return False
    return None if None in outcomes else True


def _not(outcome: bool | None) -> bool | None:
    return None if outcome is None else not outcome


def _value(document: Mapping[str, Any], node: Any) -> str | None:
    """Return what is compared as a text; None if that is not known."""
    if isinstance(node, str | int | float):
        return str(node)
    match function_of(node):
        case "Ref", str() as name:
            default = below(document, "Parameters", name, "Default")
            return str(default) if isinstance(default, str | int | float) else None
    return None
