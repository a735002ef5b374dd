"""Says in a few words what a value of a template will be, as far as that stands in it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from template_reader.nodes import below, function_of

REGION, ACCOUNT = "the pipeline's region", "the pipeline's account"
OF_THE_PIPELINE = {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
PSEUDO = "AWS::"
NO_VALUE = {"Ref": "AWS::NoValue"}
AT_LAUNCH = "set at launch"
MOST_PIECES, LONGEST, LARGEST = 400, 300, 1e300
OPERANDS = 2
SUBSTITUTED = re.compile(r"\$\{(!?)([^}]*)\}")
STORED = "AWS::SSM::Parameter::Value"


@dataclass(frozen=True)
class Words:
    """Words for the values of one template's document, which may be of any shape."""

    document: Mapping[str, Any]

    def of(self, node: Any) -> str:
        """Return words for a value; '' where there is none. A parameter is named, with default."""
        reference = _reference(node)
        if reference in OF_THE_PIPELINE:
            return OF_THE_PIPELINE[reference]
        default = self.default(reference) if reference else ""
        return f"{reference} ({default})" if default else self.text(node)

    def text(self, node: Any) -> str:
        """Return the text a value will be, with a default, or a name, for what is set at launch."""
        return clean("".join(itertools.islice(self._pieces(node), MOST_PIECES)))

    def default(self, parameter: str) -> str:
        """Return a parameter's default, '' without one, and where it only says where to look."""
        declared = below(self.document, "Parameters", parameter)
        kept = below(declared, "NoEcho") in ("true", "True", True)
        stored = str(below(declared, "Type")).startswith(STORED)
        return "" if kept or stored else clean(scalar(below(declared, "Default")))

    def values(self, node: Any) -> list[str]:
        """Return every text a value may become, as far as the template limits it."""
        allowed = below(self.document, "Parameters", _reference(node), "AllowedValues")
        if isinstance(allowed, list) and allowed:
            return [clean(scalar(each)) for each in allowed]
        return [self.text(node)]

    def _pieces(self, node: Any) -> Iterator[str]:
        """Yield the pieces of a text, at least one for each part looked at."""
        yield scalar(node)
        if called := function_of(node):
            name, operand = called
            yield from PIECES.get(name, _unknown)(operand, self)

    def _reference(self, name: str) -> Iterator[str]:
        pseudo = name.removeprefix(PSEUDO).upper() if name.startswith(PSEUDO) else ""
        yield pseudo or self.default(name) or name


def clean(text: str) -> str:
    """Return a text as one line without what cannot be shown, cut short where it is very long."""
    line = " ".join(text[: 2 * LONGEST].split())
    shown = "".join(each if each.isprintable() else "\ufffd" for each in line)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def scalar(node: Any) -> str:
    """Return what stands there as text, '' if it is none."""
    if isinstance(node, str):
        return str(node)
    if isinstance(node, bool):
        return str(node).lower()
    return f"{node:.15g}" if isinstance(node, int | float) and abs(node) < LARGEST else ""


def either(words: Iterable[str]) -> str:
    """Return words as a choice, each once: A, B or C."""
    told = list(dict.fromkeys(each for each in words if each))
    return " or ".join(filter(None, [", ".join(told[:-1]), *told[-1:]]))


def _reference(node: Any) -> str:
    """Return the name that a value is and nothing else, '' if it is more or no name."""
    name, operand = function_of(node) or ("", None)
    if name == "Fn::Sub" and isinstance(operand, str):
        found = SUBSTITUTED.fullmatch(operand)
        return found[2] if found and not found[1] else ""
    return str(operand) if name == "Ref" else ""


def _unknown(_operand: Any, _words: Words) -> Iterator[str]:
    yield AT_LAUNCH


def _sub(operand: Any, words: Words) -> Iterator[str]:
    text, own = operand if isinstance(operand, list) and len(operand) == OPERANDS else (operand, {})
    at, text = 0, scalar(text)
    for found in SUBSTITUTED.finditer(text):
        yield text[at : found.start()]
        at, name = found.end(), found[2]
        if found[1]:
            yield f"${{{name}}}"
        else:
            yield from words._pieces(below(own, name) or {"Ref": name})
    yield text[at:]


def _join(operand: Any, words: Words) -> Iterator[str]:
    if isinstance(operand, list) and len(operand) == OPERANDS and isinstance(operand[1], list):
        for at, each in enumerate(operand[1]):
            yield scalar(operand[0]) if at else ""
            yield from words._pieces(each)
    else:
        yield AT_LAUNCH


def _if(operand: Any, words: Words) -> Iterator[str]:
    """Yield both branches piece by piece: a text of nested choices is cut short, not worked out."""
    branches = operand[1:3] if isinstance(operand, list) else []
    for at, each in enumerate(each for each in branches if each != NO_VALUE):
        yield " or " if at else ""
        yield from words._pieces(each)


def _find_in_map(operand: Any, words: Words) -> Iterator[str]:
    keys = [scalar(each) for each in operand[:3]] if isinstance(operand, list) else []
    yield scalar(below(words.document, "Mappings", *keys)) if all(keys) else AT_LAUNCH


def _last(operand: Any, words: Words) -> Iterator[str]:
    yield from words._pieces(operand[-1] if isinstance(operand, list) and operand else operand)


def _get_att(operand: Any, _words: Words) -> Iterator[str]:
    yield ".".join(map(scalar, operand)) if isinstance(operand, list) else scalar(operand)


def _import(operand: Any, words: Words) -> Iterator[str]:
    yield "the export "
    yield from words._pieces(operand)


PIECES: Mapping[str, Callable[[Any, Words], Iterator[str]]] = {
    "Ref": lambda operand, words: words._reference(operand),
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import,
    "Fn::Join": _join,
    "Fn::Select": _last,
    "Fn::Split": _last,
    "Fn::Sub": _sub,
}
