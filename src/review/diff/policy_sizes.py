"""How long the policies of each role, user and group are, as IAM counts: without white space.

What only a stack knows counts nothing, so a policy is at least as long as it is said to be. Of an
Fn::If the longer side counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from review.diff.meaning import Side, meaning, parts_of
from template_reader.nodes import below, function_of

ROLE = "AWS::IAM::Role"
MANAGED = "AWS::IAM::ManagedPolicy"
# What the inline policies of one of a type come to at most, all together.
INLINE = {ROLE: 10_240, "AWS::IAM::User": 2_048, "AWS::IAM::Group": 5_120}
ATTACHED = {"Roles": ROLE, "Users": "AWS::IAM::User", "Groups": "AWS::IAM::Group"}
LONGEST_MANAGED = 6_144
LONGEST_TRUST = 2_048


def policy_sizes(side: Side) -> Iterator[tuple[str, int, int]]:
    """Yield for each policy, or all of a holder: where, the most IAM takes, its characters."""
    resources = side.section("Resources")
    for name, node in resources.items():
        type_, properties = below(node, "Type"), below(node, "Properties")
        if type_ == MANAGED:
            size = _size(side, below(properties, "PolicyDocument"))
            yield f"{name}.PolicyDocument", LONGEST_MANAGED, size
        if type_ == ROLE:
            trust = "AssumeRolePolicyDocument"
            yield f"{name}.{trust}", LONGEST_TRUST, _size(side, below(properties, trust))
        if isinstance(type_, str) and type_ in INLINE:
            sizes = (_size(side, each) for each in _documents(side, str(name), type_, properties))
            yield f"{name}.Policies", INLINE[type_], sum(sizes)


def _documents(side: Side, name: str, type_: str, properties: Any) -> Iterator[Any]:
    """Yield the inline policies of a holder, those in resources of their own included."""
    written = below(properties, "Policies")
    for each in written if isinstance(written, list) else ():
        yield below(each, "PolicyDocument")
    for node in side.section("Resources").values():
        if below(node, "Type") == "AWS::IAM::Policy":
            key = next(key for key, each in ATTACHED.items() if each == type_)
            holders = below(node, "Properties", key)
            if isinstance(holders, list) and {"Ref": name} in holders:
                yield below(node, "Properties", "PolicyDocument")


def _size(side: Side, document: Any) -> int:
    known = _known(meaning(side, document)) if document else ""
    return len(json.dumps(known, separators=(",", ":"))) if known else 0


def _known(node: Any) -> Any:
    """Return what is known of a meaning: other texts are empty, of an Fn::If the longer side."""
    match function_of(node):
        case "Fn::If", [_, then, otherwise]:
            return max(_known(then), _known(otherwise), key=lambda each: len(json.dumps(each)))
        case str(), _:
            return "".join(each for each in parts_of(node) if isinstance(each, str))
    if isinstance(node, Mapping):
        return {key: _known(each) for key, each in node.items()}
    return [_known(each) for each in node] if isinstance(node, list) else node
