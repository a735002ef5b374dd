"""What a part of a template means: one form for all the ways in which the same can be written.

Texts are put together as far as they are known (Fn::Sub and Fn::Join become one list of parts),
values of mappings are looked up, conditions are called by their definition, and scalars are texts,
as CloudFormation takes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.scenarios import NO_VALUE
from template_reader.nodes import function_of, mapping

VARIABLE = re.compile(r"\$\{([^${}]*)\}")
LITERAL = "!"
SHOWN = 80
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Side:
    """One of the two versions; `given` are parameters whose value is known, with that value."""

    document: Mapping[str, Any]
    sections: Mapping[str, Mapping[str, Any]]
    given: Mapping[str, Any]

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a section of the template by names that are texts, {} where there is none."""
        return self.sections.get(name, {})


class Definition(str):
    """What a condition is called by: its definition, as JSON."""


def side_of(document: Mapping[str, Any], given: Mapping[str, Any] = NOTHING) -> Side:
    """Return one of the two versions."""
    sections = {
        str(name): {str(key): each for key, each in mapping(section).items()}
        for name, section in document.items()
    }
    return Side(document, sections, given)


def meaning(side: Side, node: Any) -> Any:
    """Return a part of a template in its one form."""
    name, operand = function_of(node) or ("", None)
    made = FORMS[name](side, operand) if name in FORMS else None
    if made is not None:
        return made
    if isinstance(node, Mapping):
        return {str(key): meaning(side, each) for key, each in node.items()}
    return [meaning(side, each) for each in node] if isinstance(node, list) else _scalar(node)


def joined(parts: Iterable[Any]) -> Any:
    """Return one text of parts that are meanings: what stands side by side and is known is one."""
    made: list[Any] = []
    for each in _flat(parts):
        if isinstance(each, str) and made and isinstance(made[-1], str):
            made[-1] += each
        elif each != "":
            made.append(each)
    if len(made) > 1:
        return {"Fn::Join": ["", made]}
    return made[0] if made else ""


def rejoined(node: Any) -> Any:
    """Return a meaning of which conditions were resolved, its texts put together anew."""
    match function_of(node):
        case "Fn::Join", [str() as separator, list() as items]:
            return _with_separator(separator, [rejoined(each) for each in items])
    if isinstance(node, Mapping):
        return {key: rejoined(each) for key, each in node.items()}
    return [rejoined(each) for each in node] if isinstance(node, list) else node


def parts_of(node: Any) -> list[Any]:
    """Return the parts of a meaning that is a text: those known are texts, others functions."""
    match function_of(node):
        case "Fn::Join", ["", list() as parts]:
            return parts
    return [node]


