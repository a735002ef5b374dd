"""What still names a machine image, by the call DescribeImageReferences, which MiniStack lacks.

Instances, launch templates and parameters are looked through. Not as in AWS: no image recipe of
Image Builder names any here, and the answer is one page.
"""

from __future__ import annotations

from collections.abc import Iterator

from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, ssm

from rehearsal.embedded_desk import Given

TYPES = ("ec2:Instance", "ec2:LaunchTemplate", "ssm:Parameter")
DATA_TYPE = "aws:ec2:image"

Answer = tuple[int, dict[str, str], bytes]


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    ec2._ACTION_MAP["DescribeImageReferences"] = lambda given: _describe(partition, given)


def asked_types(given: Given) -> list[str]:
    """Return the types of resources a call asks about."""
    if ec2._p(given, "IncludeAllResourceTypes") == "true":
        return list(TYPES)
    asked = (ec2._p(given, f"ResourceType.{at}.ResourceType") for at in range(1, len(given)))
    return [each for each in asked if each]


def image_parameters() -> list[Given]:
    """Return the parameters of the account and region that hold the id of an image."""
    return [each for each in ssm._parameters.values() if each["DataType"] == DATA_TYPE]


def _describe(partition: str, given: Given) -> Answer:
    images = set(ec2._parse_member_list(given, "ImageId"))
    types = asked_types(given)
    place = f"arn:{partition}:ec2:{get_region()}:{get_account_id()}"
    found = [
        (image, type_, f"{place}:{resource}" if type_.startswith("ec2:") else resource)
        for image, type_, resource in _references(given)
        if image in images and type_ in types
    ]
    items = "".join(
        f"<item><imageId>{image}</imageId><resourceType>{type_}</resourceType><arn>{arn}</arn></item>"
        for image, type_, arn in found
    )
    answer: Answer = ec2._xml(
        *(200, "DescribeImageReferencesResponse"),
        f"<imageReferenceSet>{items}</imageReferenceSet>",
    )
    return answer


def _references(given: Given) -> Iterator[tuple[str, str, str]]:
    """Yield image, type and resource; an instance's and a template's without the ARN's front."""
    states = _option(given, "ec2:Instance", "state-name")
    for each in ec2._instances.values():
        if not states or each["State"]["Name"] in states:
            yield each["ImageId"], "ec2:Instance", f"instance/{each['InstanceId']}"
    depth = int((_option(given, "ec2:LaunchTemplate", "version-depth") or ["0"])[0])
    for each in ec2._launch_templates.values():
        newest = sorted(each["Versions"], key=lambda one: -int(one["VersionNumber"]))
        for image in {_image(one) for one in newest[: depth or None]}:
            yield image, "ec2:LaunchTemplate", f"launch-template/{each['LaunchTemplateId']}"
    for each in image_parameters():
        yield each["Value"], "ssm:Parameter", each["ARN"]


def _image(version: Given) -> str:
    return str(version["LaunchTemplateData"].get("ImageId", ""))


def _option(given: Given, type_: str, name: str) -> list[str]:
    """Return the values of an option of a type in a call, none if it does not give them."""
    for at in range(1, len(given)):
        front = f"ResourceType.{at}"
        if ec2._p(given, f"{front}.ResourceType") != type_:
            continue
        for number in range(1, len(given)):
            option = f"{front}.ResourceTypeOption.{number}"
            if ec2._p(given, f"{option}.OptionName") == name:
                values: list[str] = ec2._parse_member_list(given, f"{option}.OptionValue")
                return values
    return []
