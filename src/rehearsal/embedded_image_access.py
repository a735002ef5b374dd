"""Who may do what with machine images: the resources, tags and further calls that IAM looks at.

MiniStack gives an image an ARN with an account, knows no tags of images, and asks about one action
a call. Here CopyImage is asked about on the image there, the image here and the snapshot here, with
CreateTags for what it tags; DeregisterImage with DeleteSnapshot for what it removes; and
DescribeImageReferences with the calls it makes for the caller, as ec2-images.amazonaws.com.

That CopyImage is asked about on its source, too, is in "Grant permissions to copy Amazon EC2 AMIs"
(EC2 user guide); which calls DescribeImageReferences makes, in AWS's managed policy
AmazonEC2ImageReferencesAccessPolicy, less Image Builder's; that DeregisterImage is asked about its
snapshots is a guess from what it does. Not as in AWS: nobody asks what a key's policy and its
grants say.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import get_region
from ministack.services import ec2

from rehearsal.embedded_desk import Given
from rehearsal.embedded_image_references import asked_types, image_parameters
from rehearsal.embedded_images import associated_snapshots

SERVICE = "ec2"
VIA = {"aws:CalledVia": ["ec2-images.amazonaws.com"]}


@dataclass(frozen=True)
class Check:
    """One thing IAM looks at: an action on a resource, `*` for none, with condition keys."""

    action: str
    resource: str = "*"
    context: Given = field(default_factory=dict)


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    _name_resources(partition)
    _show_tags()
    inner: Callable[..., Awaitable[Any]] = app.SERVICE_HANDLERS[SERVICE]

    async def handle(method: str, path: str, headers: Given, body: bytes, query: Given) -> Any:
        given = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
        for each in _further(partition, given):
            named = "" if each.resource == "*" else each.resource
            refused = app._enforce_data_plane(
                *(SERVICE, each.action, headers, query, "", each.resource, each.context),
                named_resource=named,
            )
            if refused:
                return refused
        return await inner(method, path, headers, body, query)

    app.SERVICE_HANDLERS[SERVICE] = handle


def _further(partition: str, given: Given) -> list[Check]:
    """Return what a call is asked about beyond its own action on its own resource."""
    checks = {
        "CopyImage": _of_copy,
        "DeregisterImage": _of_deregister,
        "DescribeImageReferences": _of_references,
    }
    find = checks.get(ec2._p(given, "Action"))
    return list(find(partition, given)) if find else []


def _of_copy(partition: str, given: Given) -> Iterator[Check]:
    region = ec2._p(given, "SourceRegion")
    source = _arn(partition, region, "image", ec2._p(given, "SourceImageId"))
    yield Check("ec2:CopyImage", source)
    yield Check("ec2:CopyImage", _arn(partition, get_region(), "snapshot", "*"))
    for at in range(1, len(given)):
        kind = ec2._p(given, f"TagSpecification.{at}.ResourceType")
        if not kind:
            return
        keys = {"ec2:CreateAction": "CopyImage"}
        for number in range(1, len(given)):
            tag = f"TagSpecification.{at}.Tag.{number}"
            if ec2._p(given, f"{tag}.Key"):
                keys[f"aws:RequestTag/{ec2._p(given, f'{tag}.Key')}"] = ec2._p(
                    given, f"{tag}.Value"
                )
        yield Check("ec2:CreateTags", _arn(partition, get_region(), kind, "*"), keys)


def _of_deregister(partition: str, given: Given) -> Iterator[Check]:
    for each in associated_snapshots(given):
        arn = _arn(partition, get_region(), "snapshot", each)
        yield Check("ec2:DeleteSnapshot", arn, _tags(each))


def _of_references(partition: str, given: Given) -> Iterator[Check]:
    types = asked_types(given)
    if "ec2:Instance" in types:
        yield Check("ec2:DescribeInstances", context=VIA)
    if "ec2:LaunchTemplate" in types:
        yield Check("ec2:DescribeLaunchTemplates", context=VIA)
        yield Check("ec2:DescribeLaunchTemplateVersions", context=VIA)
    if "ssm:Parameter" in types:
        yield Check("ssm:DescribeParameters", context=VIA)
        for each in image_parameters():
            yield Check("ssm:GetParameters", each["ARN"], VIA)


def _name_resources(partition: str) -> None:
    """An image and a snapshot belong to no account in their ARN."""
    inner: Callable[..., str] = iam_actions.extract_resource_arn

    def resource(service: str, *request: Any) -> str:
        arn = inner(service, *request)
        if service != SERVICE:
            return arn
        _method, _path, _headers, _body, given, region, _account = request
        if ec2._p(given, "Action") == "CopyImage":
            return _arn(partition, region, "image", "*")
        kind, _, id_ = arn.rpartition(":")[2].partition("/")
        return _arn(partition, region, kind, id_) if kind in ("image", "snapshot") else arn

    iam_actions.extract_resource_arn = resource


def _show_tags() -> None:
    """Let policies see the tags of the image or the snapshot that a call names."""
    inner = iam_actions.request_tag_context

    def context(service: str, action: str, body: bytes, given: Given) -> Given:
        keys: Given = inner(service, action, body, given)
        if service != SERVICE:
            return keys
        named = ec2._p(given, "ImageId") or ec2._p(given, "SnapshotId")
        return {**keys, **(_tags(named) if named else {})}

    iam_actions.request_tag_context = context


def _arn(partition: str, region: str, kind: str, id_: str) -> str:
    return f"arn:{partition}:{SERVICE}:{region}::{kind}/{id_}"


def _tags(resource: str) -> Given:
    return {f"aws:ResourceTag/{each['Key']}": each["Value"] for each in ec2._tags.get(resource, [])}
