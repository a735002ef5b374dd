"""What rules judge, found in a template: resources, parameters, statements, texts, pipelines."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.pipeline_reading import pipelines
from review.pipeline_view import Pipeline
from review.spelling import spellings
from review.statements import Statement, alternatives, statements
from template_reader.file import Template
from template_reader.nodes import below, function_of
from template_reader.text import line_of_key


@dataclass(frozen=True)
class Resource:
    """A resource as it is written, and the template it stands in."""

    template: Template
    logical_id: str
    type: str
    node: Mapping[str, Any]

    @property
    def properties(self) -> Mapping[str, Any]:
        """Its properties, {} where it has none."""
        found = self.node.get("Properties")
        return found if isinstance(found, Mapping) else {}

    @functools.cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of its policies."""
        return tuple(statements({self.logical_id: self.node}))

    def gives(self, key: str) -> bool:
        """Return whether a property has a value, be it under a condition."""
        found = alternatives(self.properties.get(key))
        return any(value is not None for value, _ in found)

    @property
    def line(self) -> int:
        """The line of its logical id, counted from 1."""
        return line_of_key(self.template.section("Resources"), self.logical_id)


@dataclass(frozen=True)
class Parameter:
    """A parameter as it is written."""

    template: Template
    name: str
    node: Mapping[str, Any]

    @property
    def line(self) -> int:
        """The line of its name, counted from 1."""
        return line_of_key(self.template.document["Parameters"], self.name)


@dataclass(frozen=True)
class Text:
    """A text, and the way to it from the top; what Fn::Sub and Fn::Join make is one text.

    `words` are as `spelling` has them, `node` is what is written.
    """

    template: Template
    path: tuple[str, ...]
    words: str
    node: Any


def resources(template: Template) -> Iterator[Resource]:
    """Yield the resources of a template that are written as CloudFormation wants them."""
    for name, node in template.section("Resources").items():
        type_ = below(node, "Type")
        if isinstance(type_, str):
            yield Resource(template, str(name), type_, node)


def _resources(template: Template) -> Iterator[tuple[str, Resource]]:
    return ((each.logical_id, each) for each in resources(template))


def _statements(template: Template) -> Iterator[tuple[str, Statement]]:
    return ((str(each.holder), each) for each in statements(template.section("Resources")))


def _parameters(template: Template) -> Iterator[tuple[str, Parameter]]:
    written = template.document.get("Parameters")
    for name, node in written.items() if isinstance(written, Mapping) else ():
        if isinstance(node, Mapping):
            yield "", Parameter(template, str(name), node)


def _texts(template: Template) -> Iterator[tuple[str, Text]]:
    for path, words, node in _below((), template.document):
        yield path[1] if path[0] == "Resources" else "", Text(template, path, words, node)


def _below(path: tuple[str, ...], node: Any) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    found = function_of(node)
    if isinstance(node, str):
        yield path, node, node
    elif found and found[0] in ("Fn::Sub", "Fn::Join"):
        yield from ((path, words, node) for words in spellings({}, node))
    elif isinstance(node, Mapping):
        for key, each in node.items():
            yield from _below((*path, str(key)), each)
    elif isinstance(node, list):
        for each in node:
            yield from _below(path, each)


# What rules may judge: how it is found, each with the logical id of the resource it belongs to,
# '' where it belongs to the template.
FINDERS: Mapping[type[Any], Callable[[Template], Iterator[tuple[str, Any]]]] = {
    Resource: _resources,
    Statement: _statements,
    Parameter: _parameters,
    Text: _texts,
    Pipeline: pipelines,
}
