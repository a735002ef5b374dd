"""Who outside a stack may know a resource of it: by an output, Parameter Store or its own name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws_reference.registry import identifier, is_own_name
from review.diff.meaning import Side, meaning
from review.diff.references import references
from review.diff.replacement import schema_type
from template_reader.nodes import below, mapping

STORE = "AWS::SSM::Parameter"


def ways_out(side: Side) -> Mapping[str, str]:
    """Return by which way each resource that is known outside leaves the stack, in words."""
    return dict(reversed([*_ways(side)]))


def _ways(side: Side) -> Iterator[tuple[str, str]]:
    for name, output in side.section("Outputs").items():
        words = f"output {name}"
        if below(output, "Export"):
            words += ", and no update gets by while another stack imports it"
        yield from ((each, words) for each in _resources(side, below(output, "Value")))
    for name, node in side.section("Resources").items():
        properties = below(node, "Properties")
        if below(node, "Type") == STORE:
            value = below(properties, "Value")
            yield from ((each, f"parameter {name}") for each in _resources(side, value))
        kind = schema_type(str(below(node, "Type")))
        for each in identifier(kind):
            if is_own_name(kind, each) and each in mapping(properties):
                yield str(name), f"its {each}"


def _resources(side: Side, node: Any) -> Iterator[str]:
    resources = side.section("Resources")
    found = references(meaning(side, node))
    return (each.target for each in found if each.target in resources)
