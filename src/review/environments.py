"""The environment variables of whatever runs code: builds, functions, containers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from review.statements import alternatives
from template_reader.nodes import below, function_of

KEYS = ("Environment", "EnvironmentVariables", "RuntimeEnvironmentVariables", "Variables")
PLAIN = (None, "PLAINTEXT")


def variables(properties: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield name, value and node of each variable whose value stands in the template."""
    if isinstance(properties, list):
        for each in properties:
            yield from variables(each)
    elif isinstance(properties, Mapping):
        for key, each in properties.items():
            if key in KEYS:
                yield from _written(each)
            yield from variables(each)


def _written(node: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the variables of a mapping of them, or of a list as CodeBuild and ECS have it.

    A pipeline's action has that list as a text.
    """
    for each, _ in alternatives(_list(node)):
        if isinstance(each, Mapping) and "Name" in each:
            if each.get("Type") in PLAIN:
                yield from _values(str(each["Name"]), below(each, "Value"), each)
        elif isinstance(each, Mapping) and not function_of(each):
            for name, value in each.items():
                yield from _values(str(name), value, value)


def _list(node: Any) -> Any:
    """Return the list that an action's text is, names as CodeBuild has them; else the node."""
    text = node.get("Fn::Sub") if function_of(node) else node
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return node
    if not isinstance(found, list):
        return node
    return [
        {str(key).capitalize(): value for key, value in each.items()}
        for each in found
        if isinstance(each, Mapping)
    ]


def _values(name: str, node: Any, place: Any) -> Iterator[tuple[str, Any, Any]]:
    yield from ((name, value, place) for value, _ in alternatives(node))
