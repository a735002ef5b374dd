"""Instances and images made of them in the embedded AWS, and what IAM is asked about each call."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from buildspecs.partitions import allow, policy, trust
from embedded import HOME_REGION, Account, Clouds

from rehearsal.embedded_aws import root

AMAZONS = "ami-0c2023a1b2c3d4e5f"
ONE = {"MinCount": 1, "MaxCount": 1}
MINE, OTHERS = ([{"Key": "Team", "Value": name}] for name in ("web", "other"))
KINDS = ("instance", "volume", "network-interface")
IS_ASKED_FOR = {"StringEquals": {"aws:RequestTag/Team": "web"}}
IS_THERE = {"StringEquals": {"aws:ResourceTag/Team": "web"}}
_NAMES = (f"name-{at}" for at in itertools.count(1))


def arns(*resources: str) -> list[str]:
    """Return the ARNs of resources of any account and region."""
    return [f"arn:aws:ec2:*:*:{each}" for each in resources]


def of(tags: list[dict[str, str]], *kinds: str) -> dict[str, Any]:
    """Return how a call tags what it makes."""
    return {"TagSpecifications": [{"ResourceType": each, "Tags": tags} for each in kinds]}


@pytest.fixture(name="empty")
def _empty(clouds: Clouds) -> Account:
    return Account(clouds.home, clouds.account())


def run(at: Account, image: str = AMAZONS, **more: Any) -> str:
    """Launch an instance as the root does; return it."""
    made = at.client("ec2").run_instances(ImageId=image, **ONE, **more)["Instances"]
    return str(made[0]["InstanceId"])


def role(at: Account, *statements: Mapping[str, Any]) -> Any:
    """Return a client of EC2 for a role that may do only so much."""
    name = next(_NAMES)
    iam = at.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(at.account, "aws"))
    iam.put_role_policy(RoleName=name, PolicyName="least", PolicyDocument=policy(*statements))
    arn = f"arn:aws:iam::{at.account}:role/{name}"
    return at.aws.client("ec2", HOME_REGION, at.aws.assume(arn, root(at.account), HOME_REGION))


LAUNCH = (
    allow("ec2:RunInstances", *arns("image/*", "subnet/*", "security-group/*")),
    allow("ec2:RunInstances", *arns(*(f"{each}/*" for each in KINDS)), Condition=IS_ASKED_FOR),
)
TAG = allow(
    "ec2:CreateTags",
    *arns("*"),
    Condition={"StringEquals": {"ec2:CreateAction": ["RunInstances", "CreateImage"]}},
)


def test_each_thing_a_launch_makes_has_to_bear_the_tag(empty: Account) -> None:
    who = role(empty, *LAUNCH, TAG)
    assert who.run_instances(ImageId=AMAZONS, **ONE, **of(MINE, *KINDS))["Instances"]
    for tags, kinds, refused in (
        (OTHERS, KINDS, "instance"),
        (MINE, ("instance", "volume"), "network-interface"),
        (MINE, ("instance", "network-interface"), "volume"),
    ):
        with pytest.raises(ClientError, match=f"RunInstances on resource: .*:{refused}/"):
            who.run_instances(ImageId=AMAZONS, **ONE, **of(tags, *kinds))
    assert len(empty.client("ec2").describe_instances()["Reservations"]) == 1


def test_to_tag_what_is_launched_is_asked_about_as_part_of_the_launch(empty: Account) -> None:
    with pytest.raises(ClientError, match="ec2:CreateTags on resource"):
        role(empty, *LAUNCH).run_instances(ImageId=AMAZONS, **ONE, **of(MINE, *KINDS))
    who, instance = role(empty, *LAUNCH, TAG), run(empty)
    with pytest.raises(ClientError, match="ec2:CreateTags"):
        who.create_tags(Resources=[instance], Tags=MINE)


@pytest.mark.parametrize("left_out", ["image/*", "subnet/*", "security-group/*", "key-pair/*"])
def test_a_launch_is_asked_about_all_that_it_uses(empty: Account, left_out: str) -> None:
    used = [
        "image/*",
        "subnet/*",
        "security-group/*",
        "key-pair/*",
        *(f"{each}/*" for each in KINDS),
    ]
    empty.client("ec2").create_key_pair(KeyName="key")
    whole = role(empty, allow("ec2:RunInstances", *arns(*used)))
    less = role(empty, allow("ec2:RunInstances", *arns(*(set(used) - {left_out}))))
    assert whole.run_instances(ImageId=AMAZONS, KeyName="key", **ONE)["Instances"]
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        less.run_instances(ImageId=AMAZONS, KeyName="key", **ONE)


def test_whose_an_image_is_counts(empty: Account) -> None:
    amazons = {"StringEquals": {"ec2:Owner": "amazon"}}
    rest = ("subnet/*", "security-group/*", *(f"{each}/*" for each in KINDS))
    who = role(
        empty,
        allow("ec2:RunInstances", *arns(*rest)),
        allow("ec2:RunInstances", *arns("image/*"), Condition=amazons),
    )
    assert who.run_instances(ImageId=AMAZONS, **ONE)["Instances"]
    for image in (empty.build(), "ami-0123456789abcdef0"):
        with pytest.raises(ClientError, match="UnauthorizedOperation"):
            who.run_instances(ImageId=image, **ONE)


def test_only_instances_with_the_tag_are_stopped_and_ended(empty: Account) -> None:
    actions = "ec2:StopInstances ec2:TerminateInstances"
    who = role(empty, allow(actions, *arns("instance/*"), Condition=IS_THERE))
    mine, other = (run(empty, **of(tags, "instance")) for tags in (MINE, OTHERS))
    for call in (who.stop_instances, who.terminate_instances):
        assert call(InstanceIds=[mine])
        for ids in ([other], [mine, other]):
            with pytest.raises(ClientError, match="UnauthorizedOperation"):
                call(InstanceIds=ids)
    assert state(empty, other) == "running"


def test_only_keys_and_groups_with_the_tag_are_removed(empty: Account) -> None:
    ec2 = empty.client("ec2")
    for name, tags in (("mine", MINE), ("other", OTHERS)):
        ec2.create_key_pair(KeyName=name, **of(tags, "key-pair"))
    groups = [
        ec2.create_security_group(GroupName=name, Description="-", **of(tags, "security-group"))
        for name, tags in (("mine", MINE), ("other", OTHERS))
    ]
    actions = "ec2:DeleteKeyPair ec2:DeleteSecurityGroup"
    who = role(empty, allow(actions, *arns("key-pair/*", "security-group/*"), Condition=IS_THERE))
    who.delete_key_pair(KeyName="mine")
    who.delete_security_group(GroupId=groups[0]["GroupId"])
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        who.delete_key_pair(KeyName="other")
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        who.delete_security_group(GroupId=groups[1]["GroupId"])


def test_an_image_is_made_of_an_instance_with_the_tag_and_bears_it(empty: Account) -> None:
    who = role(
        empty,
        allow("ec2:CreateImage", *arns("instance/*"), Condition=IS_THERE),
        allow("ec2:CreateImage", *arns("image/*", "snapshot/*"), Condition=IS_ASKED_FOR),
        TAG,
    )
    mine, other = (run(empty, **of(tags, "instance")) for tags in (MINE, OTHERS))
    both = of(MINE, "image", "snapshot")
    assert who.create_image(InstanceId=mine, Name="made", **both)["ImageId"]
    for instance, tagged in (
        (other, both),
        (mine, of(MINE, "image")),
        (mine, of(MINE, "snapshot")),
    ):
        with pytest.raises(ClientError, match="UnauthorizedOperation"):
            who.create_image(InstanceId=instance, Name="not made", **tagged)


def test_looking_takes_no_resource(empty: Account) -> None:
    instance = run(empty)
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        role(empty, allow("ec2:DescribeInstances", *arns("instance/*"))).describe_instances(
            InstanceIds=[instance]
        )


def state(at: Account, instance: str) -> str:
    """Return the state of an instance."""
    found = at.client("ec2").describe_instances(InstanceIds=[instance])["Reservations"]
    return str(found[0]["Instances"][0]["State"]["Name"])


def test_a_volume_is_as_the_launch_says_and_goes_with_its_instance(empty: Account) -> None:
    ec2 = empty.client("ec2")
    disk = [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}]
    instance = run(empty, BlockDeviceMappings=disk, **of(MINE, "volume"))
    (volume,) = ec2.describe_volumes()["Volumes"]
    assert (volume["Encrypted"], volume["Tags"]) == (True, MINE)
    image = ec2.create_image(InstanceId=instance, Name="an image")["ImageId"]
    states = [ec2.describe_images(ImageIds=[image])["Images"][0]["State"] for _ in range(2)]
    assert states == ["pending", "available"]
    (snapshot,) = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert snapshot["Encrypted"] is True
    ec2.terminate_instances(InstanceIds=[instance])
    assert ec2.describe_volumes()["Volumes"] == []
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        ec2.create_image(InstanceId=instance, Name="another image")


def test_a_name_is_one_images_and_attributes_change_one_by_one(empty: Account) -> None:
    ec2, instance = empty.client("ec2"), run(empty)
    image = ec2.create_image(InstanceId=instance, Name="an image")["ImageId"]
    for name, code in (("an image", "Duplicate"), ("what?", "Malformed")):
        with pytest.raises(ClientError, match=f"InvalidAMIName.{code}"):
            ec2.create_image(InstanceId=instance, Name=name)
    ec2.modify_image_attribute(ImageId=image, Description={"Value": "What it is"})
    ec2.modify_image_attribute(ImageId=image, ImdsSupport={"Value": "v2.0"})
    (found,) = ec2.describe_images(ImageIds=[image])["Images"]
    assert found["Description"] == "What it is"
    with pytest.raises(ClientError, match="InvalidAMIID"):
        ec2.modify_image_attribute(ImageId="ami-00000000", Description={"Value": "-"})


def test_nothing_is_launched_with_what_is_not_there(empty: Account) -> None:
    for wrong, code in (
        ({"image": "ami-00000000"}, "InvalidAMIID.NotFound"),
        ({"KeyName": "none"}, "InvalidKeyPair.NotFound"),
        ({"SubnetId": "subnet-9"}, "InvalidSubnetID.NotFound"),
        ({"SecurityGroupIds": ["sg-12345678"]}, "InvalidGroup.NotFound"),
    ):
        with pytest.raises(ClientError, match=code):
            run(empty, **wrong)


def test_a_group_stays_as_long_as_an_instance_has_it(empty: Account) -> None:
    ec2 = empty.client("ec2")
    group = ec2.create_security_group(GroupName="group", Description="-")["GroupId"]
    instance = run(empty, SecurityGroupIds=[group])
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=group)
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.delete_security_group(GroupId=group)
