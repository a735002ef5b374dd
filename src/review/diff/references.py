"""What a part of a template refers to: resources and parameters, and where it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from template_reader.nodes import function_of


@dataclass(frozen=True)
class Reference:
    """A Ref or Fn::GetAtt in a meaning. `path` leads to the value it is in; '*' is a list's item.

    `attribute` is '' for a Ref. `is_certain` is false for one under an Fn::If or in another
    function, of which the value may be something else.
    """

    path: tuple[str, ...]
    target: str
    attribute: str = ""
    is_certain: bool = True


def references(
    node: Any, path: tuple[str, ...] = (), is_certain: bool = True
) -> Iterator[Reference]:
    """Yield what a meaning refers to."""
    match function_of(node):
        case "Ref", name:
            yield Reference(path, name, "", is_certain)
            return
        case "Fn::GetAtt", [str() as name, *attribute]:
            yield Reference(path, name, ".".join(map(str, attribute)), is_certain)
            return
        case "Fn::Join" | "Fn::Base64", operand:
            yield from _below(operand, path, is_certain)
            return
        case _, operand:
            yield from _below(operand, path, False)
            return
    if isinstance(node, Mapping):
        for key, each in node.items():
            yield from references(each, (*path, str(key)), is_certain)
    elif isinstance(node, list):
        for each in node:
            yield from references(each, (*path, "*"), is_certain)


def _below(operand: Any, path: tuple[str, ...], is_certain: bool) -> Iterator[Reference]:
    """Yield what stands in a function, all of which is at the function's own place."""
    items = operand.values() if isinstance(operand, Mapping) else operand
    for each in items if isinstance(operand, Mapping | list) else ():
        if isinstance(each, list) or (isinstance(each, Mapping) and function_of(each) is None):
            yield from _below(each, path, is_certain)
        else:
            yield from references(each, path, is_certain)
