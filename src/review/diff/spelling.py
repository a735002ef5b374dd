"""One spelling for values that can be written in several ways, so that only meanings differ."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from template_reader.nodes import function_of

VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


def text_of(node: Any) -> str:
    """Return a value as Fn::Sub would write it: '${Role}' for a Ref, '${Role.Arn}' for a GetAtt.

    A '${' that is meant as such is '${!', as within Fn::Sub.
    """
    match function_of(node):
        case (("Ref" | "Fn::GetAtt"), str() as name):
            text = f"${{{name}}}"
        case "Fn::GetAtt", [str() as name, str() as attribute]:
            text = f"${{{name}.{attribute}}}"
        case "Fn::Sub", str() as own:
            text = str(own)
        case "Fn::Sub", [str() as own, Mapping() as values]:
            text = _substituted(own, values)
        case "Fn::Join", [str() as separator, list() as parts]:
            text = separator.join(map(text_of, parts))
        case "Fn::If", [str() as name, then, otherwise]:
            text = f"${{{name} ? {text_of(then)} : {text_of(otherwise)}}}"
        case _:
            text = _literal(node)
    return text


def texts_of(node: Any) -> tuple[str, ...]:
    """Return the texts of a list, or of the one value that stands for a list of one."""
    if node is None or node == ():
        return ()
    return tuple(map(text_of, node)) if isinstance(node, list) else (text_of(node),)


def logical_id(text: str) -> str:
    """Return the logical id that a text such as '${Role.Arn}' refers to, or else the text."""
    is_reference = text.startswith("${") and text.endswith("}") and text.count("${") == 1
    return text[2:-1].partition(".")[0] if is_reference else text


def plain(node: Any) -> Any:
    """Return a node whose keys are texts in order, so that it can be written as JSON."""
    if isinstance(node, Mapping):
        return {str(key): plain(node[key]) for key in sorted(node, key=str)}
    return [plain(each) for each in node] if isinstance(node, list) else node


def _substituted(text: str, values: Mapping[Any, Any]) -> str:
    """Return a text of Fn::Sub without the variables that it defines itself."""

    def value(found: re.Match[str]) -> str:
        name = found[1].strip()
        return text_of(values[name]) if name in values else found[0]

    return VARIABLE.sub(value, text)


def _literal(node: Any) -> str:
    if isinstance(node, str):
        return VARIABLE.sub(r"${!\1}", node)
    if isinstance(node, Mapping | list):
        return json.dumps(plain(node), default=str, ensure_ascii=False)
    if node is None or node == ():
        return ""
    return str(node).lower() if isinstance(node, bool) else str(node)
