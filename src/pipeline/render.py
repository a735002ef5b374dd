"""Turns a template into the text that is committed, reviewed and launched.

The order of sections and of a resource's attributes is a table; within properties it is the order
the Python wrote. Intrinsic functions take their short form, code stands in literal blocks, and
nothing is anchored: a reviewer reads a line and knows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from troposphere import Template

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
)
RESOURCE_ATTRIBUTES = (
    "Type",
    "Metadata",
    "Condition",
    "DependsOn",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Properties",
)
SHORT_FORMS = {
    name: f"!{name.removeprefix('Fn::')}"
    for name in (
        *("Ref", "Condition", "Fn::And", "Fn::Base64", "Fn::Cidr", "Fn::Contains", "Fn::Equals"),
        *("Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs", "Fn::If", "Fn::ImportValue", "Fn::Join"),
        *("Fn::Length", "Fn::Not", "Fn::Or", "Fn::Select", "Fn::Split", "Fn::Sub"),
        "Fn::ToJsonString",
    )
}
ONE_LINE = 88
NO_FOLDING = 1_000_000

Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None


def render_yaml(template: Template, header: str) -> str:
    """Return the template as YAML under a comment; the text ends in one newline."""
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    body = yaml.dump(
        _ordered(template), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=NO_FOLDING
    )
    return comment + body


def render_json(template: Template) -> str:
    """Return the template as JSON; the text ends in one newline."""
    return json.dumps(_ordered(template), indent=2, ensure_ascii=False) + "\n"


def _ordered(template: Template) -> dict[str, Json]:
    sections: dict[str, Any] = template.to_dict()
    document = _by_table(sections, SECTIONS)
    resources = sections["Resources"].items()
    ordered = {name: _by_table(each, RESOURCE_ATTRIBUTES) for name, each in resources}
    return {**document, "Resources": ordered}


def _by_table(mapping: Mapping[str, Json], table: Sequence[str]) -> dict[str, Json]:
    unknown = set(mapping) - set(table)
    if unknown:
        raise KeyError(f"no place is known for {sorted(unknown)}")
    return {key: mapping[key] for key in table if key in mapping}


class _Dumper(yaml.CSafeDumper):
    """Writes CloudFormation's short forms, literal blocks and no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return _scalar("tag:yaml.org,2002:str", text)


def _scalar(tag: str, text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(tag, text, style="|" if "\n" in text else None)


def _mapping(dumper: _Dumper, mapping: dict[str, Json]) -> yaml.Node:
    if len(mapping) == 1:
        ((name, argument),) = mapping.items()
        if name in SHORT_FORMS and not _is_call(argument):
            return _call(dumper, SHORT_FORMS[name], argument)
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping)


def _is_call(argument: Json) -> bool:
    """YAML allows one tag a node, so a call whose argument is a call keeps its long form."""
    return isinstance(argument, dict)


def _call(dumper: _Dumper, tag: str, argument: Json) -> yaml.Node:
    if tag == "!GetAtt" and isinstance(argument, list):
        argument = ".".join(argument)
    if isinstance(argument, list):
        return dumper.represent_sequence(tag, argument, flow_style=_fits_one_line(argument))
    return _scalar(tag, str(argument))


def _fits_one_line(argument: Sequence[Json]) -> bool:
    text = json.dumps(argument)
    return len(text) <= ONE_LINE and "\\n" not in text


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)
