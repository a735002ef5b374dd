"""The texts that a part of a template may come to, as far as the template alone says it.

What it does not say stays as Fn::Sub writes it, '${Name}', or is '${}'.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from template_reader.nodes import below, function_of

UNKNOWN = "${}"
MOST = 64
VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


def spellings(document: Mapping[str, Any], node: Any) -> tuple[str, ...]:
    """Return what a text, a function or a list of them may come to, by parameters' defaults.

    Both sides of an Fn::If and every value of a mapping are among them, but never over MOST.
    """
    return tuple(dict.fromkeys(itertools.islice(_texts(document, node), MOST)))


def _texts(document: Mapping[str, Any], node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for each in node:
            yield from _texts(document, each)
    else:
        yield from _of_function(document, node)


def _of_function(document: Mapping[str, Any], node: Any) -> Iterator[str]:
    match function_of(node):
        case "Ref", str() as name:
            yield from _default(document, name)
        case "Fn::Sub", (str() as text) | [str() as text]:
            yield from _substituted(document, text, {})
        case "Fn::Sub", [str() as text, Mapping() as own]:
            yield from _substituted(document, text, own)
        case "Fn::Join", [str() as separator, list() as parts]:
            found = [_known(document, each) for each in parts]
            yield from map(separator.join, itertools.product(*found))
        case "Fn::If", [_, then, otherwise]:
            yield from _texts(document, [then, otherwise])
        case "Fn::Split", [str() as separator, whole] if separator:
            for each in _texts(document, whole):
                yield from each.split(separator)
        case "Fn::FindInMap", [str() as name, *_]:
            yield from _leaves(below(document, "Mappings", name))
        case _:
            yield UNKNOWN


def _default(document: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield the default of a parameter, or each of its items."""
    default = below(document, "Parameters", name, "Default")
    if not isinstance(default, str):
        yield f"${{{name}}}"
    elif below(document, "Parameters", name, "Type") == "String":
        yield default
    else:
        yield from (each.strip() for each in default.split(","))


def _substituted(document: Mapping[str, Any], text: str, own: Mapping[Any, Any]) -> Iterator[str]:
    parts = VARIABLE.split(text)
    found = [
        _known(document, own.get(each, {"Ref": each})) if number % 2 else (each,)
        for number, each in enumerate(parts)
    ]
    yield from map("".join, itertools.product(*found))


def _known(document: Mapping[str, Any], node: Any) -> Sequence[str]:
    return spellings(document, node) or (UNKNOWN,)


def _leaves(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping | list):
        for each in node.values() if isinstance(node, Mapping) else node:
            yield from _leaves(each)
