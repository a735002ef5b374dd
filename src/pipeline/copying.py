"""The copies of the image in the other regions: what is asked about them, what CopyImage may do.

Source: for the look-up of what names an image, AWS's policy AmazonEC2ImageReferencesAccessPolicy,
less Image Builder; for keys, "KMS permissions for copying" in the EC2 user guide.
"""

from __future__ import annotations

from awacs import ec2, kms, ssm
from awacs.aws import Bool, ForAnyValueStringEquals, Statement, StringEquals, StringLike
from troposphere import If, NoValue, Parameter, Ref, Sub, Template
from troposphere.iam import Policy

from pipeline.names import arn, value
from pipeline.parameters import Question, given, pattern, text
from pipeline.policies import allow, policy
from pipeline.topology import Topology
from pipeline.unrehearsed import RESOURCES

IMAGES_TO_KEEP = "ImagesToKeep"
KEY_ALIAS = "ImageKeyAlias"
KEY_GIVEN = "ImageKeyAliasGiven"
MOST_IMAGES = 1000

# The tags CopyImage gives what it makes.
OWNER, SOURCE = "Pipeline", "SourceImage"
EVERY_REGION = "*"
KINDS = ("image", "snapshot")


def questions() -> tuple[Question, ...]:
    """Return what is asked about the copies."""
    keep = Parameter(
        IMAGES_TO_KEEP,
        Type="Number",
        Description="How many copies to keep in each other region, for example 5. Older ones are "
        "removed with their snapshots, unless a parameter, a launch template or an instance still "
        "names them.",
        Default=5,
        MinValue=1,
        MaxValue=MOST_IMAGES,
    )
    return (Question("Images to keep", keep), key_question())


def key_question() -> Question:
    """Return the question which key encrypts the copies."""
    return text(
        KEY_ALIAS,
        "Key of the copies",
        "Alias, the same in every region, of the KMS key that encrypts the copies there, for "
        "example alias/images. Empty: a copy is encrypted if the image is, with the AWS managed "
        "key of EBS.",
        default="",
        **pattern("|alias/[A-Za-z0-9/_-]{1,58}", "An alias like alias/images, or nothing."),
    )


def prepare(template: Template) -> None:
    """Add the condition that copies have a key of the account's own."""
    template.add_condition(KEY_GIVEN, given(KEY_ALIAS))


def copy_images(topology: Topology, stack: str) -> list[Statement]:
    """Return what it takes to copy images, and to remove those of a stack; names as in `Sub`.

    CopyImage also knows how to share copies with accounts (ec2:ModifyImageAttribute); that is not
    granted as long as a topology has no accounts to share with.
    """
    others = [value(region.text) for region in topology.other_regions]
    sources = [_unowned(kind, topology.home.text) for kind in KINDS]
    copies = [_unowned(kind, region.text) for region in topology.other_regions for kind in KINDS]
    ours = {f"aws:RequestTag/{OWNER}": value(stack), "ec2:CreateAction": "CopyImage"}
    owned = {f"aws:ResourceTag/{OWNER}": value(stack), "aws:RequestedRegion": others}
    made = StringLike(f"aws:ResourceTag/{SOURCE}", "ami-*")
    return [
        *_look(topology),
        allow(
            "CopyImages",
            [ec2.CopyImage],
            [*sources, *copies],
            unrehearsed={
                "AWS may ask about the snapshots that are read; a rehearsal about those made.": [
                    RESOURCES
                ]
            },
        ),
        allow("TagCopies", [ec2.CreateTags], copies, StringEquals(ours)),
        allow(
            "RemoveOwnCopies",
            [ec2.DeleteSnapshot, ec2.DeregisterImage],
            [_unowned(kind, EVERY_REGION) for kind in KINDS],
            StringEquals(owned),
            made,
            unrehearsed="The ten newest versions of a launch template keep their images, and a "
            "rehearsal makes three.",
        ),
    ]


def _look(topology: Topology) -> list[Statement]:
    regions = StringEquals("aws:RequestedRegion", [value(each.text) for each in topology.regions])
    look = [
        *(ec2.DescribeImageReferences, ec2.DescribeImages),
        *(ec2.DescribeRegions, ec2.DescribeSnapshots),
    ]
    referring = [
        *(ec2.DescribeInstances, ec2.DescribeLaunchTemplateVersions),
        *(ec2.DescribeLaunchTemplates, ssm.DescribeParameters),
    ]
    # EC2 makes these calls to answer DescribeImageReferences; the function itself cannot.
    by_ec2 = ForAnyValueStringEquals("aws:CalledVia", "ec2-images.amazonaws.com")
    parameters = [arn("ssm", "parameter/*", EVERY_REGION)]
    return [
        allow("DescribeCallsTakeNoResource", look, ["*"], regions),
        allow("CallsOfReferenceLookupTakeNoResource", referring, ["*"], by_ec2),
        allow("ReadParametersInReferenceLookup", [ssm.GetParameters], parameters, by_ec2),
    ]


def use_key() -> Policy | If:
    """Return the policy to encrypt copies, left out where they have no own key.

    The image may be encrypted with the key of that alias at home, so it holds there, too.
    """
    calls = [
        *(kms.Decrypt, kms.DescribeKey, kms.GenerateDataKeyWithoutPlaintext),
        *(kms.ReEncryptFrom, kms.ReEncryptTo),
    ]
    keys = [arn("kms", "key/*", EVERY_REGION)]
    alias = ForAnyValueStringEquals("kms:ResourceAliases", Ref(KEY_ALIAS))
    for_ec2 = Bool("kms:GrantIsForAWSResource", "true")
    statements = [
        allow("UseImageKeys", calls, keys, alias),
        allow("LendImageKeysToEc2", [kms.CreateGrant], keys, alias, for_ec2),
    ]
    return If(KEY_GIVEN, policy("use-image-keys", statements), NoValue)


def _unowned(kind: str, region: str) -> Sub:
    """Return the ARN of images or snapshots, in which EC2 leaves the account out."""
    return Sub(f"arn:${{AWS::Partition}}:ec2:{region}::{kind}/*")
