"""Finds what a template refers to and does not have, which CloudFormation refuses to launch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from template_reader.file import Template

PSEUDO = "AWS::"
IN_TEXT = re.compile(r"\$\{([^!}.][^}.]*)(?:\.[^}]*)?\}")
SECTIONS = ("Resources", "Outputs")


def unresolved(template: Template) -> tuple[str, ...]:
    """Return the names of resources and parameters that are referred to and are not there."""
    known = template.section("Resources").keys() | template.section("Parameters").keys()
    found = (name for each in SECTIONS for name in _references(template.section(each)))
    return tuple(
        dict.fromkeys(each for each in found if each not in known and not each.startswith(PSEUDO))
    )


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from FORMS.get(key, _references)(value)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def _reference(value: Any) -> Iterator[str]:
    yield str(value)


def _attribute(value: Any) -> Iterator[str]:
    yield str(value).partition(".")[0] if isinstance(value, str) else str(value[0])


def _text(value: Any) -> Iterator[str]:
    text, own = (value, {}) if isinstance(value, str) else value
    yield from (each.strip() for each in IN_TEXT.findall(text) if each.strip() not in own)
    yield from _references(own)


def _dependencies(value: Any) -> Iterator[str]:
    yield from [value] if isinstance(value, str) else value


FORMS = {
    "Ref": _reference,
    "Fn::GetAtt": _attribute,
    "Fn::Sub": _text,
    "DependsOn": _dependencies,
}
