"""What rules judge, found in a template: its resources, its policies' statements, its pipelines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.pipeline_reading import pipelines
from review.pipeline_view import Pipeline
from review.statements import Statement, statements
from template_reader.file import Template
from template_reader.nodes import below
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

    @property
    def line(self) -> int:
        """The line of its logical id, counted from 1."""
        return line_of_key(self.template.section("Resources"), self.logical_id)


def resources(template: Template) -> Iterator[Resource]:
    """Yield the resources of a template that are written as CloudFormation wants them."""
    for name, node in template.section("Resources").items():
        type_ = below(node, "Type")
        if isinstance(type_, str):
            yield Resource(template, str(name), type_, node)


def _resources(template: Template) -> Iterator[tuple[str, Resource]]:
    return ((each.logical_id, each) for each in resources(template))


def _statements(template: Template) -> Iterator[tuple[str, Statement]]:
    return ((each.holder, each) for each in statements(template.section("Resources")))


# What rules may judge: how it is found, each with the logical id of the resource it belongs to.
FINDERS: Mapping[type[Any], Callable[[Template], Iterator[tuple[str, Any]]]] = {
    Resource: _resources,
    Statement: _statements,
    Pipeline: pipelines,
}
