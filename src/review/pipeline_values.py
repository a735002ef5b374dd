"""The values of a pipeline's definition: a text, or as much of it as is known before a launch."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from template_reader.nodes import function_of
from template_reader.text import line_of

# Around what only a launch can tell; neither is a character of YAML.
OPEN, CLOSE = "\0", "\1"
UNKNOWN = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
PLACEHOLDER = re.compile(r"\$\{(!?)([^{}]*)\}")
# How a text reads a variable of the run, which no launch knows yet.
VARIABLE = "#{"
VARIABLE_READ = re.compile(r"#\{([^{}.#]+)\.([^{}#]+)\}")
ARTIFACT_NAME = re.compile(r"[a-zA-Z0-9_\-]{1,100}")
OWN_REGION = "AWS::Region"
LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Value:
    """A value and its node; equal values are `written` equally, whatever function writes them."""

    node: Any
    written: str

    @property
    def text(self) -> str | None:
        """The text it is, None where only a launch can tell."""
        return None if is_unknown(self.written) else self.written

    @property
    def word(self) -> str | None:
        """The text it is, None where only a launch or a run of the pipeline can tell."""
        return None if VARIABLE in self.written else self.text

    @property
    def known(self) -> str:
        """What is known of its text: what only a launch can tell is left out."""
        return UNKNOWN.sub("", self.written)

    @property
    def shown(self) -> str:
        """How it is called in a message."""
        words = UNKNOWN.sub(lambda found: f"${{{found[1]}}}", self.written)
        return words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}…"

    @property
    def names(self) -> tuple[str, ...]:
        """What it refers to: parameters, resources, and attributes as RESOURCE.NAME."""
        return tuple(UNKNOWN.findall(self.written))

    def line(self, default: int) -> int:
        """Return the line it stands in; `default` for a number, which knows none."""
        return line_of(self.node, default)

    @property
    def is_own_region(self) -> bool:
        """Whether it is the region of the stack, and so of the pipeline."""
        return self.written == _unknown(OWN_REGION)

    @property
    def is_text(self) -> bool:
        """Whether it is a text, a number or a function, and no list or mapping."""
        if isinstance(self.node, Mapping):
            return function_of(self.node) is not None or "Ref" in self.node
        return self.node is not None and not isinstance(self.node, list)


def is_unknown(written: str) -> bool:
    """Return whether only a launch can tell what some of a value's text is."""
    return OPEN in written


def value_of(node: Any) -> Value:
    """Return the value a node of a template is."""
    return Value(node, _written(node))


def own_region(node: Any) -> Value:
    """Return the pipeline's own region, as what stands at a node."""
    return Value(node, _unknown(OWN_REGION))


def _unknown(name: str) -> str:
    return f"{OPEN}{name}{CLOSE}"


def _written(node: Any) -> str:
    if isinstance(node, bool):
        return str(node).lower()
    if isinstance(node, str | int | float):
        return str(node)
    found = _of_function(*(function_of(node) or ("", None)))
    return _unknown(json.dumps(node, default=str)) if found is None else found


def _of_function(name: str, operand: Any) -> str | None:
    """Return what a function comes to; None for those of which nothing is known."""
    match name, operand:
        case "Ref" | "Fn::GetAtt", str() as referred:
            return _unknown(referred)
        case "Fn::GetAtt", [str() as referred, str() as attribute]:
            return _unknown(f"{referred}.{attribute}")
        case "Fn::Sub", str() as text:
            return _filled(text, {})
        case "Fn::Sub", [str() as text, Mapping() as values]:
            return _filled(text, values)
        case "Fn::Join", [str() as between, list() as parts]:
            return between.join(map(_written, parts))
    return None


def _filled(text: str, values: Mapping[str, Any]) -> str:
    """Return the text of an Fn::Sub; ${!NAME} is ${NAME} itself."""

    def filling(found: re.Match[str]) -> str:
        escaped, name = found.groups()
        if escaped:
            return f"${{{name}}}"
        return _written(values[name]) if name in values else _unknown(name.strip())

    return PLACEHOLDER.sub(filling, text)
