"""A network of two tiers: public subnets for a load balancer alone, private ones without a way out.

Each tier has one subnet in either of two zones and a route table of its own; the private one is
empty on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import (
    And,
    AWSHelperFn,
    AWSObject,
    Cidr,
    Equals,
    GetAtt,
    GetAZs,
    If,
    Not,
    Or,
    Ref,
    Select,
    StackName,
    Sub,
    Tags,
    Template,
)
from troposphere.ec2 import (
    VPC,
    InternetGateway,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupIngress,
    SecurityGroupRule,
    Subnet,
    SubnetRouteTableAssociation,
    VPCGatewayAttachment,
)

from pipeline.parameters import Assertion, Question, add_rule, given, pattern, text
from pipeline.waivers import Waiver, waive

VPC_CIDR = "VpcCidr"
ZONES = ("FirstZone", "SecondZone")
ZONES_GIVEN = "ZonesGiven"
TIERS = ("Public", "Private")
EVERYWHERE = "0.0.0.0/0"
BITS_OF_A_HOST = 8

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
ADDRESS = rf"{_OCTET}(\.{_OCTET}){{3}}"


@dataclass(frozen=True)
class Tier:
    """The subnets of one kind, one in each zone, and what gives them their routes."""

    subnets: Sequence[Subnet]
    route_table: RouteTable
    associations: Sequence[SubnetRouteTableAssociation]

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        return (self.route_table, *self.subnets, *self.associations)


@dataclass(frozen=True)
class Network:
    """The network and what stands in it; whatever faces the internet waits for `internet_route`."""

    vpc: VPC
    public: Tier
    private: Tier
    gateway: InternetGateway
    attachment: VPCGatewayAttachment
    internet_route: Route

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        internet = (self.gateway, self.attachment, self.internet_route)
        return (self.vpc, *self.public.resources, *internet, *self.private.resources)


def two_tier_network() -> Network:
    """Return the network; `prepare` adds to the template what it refers to."""
    vpc = _vpc()
    public, private = (_tier(vpc, name) for name in TIERS)
    gateway = InternetGateway("InternetGateway", Tags=Tags(Name=StackName))
    attachment = VPCGatewayAttachment(
        "InternetAttachment", VpcId=Ref(vpc), InternetGatewayId=Ref(gateway)
    )
    route = Route(
        "InternetRoute",
        DependsOn=attachment,
        RouteTableId=Ref(public.route_table),
        DestinationCidrBlock=EVERYWHERE,
        GatewayId=Ref(gateway),
    )
    return Network(vpc, public, private, gateway, attachment, route)


def prepare(template: Template) -> None:
    """Add the rule and the condition of the network's zones."""
    first, second = ZONES
    neither = And(Equals(Ref(first), ""), Equals(Ref(second), ""))
    both = And(given(first), given(second), Not(Equals(Ref(first), Ref(second))))
    sentence = "Name two zones that differ, or none: the load balancer needs two."
    add_rule(template, "ZonesDiffer", [Assertion(Or(neither, both), sentence)])
    template.add_condition(ZONES_GIVEN, given(first))


def named(part: str) -> Tags:
    """Return the tag by which the console's lists name a part of this stack."""
    return Tags(Name=Sub(f"${{AWS::StackName}}-{part}"))


def rule(description: str, port: int, **end: Any) -> SecurityGroupRule:
    """Return a rule inside a security group: one port, to or from the one end given."""
    return SecurityGroupRule(
        Description=description, IpProtocol="tcp", FromPort=port, ToPort=port, **end
    )


def ingress(
    title: str, group: SecurityGroup, description: str, port: int, **more: Any
) -> SecurityGroupIngress:
    """Return a rule beside a security group, for where two groups name each other."""
    return SecurityGroupIngress(
        title,
        GroupId=GetAtt(group, "GroupId"),
        Description=description,
        IpProtocol="tcp",
        FromPort=port,
        ToPort=port,
        **more,
    )


def questions() -> tuple[Question, ...]:
    """Return what is asked about the network."""
    addresses = text(
        VPC_CIDR,
        "Addresses",
        "IPv4 range of the network, for example 10.0.0.0/22; four subnets of 256 addresses are cut "
        "from its beginning. Chosen for good when the stack is created.",
        default="10.0.0.0/22",
        **pattern(
            rf"{ADDRESS}/(1[6-9]|2[0-2])",
            "An IPv4 range of size /16 to /22, for example 10.0.0.0/22.",
        ),
    )
    return (addresses, _zone_question(0, "First", "a"), _zone_question(1, "Second", "b"))


def _zone_question(at: int, place: str, letter: str) -> Question:
    return text(
        ZONES[at],
        f"{place} availability zone",
        f"{place} zone to use, for example us-east-1{letter}; name both or neither. Empty: the "
        f"region's {place.lower()}. Chosen for good when the stack is created; of use where a zone "
        "lacks the instance type.",
        default="",
        **pattern("|[a-z0-9-]+", "The name of an availability zone, or nothing."),
    )


def _vpc() -> VPC:
    no_flow_log = Waiver(
        ("W60",),
        "A flow log needs a role, and the pipeline may make none; what may talk to what, the "
        "security groups say.",
    )
    return VPC(
        "Vpc",
        Metadata=waive(no_flow_log),
        CidrBlock=Ref(VPC_CIDR),
        EnableDnsHostnames=True,
        EnableDnsSupport=True,
        Tags=Tags(Name=StackName),
    )


def _tier(vpc: VPC, name: str) -> Tier:
    table = RouteTable(f"{name}RouteTable", VpcId=Ref(vpc), Tags=named(name.lower()))
    subnets = [_subnet(vpc, name, zone) for zone in range(len(ZONES))]
    associations = [
        SubnetRouteTableAssociation(
            f"{subnet.title}Routes", SubnetId=Ref(subnet), RouteTableId=Ref(table)
        )
        for subnet in subnets
    ]
    return Tier(subnets, table, associations)


def _subnet(vpc: VPC, tier: str, zone: int) -> Subnet:
    ranges = Cidr(GetAtt(vpc, "CidrBlock"), len(TIERS) * len(ZONES), BITS_OF_A_HOST)
    return Subnet(
        f"{tier}Subnet{zone + 1}",
        VpcId=Ref(vpc),
        AvailabilityZone=_zone(zone),
        CidrBlock=Select(TIERS.index(tier) * len(ZONES) + zone, ranges),
        Tags=named(f"{tier.lower()}-{zone + 1}"),
    )


def _zone(at: int) -> AWSHelperFn:
    return If(ZONES_GIVEN, Ref(ZONES[at]), Select(at, GetAZs("")))
