"""Who may do what with machine images: the resources, tags and further calls that IAM looks at.

CopyImage is asked about on the image there, the image here and the snapshot here, with CreateTags
for what it tags; CreateImage on the instance, the image and its snapshot, likewise;
DeregisterImage with DeleteSnapshot for what it removes; and DescribeImageReferences with the calls
it makes for the caller, as ec2-images.amazonaws.com.

That CopyImage is asked about on its source, too, is in "Grant permissions to copy Amazon EC2 AMIs"
(EC2 user guide); which calls DescribeImageReferences makes, in AWS's managed policy
AmazonEC2ImageReferencesAccessPolicy, less Image Builder's; that DeregisterImage is asked about its
snapshots is a guess from what it does. Not as in AWS: nobody asks what a key's policy and its
grants say.
"""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal.embedded_ec2_access import Call, Check
from rehearsal.embedded_image_references import asked_types, image_parameters
from rehearsal.embedded_images import associated_snapshots

VIA = {"aws:CalledVia": ["ec2-images.amazonaws.com"]}


def _of_copy(call: Call) -> Iterator[Check]:
    yield call.making("image")
    source = call.arn("image", call.one("SourceImageId"), call.one("SourceRegion"))
    yield Check("ec2:CopyImage", source)
    yield call.making("snapshot")
    for kind in ("image", "snapshot"):
        yield from call.tagging(kind)


def _of_create(call: Call) -> Iterator[Check]:
    yield call.making("image")
    yield call.on("instance", call.one("InstanceId"))
    yield call.making("snapshot")
    for kind in ("image", "snapshot"):
        yield from call.tagging(kind)


def _of_image(call: Call) -> Iterator[Check]:
    yield call.on("image", call.one("ImageId"))


def _of_snapshot(call: Call) -> Iterator[Check]:
    yield call.on("snapshot", call.one("SnapshotId"))


def _of_deregister(call: Call) -> Iterator[Check]:
    yield from _of_image(call)
    for each in associated_snapshots(call.given):
        there = call.on("snapshot", each)
        yield Check("ec2:DeleteSnapshot", there.resource, there.context)


def _of_references(call: Call) -> Iterator[Check]:
    yield Check("ec2:DescribeImageReferences")
    types = asked_types(call.given)
    if "ec2:Instance" in types:
        yield Check("ec2:DescribeInstances", context=VIA)
    if "ec2:LaunchTemplate" in types:
        yield Check("ec2:DescribeLaunchTemplates", context=VIA)
        yield Check("ec2:DescribeLaunchTemplateVersions", context=VIA)
    if "ssm:Parameter" in types:
        yield Check("ssm:DescribeParameters", context=VIA)
        for each in image_parameters():
            yield Check("ssm:GetParameters", each["ARN"], VIA)


ASKED = {
    "CopyImage": _of_copy,
    "CreateImage": _of_create,
    "DeleteSnapshot": _of_snapshot,
    "DeregisterImage": _of_deregister,
    "DescribeImageReferences": _of_references,
    "ModifyImageAttribute": _of_image,
}
