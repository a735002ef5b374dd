"""What IAM is asked about a resource of a stack, with what only the embedded AWS knows of it.

That is the boundary of a role that is there, the tags an image's launch template gives, the key of
the bucket that a function's code lies in, and which calls a pattern in a schema stands for: those
that the principal's own policies name, as a pattern grants nothing and hides what is granted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam

from aws_reference import registry
from rehearsal import embedded_keys
from rehearsal.embedded_handed_roles import launched
from rehearsal.resource_calls import DELETE, Needed, Place, Resource, calls

BOUNDARY = "iam:PermissionsBoundary"
BOUNDED = (
    *("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    *("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
)
LAUNCHING = {"ec2:CreateAction": "RunInstances"}


def needs(
    key: str, place: Place, resource: Resource, operation: str, old: Mapping[str, Any]
) -> Iterator[Needed]:
    """Yield what IAM is asked about an operation, by whoever has an access key."""
    for each in calls(place, resource, operation, old):
        if each.action in BOUNDED:
            yield _of_role(each, resource)
        elif registry.ANY in each.action:
            yield from _meant(key, place, each)
        else:
            yield each
        if each.action == "s3:GetObject" and not each.optional:
            yield from _decrypted(place, each)
    if resource.type == "AWS::AutoScaling::AutoScalingGroup" and operation != DELETE:
        yield from _tagged(place, resource)


def _of_role(need: Needed, resource: Resource) -> Needed:
    """A role that is there has a path and a boundary of its own; else it has what it is given."""
    role = iam._roles.get(need.resource.rpartition("/")[2])
    boundary = (resource.properties if role is None else role).get("PermissionsBoundary")
    context = {**need.context, **({BOUNDARY: str(boundary)} if boundary else {})}
    return replace(need, resource=str(role["Arn"]) if role else need.resource, context=context)


def _meant(key: str, place: Place, need: Needed) -> Iterator[Needed]:
    principal = iam_evaluator.resolve_principal(key, get_account_id())
    named = {
        action
        for statements in getattr(principal, "policies", None) or []
        for statement in statements
        for action in statement.actions
        if registry.ANY not in action and iam_evaluator.fnmatch_iam(action, need.action)
    }
    for action in sorted(named):
        arn = registry.resource_of(action, place.arn(f"{registry.ANY}:{registry.ANY}"))
        yield replace(need, action=action, resource=arn)


def _decrypted(place: Place, need: Needed) -> Iterator[Needed]:
    """What lies encrypted is read by who may use its key by way of S3."""
    bucket, _, name = need.resource.partition(":::")[2].partition("/")
    key = embedded_keys.key_of(bucket, name)
    if key:
        via = embedded_keys.via(place.partition, "s3", key, {"aws:s3:arn": need.resource})
        yield Needed(embedded_keys.DECRYPT, key, via)


def _tagged(place: Place, resource: Resource) -> Iterator[Needed]:
    for each in launched(resource.properties).get("TagSpecifications", []):
        arn = place.arn(f"ec2:{each['ResourceType']}/*")
        yield Needed("ec2:CreateTags", arn, LAUNCHING)
