"""Which region lies in which partition, and what is true of that partition.

Everything known about partitions stands in the table below; nothing else in the code tells one
partition from another. What is not in the table is refused, with the nearest name that is.

Source: botocore's `partitions.json` and cfn-lint's region list (`tests/pipeline/test_partitions.py`
holds the table against both); console hosts from the AWS documentation of each partition, the
one of aws-eusc not verified; endpoint prefixes from aws-cdk's `vpc-endpoint.ts`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import InputError
from refusals import nearest, quoted


@dataclass(frozen=True)
class Partition:
    """One AWS partition: regions that share accounts, IAM and ARNs, and nothing with any other.

    `deploys_from_pipelines`: CodePipeline's CloudFormation action is offered here, so a pipeline
    may have its home here. `tags_on_creation`: Packer tags what it makes in the call that makes
    it (its amazon plugin 1.8 counts the other partitions as restricted and tags later).
    `endpoint_prefix`: what the name of CloudFormation's VPC endpoint begins with. `area`: the word
    for it in the names of parameters and files; the second seed says US and China.
    """

    name: str
    area: str
    dns_suffix: str
    console_domain: str
    regions: tuple[str, ...]
    deploys_from_pipelines: bool
    tags_on_creation: bool
    endpoint_prefix: str = "com.amazonaws"


# fmt: off
PARTITIONS = (
    Partition("aws", "US", "amazonaws.com", "console.aws.amazon.com", (
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2",
        "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
        "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
        "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1",
        "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1",
        "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
        "us-west-2",
    ), deploys_from_pipelines=True, tags_on_creation=True),
    # The action reference of CodePipeline: the CloudFormation action is not available in China.
    Partition("aws-cn", "China", "amazonaws.com.cn", "console.amazonaws.cn", (
        "cn-north-1", "cn-northwest-1",
    ), deploys_from_pipelines=False, tags_on_creation=False, endpoint_prefix="cn.com.amazonaws"),
    Partition("aws-us-gov", "GovCloud", "amazonaws.com", "console.amazonaws-us-gov.com", (
        "us-gov-east-1", "us-gov-west-1",
    ), deploys_from_pipelines=True, tags_on_creation=False),
    # Whether CodePipeline is offered here is not confirmed anywhere we could read.
    Partition("aws-eusc", "Eusc", "amazonaws.eu", "console.amazonaws-eusc.eu", (
        "eusc-de-east-1",
    ), deploys_from_pipelines=False, tags_on_creation=False),
)
# fmt: on

REGIONS = {region: partition for partition in PARTITIONS for region in partition.regions}


def partition_of(region: str) -> Partition:
    """Return the partition a region lies in.

    Raises `InputError` for a region that is not in the table, naming the nearest one that is.
    """
    if region not in REGIONS:
        mend = nearest(region, REGIONS) or "; write a region as AWS does, like eu-central-1"
        raise InputError(f"{quoted(region)} is not an AWS region{mend}")
    return REGIONS[region]


def partition(name: str) -> Partition:
    """Return the partition of that name; `KeyError` for a name not in the table."""
    return {each.name: each for each in PARTITIONS}[name]
