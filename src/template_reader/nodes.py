"""Goes down into a document that may be of any shape.

A mapping is a dict here, as whatever reads a document makes it: these are called so often that
asking for any Mapping would take a tenth of a comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def below(node: Any, *keys: str) -> Any:
    """Return what lies below a node, or nothing where the way there is not of mappings."""
    for key in keys:
        node = node.get(key, ()) if isinstance(node, dict) else ()
    return node


def mapping(node: Any) -> Mapping[Any, Any]:
    """Return a node that is a mapping, {} for any other."""
    return node if isinstance(node, dict) else {}


def function_of(node: Any) -> tuple[str, Any] | None:
    """Return the intrinsic function a node is, and its operand."""
    if isinstance(node, dict) and len(node) == 1:
        ((name, operand),) = node.items()
        if name == "Ref" and isinstance(operand, str):
            return "Ref", operand
        if isinstance(name, str) and name.startswith("Fn::"):
            return str(name), operand
    return None
