"""The steps of Packer's amazon-ebs builder that make an image of a machine that has stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.stand_ins.packer_builder import FAILURES, LOOKS, Builder


def create_image(builder: Builder, instance: Mapping[str, Any]) -> str:
    """step_create_ami.go, and its clean-up where a later step fails."""
    name = builder.settings["ami_name"]
    builder.log.say(f"Creating AMI {name} from instance {instance['InstanceId']}")
    image: str = builder.ec2.create_image(
        InstanceId=instance["InstanceId"],
        Name=name,
        TagSpecifications=builder.tags("run_tags", "image", "snapshot"),
    )["ImageId"]
    builder.log.say("Waiting for AMI to become ready...")
    builder.ec2.get_waiter("image_available").wait(ImageIds=[image], WaiterConfig=LOOKS)
    builder.ec2.describe_images(ImageIds=[image])
    try:
        _modify(builder, image)
    except FAILURES:
        words = "Deregistering the AMI and deleting associated snapshots because of error..."
        builder.clean_up(words, lambda: _deregister(builder, image))
        raise
    return image


def _modify(builder: Builder, image: str) -> None:
    """step_modify_ami_attributes.go: one call for each attribute."""
    builder.log.say(f"Modifying attributes on AMI ({image})...")
    for setting, name in (("ami_description", "Description"), ("imds_support", "ImdsSupport")):
        if builder.settings.get(setting):
            value = {name: {"Value": builder.settings[setting]}}
            builder.ec2.modify_image_attribute(ImageId=image, **value)


def _deregister(builder: Builder, image: str) -> None:
    for each in builder.ec2.describe_images(ImageIds=[image])["Images"]:
        builder.ec2.deregister_image(ImageId=image)
        for mapping in each["BlockDeviceMappings"]:
            builder.ec2.delete_snapshot(SnapshotId=mapping["Ebs"]["SnapshotId"])
