"""Single changes of what a network lets through, each with a careful reviewer's verdict."""

from __future__ import annotations

import pytest
from changing import lines, seen

from review.diff.change import Change, Section
from review.diff.network import changes

NOTHING = "{}"
HTTPS = "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}"
HTTPS_TO_ALL = HTTPS.replace("10.0.0.0/8", "0.0.0.0/0")
OUT = "{IpProtocol: '-1', CidrIp: 10.0.0.0/8}"
PROD = "{Conditions: {IsProd: {'Fn::Equals': [!Ref Stage, prod]}}}"


def resource(name: str, type_: str, properties: str = "") -> str:
    return f"{name}: {{Type: 'AWS::{type_}', Properties: {{{properties}}}}}\n"


def group(ingress: str = "", egress: str = OUT) -> str:
    rules = f"SecurityGroupIngress: [{ingress}], SecurityGroupEgress: [{egress}]"
    return resource("Web", "EC2::SecurityGroup", rules)


def own_rule(direction: str, rule: str) -> str:
    body = f"{{GroupId: !GetAtt Web.GroupId, {rule.strip('{}')}}}"
    return f"Rule: {{Type: 'AWS::EC2::SecurityGroup{direction}', Properties: {body}}}\n"


def bucket(*blocks: str) -> str:
    written = ", ".join(f"{each}: true" for each in blocks)
    return resource("Store", "S3::Bucket", f"PublicAccessBlockConfiguration: {{{written}}}")


def route(target: str) -> str:
    gateway = resource("Internet", "EC2::InternetGateway")
    table = resource("Table", "EC2::RouteTable")
    to = f"RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, {target}"
    return gateway + table + resource("Default", "EC2::Route", to)


def association(table: str) -> str:
    return resource("Subnet", "EC2::Subnet") + resource(
        "Follows",
        "EC2::SubnetRouteTableAssociation",
        f"SubnetId: !Ref Subnet, RouteTableId: {table}",
    )


def endpoint(policy: str) -> str:
    return resource("Gateway", "EC2::VPCEndpoint", f"VpcId: vpc-1, {policy}")


BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
IN_VPC = "VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}"
ONLY_READ = (
    "PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: s3:GetObject, "
    "Resource: '*'}]}"
)

