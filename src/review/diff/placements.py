"""In which network each resource is placed: its VPC, its subnets and its security groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.outcomes import conditional, said_of_outcomes, told
from review.diff.spelling import texts_of
from review.diff.written import Resources, Written, only
from template_reader.file import Template
from template_reader.nodes import below

VPC_CONFIG = "VpcConfig"
AWSVPC = ("NetworkConfiguration", "AwsvpcConfiguration")
# Where each type says in which network it is. One that may be in none says so in its VpcConfig.
PLACES: dict[str, tuple[tuple[str, ...], ...]] = {
    "AWS::Lambda::Function": (
        (VPC_CONFIG, "SubnetIds"),
        (VPC_CONFIG, "SecurityGroupIds"),
    ),
    "AWS::CodeBuild::Project": (
        (VPC_CONFIG, "VpcId"),
        (VPC_CONFIG, "Subnets"),
        (VPC_CONFIG, "SecurityGroupIds"),
    ),
    "AWS::SageMaker::Model": ((VPC_CONFIG, "Subnets"), (VPC_CONFIG, "SecurityGroupIds")),
    "AWS::ECS::Service": ((*AWSVPC, "Subnets"), (*AWSVPC, "SecurityGroups")),
    "AWS::EC2::Instance": (("SubnetId",), ("SecurityGroupIds",), ("SecurityGroups",)),
    "AWS::EC2::LaunchTemplate": (("LaunchTemplateData", "SecurityGroupIds"),),
    "AWS::EC2::VPCEndpoint": (("SubnetIds",), ("SecurityGroupIds",), ("RouteTableIds",)),
    "AWS::AutoScaling::AutoScalingGroup": (("VPCZoneIdentifier",),),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (("Subnets",), ("SecurityGroups",)),
    "AWS::RDS::DBInstance": (("DBSubnetGroupName",), ("VPCSecurityGroups",)),
    "AWS::RDS::DBCluster": (("DBSubnetGroupName",), ("VpcSecurityGroupIds",)),
    "AWS::RDS::DBSubnetGroup": (("SubnetIds",),),
    "AWS::EFS::MountTarget": (("SubnetId",), ("SecurityGroups",)),
}


@dataclass(frozen=True)
class Move:
    """A part of a resource's place that is another: what it was and is in one place only."""

    property: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def placement_changes(
    before: Template, after: Template, both: Written
) -> Iterator[Change | NotJudged]:
    """Yield which resources of both templates are in another network, or no longer in one."""
    some = both.of_types(*PLACES)
    for name in some.before:
        own = some.only([name])
        one, other = ([*conditional(_places(each)).values()] for each in (own.before, own.after))
        yield from said_of_outcomes(
            name, (before, one), (after, other), _compared, partial(_change, name)
        )


def _places(resources: Resources) -> dict[str, Any]:
    return {name: only(node, PLACES.get(node["Type"], ())) for name, node in resources.items()}


def _compared(before: list[Any], after: list[Any]) -> Iterator[Move]:
    for was, now in zip(before, after, strict=False):
        one, other = below(was, "Properties"), below(now, "Properties")
        if bool(below(one, VPC_CONFIG)) != bool(below(other, VPC_CONFIG)):
            yield Move(VPC_CONFIG, _named(one), _named(other))
            continue
        for path in PLACES.get(str(below(was, "Type")), ()):
            left, right = (texts_of(below(each, *path)) for each in (one, other))
            if set(left) != set(right):
                yield Move(
                    ".".join(path),
                    tuple(each for each in left if each not in right),
                    tuple(each for each in right if each not in left),
                )


def _named(properties: Any) -> tuple[str, ...]:
    """Return the networks a VpcConfig names, and nothing if there is none."""
    config = below(properties, VPC_CONFIG)
    found = (below(config, key) for key in ("VpcId", "SubnetIds", "Subnets"))
    return tuple(text for each in found for text in texts_of(each))


def _change(name: str, words: str, move: Move) -> Change:
    """Return what is to be said; somebody has to accept another way to reach and be reached."""
    what, why = "network changed", "what it reaches, and what reaches it, may differ"
    if move.property == VPC_CONFIG and not move.before:
        what, why = "placed in a VPC", "it reaches the internet by the VPC's routes only"
    elif move.property == VPC_CONFIG:
        what, why = "taken out of its VPC", "it no longer reaches what is in there"
    return Change(
        *(Section.NETWORK, what, name, Bump.MINOR, True, move.property),
        before=", ".join(move.before),
        after=", ".join(move.after),
        why=told(words, why),
    )
