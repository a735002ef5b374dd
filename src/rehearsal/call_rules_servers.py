"""The calls for the types of servers and of what stands before them.

Written after the registry's schemas (cfn-lint's copy), the service authorization reference, and
what schemas leave out: Auto Scaling asks about the instances of a launch template, and what a
rolling update calls.
"""

from __future__ import annotations

from rehearsal.call_rules import Kind, Rule, on, tagged


def _linked_role(service: str, role: str) -> Rule:
    """Return the making of a role by the first resource of its kind, as any is in a new account."""
    arn = f"iam:role/aws-service-role/{service}/{role}"
    name = (("iam:AWSServiceName", service),)
    return Rule("c", "iam:CreateServiceLinkedRole", arn, context=name)


def _balancer(noun: str, new: str, *rules: Rule) -> Kind:
    tags = tagged("elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags")
    delete = Rule("d", f"elasticloadbalancing:Delete{noun}")
    return Kind(f"elasticloadbalancing:{new}", "{id}", (*rules, delete, *tags), "Name")


_LAUNCHED = ("ec2:instance/*", "ec2:volume/*", "ec2:network-interface/*", "ec2:security-group/*")
_LAUNCHED_FROM = (
    "ec2:launch-template/{LaunchTemplate.LaunchTemplateId}",
    "arn:{partition}:ec2:{region}::image/*",
)
_GROUP = "autoscaling:autoScalingGroup:*:autoScalingGroupName"
_ROLLING = ("SetDesiredCapacity", "SuspendProcesses", "ResumeProcesses")
_ATTRIBUTES = "elasticloadbalancing:ModifyLoadBalancerAttributes"
SERVERS = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer(
        *("LoadBalancer", "loadbalancer/app/{name}/*"),
        Rule("c", "elasticloadbalancing:CreateLoadBalancer"),
        Rule("cu", _ATTRIBUTES, property="LoadBalancerAttributes"),
        Rule("u", "elasticloadbalancing:SetSecurityGroups", property="SecurityGroups"),
        Rule("u", "elasticloadbalancing:SetSubnets", property="Subnets"),
        _linked_role("elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing"),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _balancer(
        *("TargetGroup", "targetgroup/{name}/*"),
        Rule("c", "elasticloadbalancing:CreateTargetGroup"),
        Rule(
            *("cu", "elasticloadbalancing:ModifyTargetGroupAttributes"),
            property="TargetGroupAttributes",
        ),
        Rule(
            *("u", "elasticloadbalancing:ModifyTargetGroup"),
            but=("Tags", "TargetGroupAttributes"),
        ),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": _balancer(
        *("Listener", "listener/app/*/*/*"),
        Rule("c", "elasticloadbalancing:CreateListener", "{LoadBalancerArn}"),
        Rule("u", "elasticloadbalancing:ModifyListener", but=("Tags",)),
    ),
    "AWS::EC2::LaunchTemplate": Kind(
        *("ec2:launch-template/*", "ec2:launch-template/{id}"),
        (
            Rule("c", "ec2:CreateLaunchTemplate"),
            Rule("u", "ec2:CreateLaunchTemplateVersion", property="LaunchTemplateData"),
            Rule("d", "ec2:DeleteLaunchTemplate"),
            Rule("c", "ec2:CreateTags", property="TagSpecifications"),
        ),
    ),
    "AWS::AutoScaling::AutoScalingGroup": Kind(
        *(f"{_GROUP}/{{name}}", f"{_GROUP}/{{id}}"),
        (
            Rule("c", "autoscaling:CreateAutoScalingGroup"),
            Rule("u", "autoscaling:UpdateAutoScalingGroup", but=("Tags",)),
            *on("d", "autoscaling:UpdateAutoScalingGroup", "{own}"),
            Rule("d", "autoscaling:DeleteAutoScalingGroup"),
            *on("cu", "ec2:RunInstances", *_LAUNCHED, *_LAUNCHED_FROM, property="LaunchTemplate"),
            *on(
                *("cu", "ec2:RunInstances", "ec2:subnet/{VPCZoneIdentifier}"),
                property="VPCZoneIdentifier",
            ),
            Rule("u", "autoscaling:TerminateInstanceInAutoScalingGroup", property="LaunchTemplate"),
            *(Rule("u", f"autoscaling:{each}", optional=True) for each in _ROLLING),
            Rule("u", "autoscaling:AttachLoadBalancerTargetGroups", property="TargetGroupARNs"),
            Rule("r", "autoscaling:DetachLoadBalancerTargetGroups", property="TargetGroupARNs"),
            *tagged("autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags"),
            _linked_role("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"),
        ),
        "AutoScalingGroupName",
    ),
}
