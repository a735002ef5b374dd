"""Goes down into a document that may be of any shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def below(node: Any, *keys: str) -> Any:
    """Return what lies below a node, or nothing where the way there is not of mappings."""
    for key in keys:
        node = node.get(key, ()) if isinstance(node, Mapping) else ()
    return node


def mapping(node: Any) -> Mapping[Any, Any]:
    """Return a node that is a mapping, {} for any other."""
    return node if isinstance(node, Mapping) else {}


def function_of(node: Any) -> tuple[str, Any] | None:
    """Return the intrinsic function a node is, and its operand."""
    if isinstance(node, Mapping) and len(node) == 1:
        ((name, operand),) = node.items()
        if name == "Ref" and isinstance(operand, str):
            return "Ref", operand
        if isinstance(name, str) and name.startswith("Fn::"):
            return str(name), operand
    return None
