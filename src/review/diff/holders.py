"""Who holds the permissions of a template: each role, user, key, bucket …, and all it is granted.

A policy that stands by itself is its roles'. So it is no change when a statement moves from a role
to a policy attached to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.diff.grants import ALLOW, Grant, Names, Test, grants_of, neutral
from review.diff.outcomes import both_sides
from review.diff.spelling import logical_id, text_of, texts_of
from review.diff.written import Resources
from review.statements import statements
from template_reader.nodes import below, function_of

MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
# The properties in which a policy of its own names those it is for.
FOR = (
    *("Roles", "Users", "Groups", "RoleName", "UserName", "GroupName"),
    *("Bucket", "Queues", "Queue", "Topics", "TopicArn", "SecretId"),
    *("FunctionName", "LayerVersionArn", "EventBusName"),
)
POLICIES = (
    *("AWS::IAM::Policy", MANAGED_POLICY, "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy"),
    *("AWS::IAM::GroupPolicy", "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"),
    *("AWS::SNS::TopicPolicy", "AWS::SecretsManager::ResourcePolicy", "AWS::Lambda::Permission"),
    *("AWS::Lambda::LayerVersionPermission", "AWS::Events::EventBusPolicy"),
    *("AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicInlinePolicy"),
)
ATTACHED = ("ManagedPolicyArns", "ManagedPolicies")
# What a Lambda permission asks of the caller, as a policy would write it.
TESTS = {
    "SourceArn": ("ArnLike", "aws:SourceArn"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "OrganizationId": ("StringEquals", "aws:PrincipalOrgID"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
}

# The properties that are read beside policies.
OF_HOLDERS = (*ATTACHED, "Groups", "PermissionsBoundary")
OF_POLICIES = (*FOR, *TESTS, "Action", "Principal")


@dataclass(frozen=True)
class Holding:
    """All that one holder is granted and denied, and what is attached to it."""

    is_there: bool
    grants: tuple[Grant, ...]
    attached: frozenset[str]
    groups: frozenset[str]
    boundary: str


def without_rest(resources: Resources) -> dict[str, Mapping[str, Any]]:
    """Return resources with only those properties that permissions come of."""
    return {name: {**node, "Properties": _read(node)} for name, node in resources.items()}


def _read(node: Any) -> dict[str, Any]:
    properties = below(node, "Properties")
    found = properties.items() if isinstance(properties, Mapping) else ()
    read = {*OF_HOLDERS, *(OF_POLICIES if below(node, "Type") in POLICIES else ())}
    return {key: each for key, each in found if key in read or _has_statement(each)}


def _has_statement(node: Any) -> bool:
    """Return whether there is a policy below a node, as a mapping or a text of JSON."""
    if isinstance(node, Mapping):
        return "Statement" in node or any(map(_has_statement, node.values()))
    if isinstance(node, list):
        return any(map(_has_statement, node))
    return isinstance(node, str) and '"Statement"' in node


def parts_by_holder(resources: Resources) -> dict[str, set[str]]:
    """Return the logical ids of the resources that say what a holder may do, itself included."""
    found: dict[str, set[str]] = {}
    for name, node in resources.items():
        for holder in _holders(name, node):
            found.setdefault(holder, set()).add(name)
        for policy in _attached_names(node):
            if below(resources.get(policy), "Type") == MANAGED_POLICY:
                found.setdefault(name, set()).add(policy)
    return found


def attached_policies(parts: Mapping[str, set[str]]) -> set[str]:
    """Return the policies of which another resource holds what they grant."""
    return {each for holder, names in parts.items() for each in names if each != holder}


def holding(holder: str, parts: Mapping[str, Any]) -> Holding:
    """Return what resources, whose conditions are resolved, let a holder do."""
    own = below(parts.get(holder), "Properties")
    attached = {neutral(each) for key in ATTACHED for each in texts_of(below(own, key))}
    here = set(map(logical_id, attached))
    holds = {
        name: node for name, node in parts.items() if name in here or holder in _holders(name, node)
    }
    return Holding(
        holder in parts,
        tuple(dict.fromkeys(_grants(holds))),
        frozenset(each for each in attached if logical_id(each) not in parts),
        frozenset(texts_of(below(own, "Groups"))),
        " ".join(texts_of(below(own, "PermissionsBoundary"))),
    )


def _holders(name: str, node: Any) -> Iterator[str]:
    """Yield those a resource says something for: those it names, or itself."""
    properties = below(node, "Properties")
    named = [
        logical_id(text_of(each))
        for key in FOR
        if below(node, "Type") in POLICIES
        for each in both_sides(below(properties, key))
    ]
    yield from dict.fromkeys(named) if named else (name,)


def _attached_names(node: Any) -> Iterator[str]:
    for key in ATTACHED:
        yield from map(logical_id, map(text_of, both_sides(below(node, "Properties", key))))


def _grants(parts: Mapping[str, Any]) -> Iterator[Grant]:
    for statement in statements(_opened(parts)):
        yield from grants_of(statement)
    for node in parts.values():
        yield from _of_permission(below(node, "Properties"))


def _opened(node: Any) -> Any:
    """Return a node in which a policy that is written as a text of JSON is a mapping."""
    if isinstance(node, Mapping) and function_of(node) is None:
        return {key: _opened(each) for key, each in node.items()}
    if isinstance(node, list):
        return [_opened(each) for each in node]
    if isinstance(node, str) and '"Statement"' not in node:
        return node
    if '"Statement"' not in (text := text_of(node)):
        return node
    try:
        return json.loads(text)
    except ValueError:
        return node


def _of_permission(properties: Any) -> Iterator[Grant]:
    """Yield what a resource grants that has Action and Principal instead of a policy."""
    action, principal = below(properties, "Action"), below(properties, "Principal")
    if action and principal:
        yield Grant(
            *("resource", ALLOW, Names((text_of(principal),)), Names((text_of(action),))),
            *(Names(("",)), frozenset(_tests(properties))),
        )


def _tests(properties: Any) -> Iterator[Test]:
    for key, (operator, name) in TESTS.items():
        if texts := texts_of(below(properties, key)):
            yield operator, name, frozenset(texts)
