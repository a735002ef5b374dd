"""The calls for the types of a network.

Written after the registry's schemas (cfn-lint's copy), the service authorization reference, and
what EC2 asks for an endpoint's private name, of which its schema says nothing.
"""

from __future__ import annotations

from rehearsal.call_rules import Kind, Rule, on, tagged


def _ec2(noun: str, kind: str, *rules: Rule, inside: bool = False) -> Kind:
    """Return a type whose calls are CreateNOUN and DeleteNOUN; `inside` a VPC."""
    vpc = (Rule("c", f"ec2:Create{noun}", "ec2:vpc/{VpcId}"),) if inside else ()
    own = (Rule("c", f"ec2:Create{noun}"), *vpc, Rule("d", f"ec2:Delete{noun}"))
    return Kind(f"ec2:{kind}/*", f"ec2:{kind}/{{id}}", (*own, *rules, *tagged()))


def _rules_of_group(direction: str) -> Kind:
    """Return the type of a security group's rule."""
    group = "ec2:security-group/{GroupId}"
    describe = f"ec2:UpdateSecurityGroupRuleDescriptions{direction}"
    return Kind(
        group,
        group,
        (
            Rule("c", f"ec2:AuthorizeSecurityGroup{direction}"),
            Rule("d", f"ec2:RevokeSecurityGroup{direction}"),
            Rule("u", describe, property="Description"),
        ),
    )


_ROUTE = "ec2:route-table/{RouteTableId}"
NETWORK = {
    "AWS::EC2::VPC": _ec2(
        *("Vpc", "vpc"),
        Rule("cu", "ec2:ModifyVpcAttribute", property="EnableDnsHostnames"),
        Rule("cu", "ec2:ModifyVpcAttribute", property="EnableDnsSupport"),
    ),
    "AWS::EC2::Subnet": _ec2(
        *("Subnet", "subnet"),
        Rule("cu", "ec2:ModifySubnetAttribute", property="MapPublicIpOnLaunch"),
        inside=True,
    ),
    "AWS::EC2::RouteTable": _ec2("RouteTable", "route-table", inside=True),
    "AWS::EC2::InternetGateway": _ec2("InternetGateway", "internet-gateway"),
    "AWS::EC2::SecurityGroup": _ec2(
        *("SecurityGroup", "security-group"),
        Rule("cu", "ec2:AuthorizeSecurityGroupIngress", property="SecurityGroupIngress"),
        Rule("r", "ec2:RevokeSecurityGroupIngress", property="SecurityGroupIngress"),
        Rule("cu", "ec2:AuthorizeSecurityGroupEgress", property="SecurityGroupEgress"),
        # What a new group allows by itself goes when its template says anything.
        Rule("cur", "ec2:RevokeSecurityGroupEgress", property="SecurityGroupEgress"),
        inside=True,
    ),
    "AWS::EC2::SecurityGroupIngress": _rules_of_group("Ingress"),
    "AWS::EC2::SecurityGroupEgress": _rules_of_group("Egress"),
    "AWS::EC2::SubnetRouteTableAssociation": Kind(
        *(_ROUTE, _ROUTE),
        (
            *on("c", "ec2:AssociateRouteTable", "{own}", "ec2:subnet/{SubnetId}"),
            *on("d", "ec2:DisassociateRouteTable", "{own}", "ec2:subnet/{SubnetId}"),
        ),
    ),
    "AWS::EC2::VPCGatewayAttachment": Kind(
        *("ec2:internet-gateway/{InternetGatewayId}", "ec2:internet-gateway/{InternetGatewayId}"),
        (
            *on("c", "ec2:AttachInternetGateway", "{own}", "ec2:vpc/{VpcId}"),
            *on("d", "ec2:DetachInternetGateway", "{own}", "ec2:vpc/{VpcId}"),
        ),
    ),
    "AWS::EC2::Route": Kind(
        *(_ROUTE, _ROUTE),
        (
            Rule("c", "ec2:CreateRoute"),
            Rule("u", "ec2:ReplaceRoute"),
            Rule("d", "ec2:DeleteRoute"),
        ),
    ),
    "AWS::EC2::VPCEndpoint": Kind(
        *("ec2:vpc-endpoint/*", "ec2:vpc-endpoint/{id}"),
        (
            *on("c", "ec2:CreateVpcEndpoint", "{own}", "ec2:vpc/{VpcId}"),
            *on("c", "ec2:CreateVpcEndpoint", "ec2:subnet/{SubnetIds}", property="SubnetIds"),
            *on(
                *("c", "ec2:CreateVpcEndpoint", "ec2:security-group/{SecurityGroupIds}"),
                property="SecurityGroupIds",
            ),
            *on(
                *("c", "route53:AssociateVPCWithHostedZone"),
                *("arn:{partition}:route53:::hostedzone/*", "ec2:vpc/{VpcId}"),
                property="PrivateDnsEnabled",
            ),
            Rule("u", "ec2:ModifyVpcEndpoint"),
            Rule("d", "ec2:DeleteVpcEndpoints"),
            *tagged(),
        ),
    ),
}