def shown(node: Any) -> str:
    """Return a meaning as people read it, cut short where it is long."""
    words = " ".join("".join(map(_shown, parts_of(node))).split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"


def _shown(node: Any) -> str:
    match function_of(node):
        case "Ref", name:
            return f"${{{name}}}"
        case "Fn::GetAtt", [str() as holder, str() as attribute]:
            return f"${{{holder}.{attribute}}}"
        case "Fn::Base64", text:
            return shown(text)
        case "Fn::If", [_, then, otherwise]:
            return _either([then, otherwise])
        case "Fn::FindInMap", [dict() as table, *_]:
            return _either([*table.values()])
    return node if isinstance(node, str) else json.dumps(node)


def _either(nodes: list[Any]) -> str:
    """Return the values that something may have, as people read them."""
    return f"({' | '.join(dict.fromkeys(map(shown, nodes)))})"


def _scalar(node: Any) -> str:
    if isinstance(node, bool):
        return str(node).lower()
    return "" if node is None else str(node)


def _ref(side: Side, name: Any) -> Any:
    return side.given.get(name, {"Ref": str(name)})


def _attribute(side: Side, operand: Any) -> Any:
    path = operand.split(".", 1) if isinstance(operand, str) else operand
    match path:
        case [str() as holder, *attribute] if all(isinstance(each, str) for each in attribute):
            return {"Fn::GetAtt": [str(holder), ".".join(attribute)]}
    return None


def _substituted(side: Side, operand: Any) -> Any:
    match operand if isinstance(operand, list) else [operand, {}]:
        case [str() as text, Mapping() as variables]:
            return joined(meaning(side, each) for each in _parts(text, variables))
    return None


def _parts(text: str, variables: Mapping[Any, Any]) -> Iterator[Any]:
    """Yield what Fn::Sub puts together, as it is written."""
    end = 0
    for found in VARIABLE.finditer(text):
        yield text[end : found.start()]
        end = found.end()
        name = found[1].strip()
        if name.startswith(LITERAL):
            yield f"${{{name.removeprefix(LITERAL)}}}"
        elif name in variables:
            yield variables[name]
        else:
            yield {"Fn::GetAtt": name} if "." in name else {"Ref": name}
    yield text[end:]


def _joined(side: Side, operand: Any) -> Any:
    """Return what Fn::Join makes; an item that may be left out takes its separator with it."""
    match operand:
        case [str() as separator, list() as written]:
            return _with_separator(str(separator), [meaning(side, each) for each in written])
    return None


def _with_separator(separator: str, items: list[Any]) -> Any:
    if any(each == NO_VALUE or "Fn::If" in mapping(each) for each in items):
        return {"Fn::Join": [separator, items]}
    return joined([part for each in items for part in (separator, each)][1:])


def _flat(parts: Iterable[Any]) -> Iterator[Any]:
    for each in parts:
        yield from parts_of(each)


def _chosen(side: Side, operand: Any) -> Any:
    """Return an Fn::If that calls its condition by the definition."""
    match operand:
        case [str() as name, then, otherwise]:
            definition = Definition(json.dumps(_definition(side, name), sort_keys=True))
            return {"Fn::If": [definition, meaning(side, then), meaning(side, otherwise)]}
    return None


def _definition(side: Side, name: str, seen: frozenset[str] = frozenset()) -> Any:
    """Return the definition of a condition, with those it asks for in their places."""
    conditions = side.section("Conditions")
    if name in seen or name not in conditions:
        return {"Condition": str(name)}
    return _inlined(side, conditions[name], seen | {name})


def _inlined(side: Side, node: Any, seen: frozenset[str]) -> Any:
    match mapping(node):
        case {"Condition": str() as name}:
            return _definition(side, name, seen)
    match function_of(node):
        case "Fn::And" | "Fn::Or" | "Fn::Not" as name, list() as parts:
            return {name: [_inlined(side, each, seen) for each in parts]}
    return meaning(side, node)


def _looked_up(side: Side, operand: Any) -> Any:
    """Return the value in a mapping, or what of the mapping the value may be."""
    match [meaning(side, each) for each in operand] if isinstance(operand, list) else ():
        case [str() as name, first, second, *rest]:
            table = _table(side.section("Mappings").get(name))
            if isinstance(second, str):
                table = {key: row[second] for key, row in table.items() if second in row}
            if isinstance(first, str) and isinstance(second, str) and first in table:
                return table[first]
            return {"Fn::FindInMap": [table, first, second, *rest]}
        case [name, *keys]:
            tables = {key: _table(each) for key, each in side.section("Mappings").items()}
            return {"Fn::FindInMap": [tables, name, *keys]}
    return None


def _table(node: Any) -> dict[str, Any]:
    """Return a mapping by names that are texts; no function is looked at in it."""
    return {
        str(key): {str(name): meaning(side_of({}), each) for name, each in mapping(row).items()}
        for key, row in mapping(node).items()
    }


FORMS: Mapping[str, Callable[[Side, Any], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _attribute,
    "Fn::Sub": _substituted,
    "Fn::Join": _joined,
    "Fn::If": _chosen,
    "Fn::FindInMap": _looked_up,
}