CASES = [
    pytest.param(
        group(HTTPS),
        group(HTTPS_TO_ALL),
        ["opened from the internet Web: MINOR, decide"],
        "tcp 443 from 0.0.0.0/0",
        id="ingress from everywhere",
    ),
    pytest.param(
        group(HTTPS_TO_ALL),
        group(HTTPS),
        ["ingress lost Web: MINOR"],
        "tcp 443 from 0.0.0.0/0",
        id="ingress from a smaller range",
    ),
    pytest.param(
        group(),
        group("{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIpv6: '::/0'}"),
        ["opened from the internet Web: MINOR, decide"],
        "tcp 22 from ::/0",
        id="ingress from everywhere in IPv6",
    ),
    pytest.param(
        group(),
        group(HTTPS),
        ["ingress gained Web: MINOR"],
        "tcp 443 from 10.0.0.0/8",
        id="ingress from a range",
    ),
    pytest.param(
        group(HTTPS),
        group() + own_rule("Ingress", HTTPS),
        [],
        "",
        id="a rule made a resource of its own",
    ),
    pytest.param(
        group(HTTPS),
        group(HTTPS.replace("tcp", "6").replace("443", "'443'")),
        [],
        "",
        id="another way to write a rule",
    ),
    pytest.param(
        group("{IpProtocol: tcp, FromPort: 80, ToPort: 90, CidrIp: 10.0.0.0/8}"),
        group("{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.1.0.0/16}"),
        ["ingress lost Web: MINOR"],
        "tcp 80-90 from 10.0.0.0/8",
        id="fewer ports and addresses",
    ),
    pytest.param(
        group() + own_rule("Ingress", HTTPS),
        group(),
        ["ingress lost Web: MINOR"],
        "",
        id="a rule of its own gone",
    ),
    pytest.param(
        group("", OUT),
        resource("Web", "EC2::SecurityGroup"),
        ["opened to the internet Web: MINOR, decide", "opened to the internet Web: MINOR, decide"],
        "all traffic to 0.0.0.0/0",
        id="egress no longer said",
    ),
    pytest.param(
        NOTHING,
        resource("Web", "EC2::SecurityGroup"),
        [],
        "",
        id="a new group that only lets out",
    ),
    pytest.param(group(HTTPS), NOTHING, [], "", id="a group gone"),
    pytest.param(group(HTTPS), group(HTTPS).replace("Web", "Site"), [], "", id="a group renamed"),
    pytest.param(
        group(),
        group("{IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: !Ref Range}"),
        ["ingress gained Web: MINOR"],
        "tcp ${Port} from ${Range}",
        id="a rule that is a parameter's",
    ),
    pytest.param(
        resource("Subnet", "EC2::Subnet"),
        resource("Subnet", "EC2::Subnet", "MapPublicIpOnLaunch: true"),
        ["opened to the internet Subnet: MINOR, decide"],
        "MapPublicIpOnLaunch",
        id="public addresses",
    ),
    pytest.param(
        resource("Balancer", "ElasticLoadBalancingV2::LoadBalancer", "Scheme: internal"),
        resource("Balancer", "ElasticLoadBalancingV2::LoadBalancer"),
        ["opened to the internet Balancer: MINOR, decide"],
        "Scheme",
        id="a balancer that was internal",
    ),
    pytest.param(
        resource("Balancer", "ElasticLoadBalancingV2::LoadBalancer", "Scheme: internet-facing"),
        resource("Balancer", "ElasticLoadBalancingV2::LoadBalancer"),
        [],
        "",
        id="a default no longer written",
    ),
    pytest.param(
        resource("Data", "RDS::DBInstance", "PubliclyAccessible: true"),
        resource("Data", "RDS::DBInstance", "PubliclyAccessible: 'false'"),
        ["closed to the internet Data: MINOR"],
        "",
        id="a database closed",
    ),
    pytest.param(
        resource("Data", "RDS::DBInstance"),
        resource("Data", "RDS::DBInstance", "PubliclyAccessible: !Ref IsPublic"),
        [],
        "",
        id="a setting that is a parameter's",
    ),
    pytest.param(
        bucket(*BLOCKS),
        bucket(*BLOCKS[1:]),
        ["public access block dropped Store: MINOR, decide"],
        "BlockPublicAcls",
        id="one of the blocks of a bucket dropped",
    ),
    pytest.param(
        bucket(*BLOCKS),
        resource("Store", "S3::Bucket"),
        ["public access block dropped Store: MINOR, decide"] * 4,
        "",
        id="all of the blocks of a bucket dropped",
    ),
    pytest.param(
        resource("Store", "S3::Bucket"),
        bucket(*BLOCKS),
        [],
        "",
        id="the blocks a bucket has anyway",
    ),
    pytest.param(
        route("NatGatewayId: nat-1"),
        route("GatewayId: !Ref Internet"),
        ["route to the internet changed Table: MINOR, decide"],
        "Internet",
        id="a route to the internet",
    ),
    pytest.param(
        route("NatGatewayId: nat-1"),
        route("NatGatewayId: nat-2"),
        ["route changed Table: MINOR"],
        "nat-2",
        id="a route through another gateway",
    ),
    pytest.param(
        association("rtb-1"),
        association("rtb-2"),
        ["route table changed Subnet: MINOR, decide"],
        "rtb-2",
        id="a subnet with another route table",
    ),
    pytest.param(
        NOTHING,
        route("NatGatewayId: nat-1") + association("!Ref Table"),
        [],
        "",
        id="a new route table and a subnet that follows it",
    ),
    pytest.param(
        NOTHING,
        route("GatewayId: igw-1"),
        ["route to the internet gained Table: MINOR, decide"],
        "igw-1",
        id="a new route table to the internet",
    ),
    pytest.param(
        resource("F", "Lambda::Function"),
        resource("F", "Lambda::Function", IN_VPC),
        ["placed in a VPC F: MINOR, decide"],
        "VpcConfig",
        id="a function placed in a VPC",
    ),
    pytest.param(
        resource("F", "Lambda::Function", IN_VPC),
        resource("F", "Lambda::Function"),
        ["taken out of its VPC F: MINOR, decide"],
        "VpcConfig",
        id="a function taken out of its VPC",
    ),
    pytest.param(
        resource("F", "Lambda::Function", IN_VPC),
        resource("F", "Lambda::Function", IN_VPC.replace("[b]", "[b, c]")),
        ["network changed F: MINOR, decide"],
        "VpcConfig.SecurityGroupIds",
        id="a function with one more group",
    ),
    pytest.param(
        endpoint(ONLY_READ),
        endpoint("PrivateDnsEnabled: true"),
        ["gained Gateway: MINOR, decide"],
        "up to Permissions management",
        id="an endpoint without its policy",
    ),
    pytest.param(
        NOTHING, endpoint("PrivateDnsEnabled: true"), [], "", id="an endpoint that is new"
    ),
    pytest.param(
        "Web: {Type: 'AWS::EC2::SecurityGroup', Properties: null}",
        "Web: {Type: 'AWS::EC2::SecurityGroup', Properties: [1]}",
        [],
        "",
        id="what is no group's properties",
    ),
]


@pytest.mark.parametrize(("before", "after", "verdicts", "words"), CASES)
def test_a_change_of_the_network(before: str, after: str, verdicts: list[str], words: str) -> None:
    found = seen(changes, before, after)
    assert sorted(lines(found)) == sorted(verdicts)
    assert words in str(found)
    assert all(each.section is Section.NETWORK for each in found if isinstance(each, Change))


def test_what_is_open_under_a_condition_is_told_with_it() -> None:
    after = group(f"!If [IsProd, {HTTPS_TO_ALL}, {HTTPS}]")
    found = seen(changes, group(HTTPS), after, (PROD, PROD))
    assert lines(found) == ["opened from the internet Web: MINOR, decide"]
    assert "if IsProd: everybody may pass" in str(found)


def test_a_place_that_a_condition_decides_about_is_told_with_it() -> None:
    config = "VpcConfig: !If [IsProd, {SubnetIds: [a]}, !Ref AWS::NoValue]"
    before, after = resource("F", "Lambda::Function"), resource("F", "Lambda::Function", config)
    found = seen(changes, before, after, (PROD, PROD))
    assert lines(found) == ["placed in a VPC F: MINOR, decide"]
    assert "if IsProd: it reaches" in str(found)
    launch = "LaunchTemplateData: !If [IsProd, {SecurityGroupIds: [%s]}, !Ref AWS::NoValue]"
    one, other = (resource("L", "EC2::LaunchTemplate", launch % each) for each in "ab")
    assert "if IsProd" in str(seen(changes, one, other, (PROD, PROD)))
