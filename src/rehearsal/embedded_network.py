"""What MiniStack lacks of networks: rules of security groups, a VPC's addresses, what is not there.

The physical id of a rule is as in AWS one that says nothing about it. Not as in AWS: a rule that
stands already is taken twice.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

KINDS = {
    "AWS::EC2::SecurityGroupIngress": "IpPermissions",
    "AWS::EC2::SecurityGroupEgress": "IpPermissionsEgress",
}
INSIDE = (
    *("AWS::EC2::Subnet", "AWS::EC2::SecurityGroup", "AWS::EC2::RouteTable"),
    *("AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCEndpoint"),
    *("AWS::EC2::SubnetRouteTableAssociation", "AWS::ElasticLoadBalancingV2::TargetGroup"),
)
CALLS = ("CreateSubnet", "CreateSecurityGroup", "CreateRouteTable")

Given = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Put into MiniStack what stands here."""
    for type_, kind in KINDS.items():
        provisioners._RESOURCE_HANDLERS[type_] = _handlers(kind)
    for type_ in INSIDE:
        handlers = provisioners._RESOURCE_HANDLERS[type_]
        handlers["create"] = functools.partial(_made_inside, handlers["create"])
    for name in CALLS:
        ec2._ACTION_MAP[name] = functools.partial(_called_inside, ec2._ACTION_MAP[name])
    _tell_addresses()


def _made_inside(inner: Callable[..., Any], logical_id: str, given: Given, stack: str) -> Any:
    """Make a resource of a stack; ValueError if the network it names is not there."""
    vpc = given.get("VpcId", "")
    if vpc and not _known(vpc):
        raise ValueError(f"The vpc ID '{vpc}' does not exist")
    for subnet in [*given.get("SubnetIds", []), given.get("SubnetId", "")]:
        if subnet and subnet not in ec2._subnets:
            raise ValueError(f"The subnet ID '{subnet}' does not exist")
    return inner(logical_id, given, stack)


def _called_inside(inner: Callable[[Given], Answer], given: Given) -> Answer:
    vpc = ec2._p(given, "VpcId")
    if vpc and not _known(vpc):
        found: Answer = ec2._error(
            "InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist", 400
        )
        return found
    return inner(given)


def _known(vpc: str) -> bool:
    return vpc in ec2._vpcs or vpc == ec2._DEFAULT_VPC_ID


def _tell_addresses() -> None:
    """Let `!GetAtt Vpc.CidrBlock` be answered."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::EC2::VPC"]
    for name in ("create", "update"):
        handlers[name] = functools.partial(_with_addresses, handlers[name])


def _with_addresses(inner: Callable[..., tuple[str, Given]], *given: Any) -> tuple[str, Given]:
    id_, attributes = inner(*given)
    return id_, {**attributes, "CidrBlock": ec2._vpcs[id_]["CidrBlock"]}


def _handlers(kind: str) -> dict[str, Callable[..., Any]]:
    """Return how rules of a kind are made, changed and removed; a changed one is a new one."""

    def create(_logical_id: str, properties: Given, _stack: str) -> tuple[str, Given]:
        _rules(properties, kind).extend(_written(properties))
        id_ = f"sgr-{uuid.uuid4().hex[:17]}"
        return id_, {"Id": id_}

    def delete(_id: str, properties: Given) -> None:
        if properties["GroupId"] in ec2._security_groups:
            rules = _rules(properties, kind)
            for each in _written(properties):
                if each in rules:
                    rules.remove(each)

    def update(id_: str, old: Given, new: Given, stack: str) -> tuple[str, Given]:
        made = create(id_, new, stack)
        provisioners._delete_predecessor(delete, id_, old)
        return made

    return {"create": create, "update": update, "delete": delete}


def _rules(properties: Given, kind: str) -> list[Given]:
    group = properties["GroupId"]
    if group not in ec2._security_groups:
        raise ValueError(f"The security group '{group}' does not exist")
    rules: list[Given] = ec2._security_groups[group].setdefault(kind, [])
    return rules


def _written(properties: Given) -> list[Given]:
    permissions: list[Given] = provisioners._ec2_sg_permissions([properties])
    return permissions
