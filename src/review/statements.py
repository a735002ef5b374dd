"""Every statement of every policy in a template, whatever kind of resource holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from template_reader.nodes import function_of
from template_reader.text import line_of

Kind = Literal["trust", "identity", "resource"]
TRUST = "AssumeRolePolicyDocument"
IDENTITY_TYPES = (
    *("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"),
    *("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"),
    *("AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy", "AWS::SSO::PermissionSet"),
)


@dataclass(frozen=True)
class Statement:
    """One statement, and where it stands.

    `holder` is a logical id, `place` the path of the policy below Properties ('Policies.copy');
    `number` counts the statements of a policy from 1. `node` is the statement as it is written,
    Fn::If inside it included; `condition` names those under whose Fn::If it stands.
    """

    holder: str
    holder_type: str
    place: str
    kind: Kind
    number: int
    node: Mapping[str, Any]
    condition: tuple[str, ...] = ()

    @property
    def sid(self) -> str:
        """What the statement is called: its Sid, or its number."""
        found = self.node.get("Sid")
        return found if isinstance(found, str) else f"statement {self.number}"

    @property
    def allows(self) -> bool:
        """Whether it allows something; a statement that denies does not."""
        return bool(self.node.get("Effect") == "Allow")

    @property
    def line(self) -> int:
        """The line it stands in, counted from 1."""
        return line_of(self.node)

    def listed(self, key: str) -> list[Any]:
        """Return what stands under a key such as Action, as a list, both sides of an Fn::If."""
        return [each for each, _ in alternatives(self.node.get(key, []))]


def statements(resources: Mapping[str, Any]) -> Iterator[Statement]:
    """Yield the statements of every policy document in a template's resources."""
    for holder, resource in resources.items():
        if isinstance(resource, Mapping):
            type_ = str(resource.get("Type", ""))
            yield from _below(holder, type_, "", resource.get("Properties", {}))


def _below(holder: str, type_: str, place: str, node: Any) -> Iterator[Statement]:
    """Yield the statements of the documents below a node: whatever has a Statement of mappings."""
    node = _document_of(node)
    if isinstance(node, Mapping):
        written = node.get("Statement")
        if isinstance(written, list | Mapping):
            yield from _of_document(holder, type_, place, written)
            return
        for key, each in node.items():
            yield from _below(holder, type_, _joined(place, str(key)), each)
    elif isinstance(node, list):
        for number, each in enumerate(node, start=1):
            yield from _below(holder, type_, _joined(place, _name(each, number)), each)


def _document_of(node: Any) -> Any:
    """Return the document that a text is, or the text of an Fn::Sub; else the node."""
    text = node.get("Fn::Sub") if function_of(node) else node
    text = text[0] if isinstance(text, list) and text else text
    if not isinstance(text, str) or '"Statement"' not in text:
        return node
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return node
    return found if isinstance(found, Mapping) else node


def _of_document(holder: str, type_: str, place: str, written: Any) -> Iterator[Statement]:
    kind: Kind = "resource"
    if place.endswith(TRUST):
        kind = "trust"
    elif type_ in IDENTITY_TYPES:
        kind = "identity"
    for number, (node, condition) in enumerate(alternatives(written), start=1):
        if isinstance(node, Mapping):
            yield Statement(holder, type_, place, kind, number, node, condition)


def alternatives(
    node: Any, condition: tuple[str, ...] = ()
) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield the items of a list, or the one there is, and under which conditions; no NoValue."""
    match function_of(node):
        case "Fn::If", [str() as name, then, otherwise]:
            yield from alternatives(then, (*condition, name))
            yield from alternatives(otherwise, (*condition, f"not {name}"))
            return
        case "Ref", "AWS::NoValue":
            return
    if isinstance(node, list):
        for each in node:
            yield from alternatives(each, condition)
    else:
        yield node, condition


def _name(node: Any, number: int) -> str:
    """Return what an item of a list is called: a policy by its name, else by its number."""
    name = node.get("PolicyName") if isinstance(node, Mapping) else None
    return name if isinstance(name, str) else str(number)


def _joined(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
