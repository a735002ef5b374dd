"""What MiniStack lacks of instances: images made of them, tags and ends of their volumes, refusals.

An image of an instance is pending for one look at it. An instance that is launched has its volume
tagged and encrypted as the call says, and takes it along when it is ended. A launch with an image,
a key pair, a group or a subnet that is not there is refused, and so is removing a group that an
instance still has.

Not as in AWS: nothing boots; an instance runs, stops and ends at once; it has no network interface
that could be looked at; its volume takes only tags and encryption from the call.
"""

from __future__ import annotations

from collections.abc import Callable

from ministack.core.responses import get_account_id
from ministack.services import ec2

from rehearsal.embedded_desk import Given
from rehearsal.embedded_images import Answer, error, launchable, make_snapshot

ENDED = "terminated"
ATTRIBUTES = ("Description", "ImdsSupport")

Handler = Callable[[Given], Answer]


def install() -> None:
    """Put into MiniStack what stands here."""
    calls = ec2._ACTION_MAP
    calls["CreateImage"] = _create_image
    calls["DeleteSecurityGroup"] = _unless(_why_group_stays, calls["DeleteSecurityGroup"])
    calls["ModifyImageAttribute"] = _modifying(calls["ModifyImageAttribute"])
    calls["RunInstances"] = _unless(_why_not_launched, _launching(calls["RunInstances"]))
    calls["TerminateInstances"] = _ending(calls["TerminateInstances"])


def _unless(why: Callable[[Given], tuple[str, ...]], inner: Handler) -> Handler:
    def handle(given: Given) -> Answer:
        refusal = why(given)
        return error(*refusal) if refusal else inner(given)

    return handle


def _why_not_launched(given: Given) -> tuple[str, ...]:
    """Return code and message of why nothing is launched, nothing if it is."""
    image, key = ec2._p(given, "ImageId"), ec2._p(given, "KeyName")
    subnet = ec2._p(given, "SubnetId")
    if not launchable(image):
        return "InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist"
    if key and key not in ec2._key_pairs:
        return "InvalidKeyPair.NotFound", f"The key pair '{key}' does not exist"
    if subnet and subnet not in ec2._subnets:
        return "InvalidSubnetID.NotFound", f"The subnet ID '{subnet}' does not exist"
    for group in ec2._parse_member_list(given, "SecurityGroupId"):
        if group not in ec2._security_groups:
            return "InvalidGroup.NotFound", f"The security group '{group}' does not exist"
    return ()


def _launching(inner: Handler) -> Handler:
    def launch(given: Given) -> Answer:
        before = set(ec2._instances)
        answer = inner(given)
        for each in set(ec2._instances) - before:
            for volume in _volumes(each):
                ec2._parse_tag_specs(given, "volume", volume)
                encrypted = ec2._p(given, "BlockDeviceMapping.1.Ebs.Encrypted") == "true"
                ec2._volumes[volume]["Encrypted"] = encrypted
        return answer

    return launch


def _ending(inner: Handler) -> Handler:
    def end(given: Given) -> Answer:
        answer = inner(given)
        for each in ec2._parse_member_list(given, "InstanceId"):
            for volume in _volumes(each):
                ec2._volumes.pop(volume, None)
                ec2._tags.pop(volume, None)
        return answer

    return end


def _volumes(instance: str) -> list[str]:
    mappings = ec2._instances.get(instance, {}).get("BlockDeviceMappings", [])
    return [each["Ebs"]["VolumeId"] for each in mappings]


def _why_group_stays(given: Given) -> tuple[str, ...]:
    group = ec2._p(given, "GroupId")
    for each in ec2._instances.values():
        groups = [one["GroupId"] for one in each["SecurityGroups"]]
        if group in groups and each["State"]["Name"] != ENDED:
            return "DependencyViolation", f"resource {group} has a dependent object"
    return ()


def _modifying(inner: Handler) -> Handler:
    def modify(given: Given) -> Answer:
        asked = {name: ec2._p(given, f"{name}.Value") for name in ATTRIBUTES}
        changes = {name: value for name, value in asked.items() if value}
        image = ec2._images.get(ec2._p(given, "ImageId"))
        if image is None or not changes:
            return inner(given)
        image.update(changes)
        answer: Answer = ec2._xml(200, "ModifyImageAttributeResponse", "<return>true</return>")
        return answer

    return modify


def _create_image(given: Given) -> Answer:
    refusal = _why_no_image(given)
    if refusal:
        return error(*refusal)
    instance = ec2._instances[ec2._p(given, "InstanceId")]
    encrypted = any(ec2._volumes[each]["Encrypted"] for each in _volumes(instance["InstanceId"]))
    snapshot = make_snapshot(f"Created by CreateImage({instance['InstanceId']})", encrypted)
    image: str = ec2._new_image_id()
    ec2._images[image] = {
        "ImageId": image,
        "Name": ec2._p(given, "Name"),
        "ImageLocation": "",
        "Description": ec2._p(given, "Description"),
        "Architecture": instance["Architecture"],
        "RootDeviceType": "ebs",
        "RootDeviceName": instance["RootDeviceName"],
        "BlockDeviceMappings": [
            {"DeviceName": instance["RootDeviceName"], "Ebs": {"SnapshotId": snapshot}}
        ],
        "VirtualizationType": instance["Virtualization"],
        "CreationDate": ec2._now_ts(),
        "OwnerId": get_account_id(),
        "LaunchPermissions": [],
        "Looks": 1,
    }
    ec2._parse_tag_specs(given, "image", image)
    ec2._parse_tag_specs(given, "snapshot", snapshot)
    answer: Answer = ec2._xml(200, "CreateImageResponse", f"<imageId>{image}</imageId>")
    return answer


def _why_no_image(given: Given) -> tuple[str, ...]:
    """Return code and message of why no image is made, nothing if one is."""
    id_, name = ec2._p(given, "InstanceId"), ec2._p(given, "Name")
    instance = ec2._instances.get(id_)
    if instance is None:
        return "InvalidInstanceID.NotFound", f"The instance ID '{id_}' does not exist"
    if instance["State"]["Name"] == ENDED:
        return "IncorrectInstanceState", f"The instance '{id_}' is not in a valid state"
    if not ec2._AMI_NAME_RE.match(name):
        return "InvalidAMIName.Malformed", f"AMI name '{name}' is not valid"
    if any(each["Name"] == name for each in ec2._images.values()):
        return "InvalidAMIName.Duplicate", f"AMI name {name} is already in use by another AMI"
    return ()
