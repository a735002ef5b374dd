"""The calls of EC2 that Packer's amazon-ebs builder makes for one image, in its order.

Read in hashicorp/packer-plugin-amazon 1.8.2: `builder/ebs/builder.go` has the order, each function
here and in `packer_instance` and `packer_image` names the file of its step. What a step that failed
leaves is cleaned up in the reverse order; as in Packer a clean-up that is refused is told and fails
nothing.

Not as in Packer: nobody connects to the instance and nothing is provisioned; the address that may
connect is one of the documentation; nothing is waited for longer than it takes to look; nothing is
tried again but what botocore tries; and China, where Packer tags afterwards, is refused.
"""

from __future__ import annotations

import uuid
from contextlib import ExitStack

from rehearsal.errors import RehearsalError
from rehearsal.stand_ins.packer_builder import LOOKS, Builder
from rehearsal.stand_ins.packer_image import create_image
from rehearsal.stand_ins.packer_instance import launch, stop

ADDRESS = "192.0.2.1/32"
SSH = 22


def make_image(builder: Builder) -> str:
    """Return the id of the image. Raise what botocore raises, or `RehearsalError`."""
    _validate(builder)
    source = _find_source(builder)
    with ExitStack() as at_last:
        key = _make_key(builder, at_last)
        group = _make_group(builder, at_last)
        instance = launch(builder, source, key, group, at_last)
        stop(builder, instance)
        return create_image(builder, instance)


def _validate(builder: Builder) -> None:
    """step_pre_validate.go: the region is one, and the name is free."""
    region, name = builder.settings["region"], builder.settings["ami_name"]
    if region.startswith("cn-"):
        raise RehearsalError(f"packer: what stands in for it does not build in {region}")
    regions = [each["RegionName"] for each in builder.ec2.describe_regions()["Regions"]]
    if region not in regions:
        raise RehearsalError(f"packer: Invalid region(s): {region}, available: {regions}")
    builder.log.say(f"Prevalidating AMI Name: {name}")
    named = [{"Name": "name", "Values": [name]}]
    for each in builder.ec2.describe_images(Owners=["self"], Filters=named)["Images"]:
        raise RehearsalError(
            f"Error: AMI Name: '{name}' is used by an existing AMI: {each['ImageId']}"
        )


def _find_source(builder: Builder) -> str:
    """step_source_ami_info.go, ami_filter.go: the image to start from."""
    (wanted,) = builder.settings["source_ami_filter"]
    filters = [{"Name": name, "Values": [each]} for name, each in wanted["filters"].items()]
    images = builder.ec2.describe_images(
        Owners=wanted["owners"], Filters=filters, IncludeDeprecated=False
    )["Images"]
    if not images:
        raise RehearsalError(f"No AMI was found matching filters: {filters}")
    if len(images) > 1 and not wanted.get("most_recent"):
        raise RehearsalError(f"Your query returned more than one result: {filters}")
    found: str = max(images, key=lambda each: str(each["CreationDate"]))["ImageId"]
    builder.log.message(f"Found Image ID: {found}")
    return found


def _make_key(builder: Builder, at_last: ExitStack) -> str:
    """step_key_pair.go: a key pair for as long as the build takes."""
    name = f"packer_{uuid.uuid4()}"
    builder.log.say(f"Creating temporary keypair: {name}")
    builder.ec2.create_key_pair(
        KeyName=name,
        KeyType=builder.settings.get("temporary_key_pair_type", "rsa"),
        TagSpecifications=builder.tags("run_tags", "key-pair"),
    )
    at_last.callback(
        lambda: builder.clean_up(
            "Deleting temporary keypair...", lambda: builder.ec2.delete_key_pair(KeyName=name)
        )
    )
    return name


def _make_group(builder: Builder, at_last: ExitStack) -> str:
    """step_security_group.go: a group that lets the build in."""
    name = f"packer_{uuid.uuid4()}"
    builder.log.say(f"Creating temporary security group for this instance: {name}")
    group: str = builder.ec2.create_security_group(
        GroupName=name,
        Description="Temporary group for Packer",
        TagSpecifications=builder.tags("run_tags", "security-group"),
    )["GroupId"]
    at_last.callback(
        lambda: builder.clean_up(
            "Deleting temporary security group...",
            lambda: builder.ec2.delete_security_group(GroupId=group),
        )
    )
    builder.ec2.get_waiter("security_group_exists").wait(GroupIds=[group], WaiterConfig=LOOKS)
    builder.log.say(f"Authorizing access to port {SSH} from [{ADDRESS}] in the group...")
    ports = {"FromPort": SSH, "ToPort": SSH, "IpProtocol": "tcp"}
    builder.ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{**ports, "IpRanges": [{"CidrIp": ADDRESS}]}]
    )
    return group
