"""Auto Scaling groups whose instances are there: MiniStack's groups of a stack have none.

A group launches the instances it wants from its launch template, in its subnets in turn, and ends
those it no longer wants. A stack's update that gives the group another template or version
replaces its instances, as a rolling update does; an image that is not there fails the group.

Not as in AWS: instances are there at once and never boot, so no signal is sent and none waited for
(CreationPolicy, UpdatePolicy); they are replaced whether or not the group has an UpdatePolicy, all
at once; they stand in no target group; and of the template only the image, type, groups, user data
and tags are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import autoscaling, ec2
from ministack.services.cloudformation import provisioners

from rehearsal.embedded_desk import Given
from rehearsal.embedded_images import launchable

TYPE = "AWS::AutoScaling::AutoScalingGroup"
GROUP_TAG = "aws:autoscaling:groupName"


def install() -> None:
    """Put into MiniStack what stands here."""
    autoscaling._reconcile_instances = _reconcile
    handlers = provisioners._RESOURCE_HANDLERS[TYPE]
    create: Callable[..., tuple[str, Given]] = handlers["create"]
    update: Callable[..., tuple[str, Given]] = handlers["update"]
    delete: Callable[..., None] = handlers["delete"]

    def created(logical_id: str, properties: Given, stack: str) -> tuple[str, Given]:
        _check(properties)
        made = create(logical_id, properties, stack)
        _reconcile(autoscaling._asgs[made[0]])
        return made

    def updated(id_: str, old: Given, new: Given, *rest: Any) -> tuple[str, Given]:
        _check(new)
        made = update(id_, old, new, *rest)
        _replace(autoscaling._asgs[made[0]])
        return made

    def deleted(id_: str, properties: Given) -> None:
        if id_ in autoscaling._asgs:
            _end(autoscaling._asgs[id_], 0)
        delete(id_, properties)

    handlers.update(create=created, update=updated, delete=deleted)


def _check(properties: Given) -> None:
    """Raise ValueError for a template, an image or a subnet that is not there, as AWS refuses."""
    named = provisioners._asg_launch_template(properties.get("LaunchTemplate"))
    if not named:
        return
    image = _template(named).get("ImageId", "")
    if not launchable(image):
        raise ValueError(
            "You must use a valid fully-formed launch template. "
            f"The image id '[{image}]' does not exist"
        )
    for subnet in _subnets(properties.get("VPCZoneIdentifier") or []):
        if subnet not in ec2._subnets:
            raise ValueError(f"The subnet ID '{subnet}' does not exist")


def _template(named: Given) -> Given:
    """Return the data of the version of a launch template that a group names."""
    template = ec2._launch_templates.get(named["LaunchTemplateId"])
    if template is None:
        id_ = named["LaunchTemplateId"]
        raise ValueError(f"The specified launch template, with template ID {id_}, does not exist")
    words = {"$Default": "DefaultVersionNumber", "$Latest": "LatestVersionNumber"}
    version = str(named["Version"])
    number = int(template[words[version]] if version in words else version)
    for each in template["Versions"]:
        if each["VersionNumber"] == number:
            found: Given = each["LaunchTemplateData"]
            return found
    raise ValueError(f"Could not find launch template version {number}")


def _subnets(named: str | list[str]) -> list[str]:
    given = named.split(",") if isinstance(named, str) else named
    return [each for each in given if each]


def _replace(group: Given) -> None:
    """End instances of another template or version, and launch what is then wanted."""
    now = group["LaunchTemplate"]
    if any(each["LaunchTemplate"] != now for each in group["Instances"]):
        _end(group, 0)
    _reconcile(group)


def _reconcile(group: Given) -> None:
    """Let a group have as many instances as it wants."""
    _end(group, group["DesiredCapacity"])
    while group["LaunchTemplate"] and len(group["Instances"]) < group["DesiredCapacity"]:
        group["Instances"].append(_launch(group, len(group["Instances"])))


def _end(group: Given, left: int) -> None:
    for each in group["Instances"][left:]:
        ec2._terminate_instances({"InstanceId.1": [each["InstanceId"]]})
    del group["Instances"][left:]


def _launch(group: Given, number: int) -> Given:
    """Launch one instance; return it as the group knows it."""
    data = _template(group["LaunchTemplate"])
    subnets = _subnets(group["VPCZoneIdentifier"]) or [ec2._DEFAULT_SUBNET_ID]
    subnet = subnets[number % len(subnets)]
    (made,) = ec2._launch_instances_internal(
        *(data["ImageId"], data.get("InstanceType", "m1.small"), subnet, 1),
        user_data=data.get("UserData", ""),
        sg_ids=data.get("SecurityGroupIds"),
    )
    zone = ec2._subnets[subnet]["AvailabilityZone"]
    made["Placement"]["AvailabilityZone"] = zone
    ec2._tags[made["InstanceId"]] = _tags(group, data)
    return {
        "InstanceId": made["InstanceId"],
        "LifecycleState": "InService",
        "HealthStatus": "Healthy",
        "AvailabilityZone": zone,
        "ProtectedFromScaleIn": group["NewInstancesProtectedFromScaleIn"],
        "LaunchTemplate": group["LaunchTemplate"],
        "LaunchConfigurationName": "",
    }


def _tags(group: Given, data: Given) -> list[Given]:
    tags = [{"Key": GROUP_TAG, "Value": group["AutoScalingGroupName"]}]
    for each in data.get("TagSpecifications", []):
        if each["ResourceType"] == "instance":
            tags += each["Tags"]
    return tags
