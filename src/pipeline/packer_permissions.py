"""What Packer's `amazon-ebs` builder calls to make one image, and on what.

Source: hashicorp/packer-plugin-amazon 1.8.2 (`common/step_*.go`, `builder/ebs/step_create_ami.go`)
beside the EC2 service authorization reference. The grants hold for a Packer template that tags
all it makes with `Pipeline = <stack name>` (`run_tags`, `run_volume_tags`) and leaves `tags` and
`snapshot_tags` alone, as `examples/web-app` does. Encryption under the account's aws/ebs key needs
no grant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from awacs import ec2
from awacs.aws import ConditionElement, Statement, StringEquals, StringEqualsIfExists
from troposphere import AWSHelperFn, Sub

from pipeline.names import arn, value
from pipeline.partitions import Partition
from pipeline.policies import allow
from pipeline.unrehearsed import RESOURCES

TAG = "Pipeline"
CREATED = "aws:RequestTag/" + TAG
OWNED = "aws:ResourceTag/" + TAG

IMAGES = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}::image/*")
SNAPSHOTS = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}::snapshot/*")
KEY_PAIRS = arn("ec2", "key-pair/packer_*")
SECURITY_GROUPS = arn("ec2", "security-group/*")
INSTANCES = arn("ec2", "instance/*")
VOLUMES = arn("ec2", "volume/*")
INTERFACES = arn("ec2", "network-interface/*")


def make_images(partitions: Sequence[Partition], stack: str) -> list[Statement]:
    """Return the statements Packer needs in the region it builds in; `stack` is the tag's value.

    They hold in each of the partitions: what tags later in one of them may do so in all.
    """
    owner = _Owner(all(each.tags_on_creation for each in partitions), value(stack))
    return [*_start(owner), *_finish(owner), *_tag(owner)]


@dataclass(frozen=True)
class _Owner:
    """Whose things Packer may touch: those that bear the tag of one stack."""

    tags_on_creation: bool
    stack: str | AWSHelperFn

    def bears(self, key: str) -> ConditionElement:
        """Return that the tag is there and ours."""
        return StringEquals(key, self.stack)

    def bears_at_last(self, key: str) -> ConditionElement:
        """Return that the tag is ours, or not yet there where Packer tags afterwards."""
        equals = StringEquals if self.tags_on_creation else StringEqualsIfExists
        return equals(key, self.stack)


def _start(owner: _Owner) -> list[Statement]:
    look = [
        *(ec2.DescribeImages, ec2.DescribeInstances, ec2.DescribeRegions),
        *(ec2.DescribeSecurityGroups, ec2.DescribeVolumes),
    ]
    return [
        allow("DescribeCallsTakeNoResource", look, ["*"]),
        allow(
            "MakeTemporaryKeyAndGroup",
            [ec2.CreateKeyPair, ec2.CreateSecurityGroup],
            [KEY_PAIRS, SECURITY_GROUPS],
            owner.bears(CREATED),
        ),
        allow(
            "UseNetwork",
            [ec2.CreateSecurityGroup, ec2.RunInstances],
            [arn("ec2", "vpc/*"), arn("ec2", "subnet/*")],
        ),
        allow(
            "StartFromAmazonsImages",
            [ec2.RunInstances],
            [IMAGES],
            StringEquals("ec2:Owner", "amazon"),
        ),
        allow(
            "StartInstance",
            [ec2.RunInstances],
            [INSTANCES, VOLUMES, INTERFACES],
            owner.bears(CREATED),
        ),
        allow(
            "StartWithOwnKeyAndGroup",
            [ec2.RunInstances],
            [SECURITY_GROUPS, KEY_PAIRS],
            owner.bears(OWNED),
        ),
    ]


def _finish(owner: _Owner) -> list[Statement]:
    own = [
        *(ec2.AuthorizeSecurityGroupIngress, ec2.CreateImage, ec2.DeleteKeyPair),
        *(ec2.DeleteSecurityGroup, ec2.StopInstances, ec2.TerminateInstances),
    ]
    images = [ec2.DeleteSnapshot, ec2.DeregisterImage, ec2.ModifyImageAttribute]
    return [
        allow("ManageOwn", own, [SECURITY_GROUPS, KEY_PAIRS, INSTANCES], owner.bears(OWNED)),
        allow("MakeImage", [ec2.CreateImage], [IMAGES, SNAPSHOTS], owner.bears_at_last(CREATED)),
        allow(
            "ManageOwnImages",
            images,
            [IMAGES, SNAPSHOTS],
            owner.bears(OWNED),
            unrehearsed={
                "Packer removes with it an image whose last steps failed; here none fails.": [
                    *(ec2.DeleteSnapshot, ec2.DeregisterImage, RESOURCES)
                ]
            },
        ),
    ]


def _tag(owner: _Owner) -> list[Statement]:
    made = [KEY_PAIRS, SECURITY_GROUPS, INSTANCES, VOLUMES, INTERFACES, IMAGES, SNAPSHOTS]
    making = ["CreateImage", "CreateKeyPair", "CreateSecurityGroup", "RunInstances"]
    on_creation = StringEquals({CREATED: owner.stack, "ec2:CreateAction": making})
    statements = [allow("TagWhatIsMade", [ec2.CreateTags], made, on_creation)]
    if not owner.tags_on_creation:
        untagged = [owner.bears(CREATED), owner.bears_at_last(OWNED)]
        statements.append(allow("TagAfterwards", [ec2.CreateTags], made, *untagged))
    return statements
