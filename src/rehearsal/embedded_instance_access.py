"""Who may launch, stop and end instances: the resources and condition keys that IAM looks at.

The resources of each call are those of the "Service Authorization Reference", Amazon EC2. What a
call makes is `instance/*` and the like, with the tags it is to have as aws:RequestTag, and once
more as CreateTags with ec2:CreateAction; what is there already has aws:ResourceTag. Where no
network is named, it is the default one's subnet, group and VPC that are asked about.

Not as in AWS: of RunInstances' other keys there is ec2:Owner alone; groups and subnets of network
interfaces, launch templates and instance profiles are not looked at; and that a key pair is named
when it is tagged, where other resources are `*`, is a guess.
"""

from __future__ import annotations

from collections.abc import Iterator

from ministack.services import ec2

from rehearsal.embedded_ec2_access import Call, Check, asked_tags, tags

MADE = ("instance", "network-interface", "volume")


def _of_run(call: Call) -> Iterator[Check]:
    image = call.one("ImageId")
    yield call.on("image", image, **{"ec2:Owner": _owner(image)})
    for kind in MADE:
        yield call.making(kind)
    yield call.on("subnet", call.one("SubnetId") or ec2._DEFAULT_SUBNET_ID)
    for group in call.many("SecurityGroupId") or [ec2._DEFAULT_SG_ID]:
        yield call.on("security-group", group)
    if call.one("KeyName"):
        yield call.on("key-pair", call.one("KeyName"))
    for kind in MADE:
        yield from call.tagging(kind)


def _owner(image: str) -> str:
    """Return whose an image is, by the name AWS has for an owner if it has one."""
    for id_, *_rest, account, alias in ec2._STUB_AMIS:
        if id_ == image:
            return str(alias or account)
    return str((ec2._registered_image(image) or {}).get("OwnerId", ""))


def _of_instances(call: Call) -> Iterator[Check]:
    for each in call.many("InstanceId"):
        yield call.on("instance", each)


def _of_new_key(call: Call) -> Iterator[Check]:
    yield call.making("key-pair", call.one("KeyName"))
    yield from call.tagging("key-pair", call.one("KeyName"))


def _of_key(call: Call) -> Iterator[Check]:
    yield call.on("key-pair", call.one("KeyName"))


def _of_new_group(call: Call) -> Iterator[Check]:
    yield call.making("security-group")
    yield call.on("vpc", call.one("VpcId") or ec2._DEFAULT_VPC_ID)
    yield from call.tagging("security-group")


def _of_group(call: Call) -> Iterator[Check]:
    yield call.on("security-group", call.one("GroupId"))


def _of_volume(call: Call) -> Iterator[Check]:
    yield call.on("volume", call.one("VolumeId"))


def _of_tags(call: Call) -> Iterator[Check]:
    asked = asked_tags(call.given, "Tag")
    for each in call.many("ResourceId"):
        kind = ec2._guess_resource_type(each)
        yield Check("ec2:CreateTags", call.arn(kind, each), {**tags(kind, each), **asked})


ASKED = {
    "AuthorizeSecurityGroupIngress": _of_group,
    "CreateKeyPair": _of_new_key,
    "CreateSecurityGroup": _of_new_group,
    "CreateTags": _of_tags,
    "DeleteKeyPair": _of_key,
    "DeleteSecurityGroup": _of_group,
    "DeleteVolume": _of_volume,
    "RunInstances": _of_run,
    "StartInstances": _of_instances,
    "StopInstances": _of_instances,
    "TerminateInstances": _of_instances,
}
