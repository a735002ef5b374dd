"""What CloudFormation calls to make, change and remove a stack of `cross-region-deploy.yaml`.

Source: the `handlers.*.permissions` of the CloudFormation registry schemas of the template's
types, less what those handlers call only for properties the template does not set. They write
`autoscaling:Describe*` where a group's own parts are meant, and leave out what others ask on the
way: `Fn::GetAZs`, Auto Scaling of a launch template, a rolling update (as the permissions of AWS's
runbook AWS-MigrateToNewEKSSelfManagedNodeGroup have it), the private DNS name of an endpoint. Ids
are given by AWS, so a grant names a type of resource in this account and the regions it may lie in.
"""

from __future__ import annotations

from collections.abc import Sequence

import awacs.elasticloadbalancing as elb
from awacs import autoscaling, ec2, iam, route53, ssm
from awacs.aws import Action, Statement, StringEquals
from troposphere import Sub

from pipeline.names import arn, value
from pipeline.policies import allow
from pipeline.topology import Region
from pipeline.unrehearsed import IN_PLACE, RESOURCES

EVERY_REGION = "*"
IMAGES = Sub("arn:${AWS::Partition}:ec2:*::image/*")
HOSTED_ZONES = Sub("arn:${AWS::Partition}:route53:::hostedzone/*")

DESCRIBE_NETWORK = [
    *(ec2.DescribeAccountAttributes, ec2.DescribeAvailabilityZones),
    *(ec2.DescribeInternetGateways, ec2.DescribeNetworkAcls, ec2.DescribeNetworkInterfaces),
    *(ec2.DescribeRouteTables, ec2.DescribeSecurityGroupRules, ec2.DescribeSecurityGroups),
    *(ec2.DescribeSubnets, ec2.DescribeVpcEncryptionControls, ec2.DescribeVpcEndpoints),
    *(ec2.DescribeVpcs, ec2.DescribeVpnGateways),
]
DESCRIBE_INSTANCES = [
    *(autoscaling.DescribeAutoScalingGroups, autoscaling.DescribeAutoScalingInstances),
    *(autoscaling.DescribeLifecycleHooks, autoscaling.DescribeNotificationConfigurations),
    *(autoscaling.DescribeScalingActivities, autoscaling.DescribeScheduledActions),
    *(ec2.DescribeImages, ec2.DescribeInstances, ec2.DescribeInstanceTypes),
    *(ec2.DescribeLaunchTemplates, ec2.DescribeLaunchTemplateVersions),
]
DESCRIBE_LOAD_BALANCER = [
    *(elb.DescribeCapacityReservation, elb.DescribeListenerAttributes, elb.DescribeListeners),
    *(elb.DescribeLoadBalancerAttributes, elb.DescribeLoadBalancers, elb.DescribeTags),
    *(elb.DescribeTargetGroupAttributes, elb.DescribeTargetGroups, elb.DescribeTargetHealth),
]
MANAGE_NETWORK = {
    "internet-gateway": [
        *(ec2.AttachInternetGateway, ec2.CreateInternetGateway),
        *(ec2.DeleteInternetGateway, ec2.DetachInternetGateway),
    ],
    "route-table": [
        *(ec2.AssociateRouteTable, ec2.CreateRoute, ec2.CreateRouteTable, ec2.DeleteRoute),
        *(ec2.DeleteRouteTable, ec2.DisassociateRouteTable, ec2.ReplaceRoute),
        ec2.ReplaceRouteTableAssociation,
    ],
    "security-group": [
        *(ec2.AuthorizeSecurityGroupEgress, ec2.AuthorizeSecurityGroupIngress),
        *(ec2.CreateSecurityGroup, ec2.DeleteSecurityGroup, ec2.RevokeSecurityGroupEgress),
        *(ec2.RevokeSecurityGroupIngress, ec2.UpdateSecurityGroupRuleDescriptionsEgress),
        ec2.UpdateSecurityGroupRuleDescriptionsIngress,
    ],
    "security-group-rule": [],
    "subnet": [ec2.CreateSubnet, ec2.DeleteSubnet],
    "vpc": [ec2.CreateVpc, ec2.DeleteVpc, ec2.DescribeVpcAttribute, ec2.ModifyVpcAttribute],
    "vpc-endpoint": [ec2.CreateVpcEndpoint, ec2.DeleteVpcEndpoints, ec2.ModifyVpcEndpoint],
}
CHANGE_NETWORK = [
    *(ec2.ModifyVpcEndpoint, ec2.ReplaceRoute, ec2.UpdateSecurityGroupRuleDescriptionsEgress),
    ec2.UpdateSecurityGroupRuleDescriptionsIngress,
]
CHANGE_LOAD_BALANCER = [
    *(elb.ModifyListener, elb.ModifyTargetGroup, elb.RemoveTags, elb.SetSubnets),
]
MANAGE_LAUNCH_TEMPLATE = [
    *(ec2.CreateLaunchTemplate, ec2.CreateLaunchTemplateVersion, ec2.DeleteLaunchTemplate),
]
MANAGE_LOAD_BALANCER = [
    *(elb.AddTags, elb.CreateListener, elb.CreateLoadBalancer, elb.CreateTargetGroup),
    *(elb.DeleteListener, elb.DeleteLoadBalancer, elb.DeleteTargetGroup, elb.ModifyListener),
    *(elb.ModifyLoadBalancerAttributes, elb.ModifyTargetGroup, elb.ModifyTargetGroupAttributes),
    *(elb.RemoveTags, elb.SetSecurityGroups, elb.SetSubnets),
]
MANAGE_GROUP = [
    *(autoscaling.AttachLoadBalancerTargetGroups, autoscaling.CreateAutoScalingGroup),
    *(autoscaling.CreateOrUpdateTags, autoscaling.DeleteAutoScalingGroup, autoscaling.DeleteTags),
    *(autoscaling.DetachLoadBalancerTargetGroups, autoscaling.ResumeProcesses),
    *(autoscaling.SetDesiredCapacity, autoscaling.SuspendProcesses),
    *(autoscaling.TerminateInstanceInAutoScalingGroup, autoscaling.UpdateAutoScalingGroup),
]
TAGGED = ("instance", "volume")
LAUNCHED = (*TAGGED, "network-interface")
LAUNCHED_FROM = ("launch-template", "security-group", "subnet")
# The first group and the first load balancer of an account make these roles.
LINKED_ROLES = {
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
}


def manage_application(
    stacks: Sequence[str], regions: Sequence[Region], image_parameter: str
) -> list[Statement]:
    """Return the statements of the role that deploys.

    `stacks` are names as they stand in `Fn::Sub`; `image_parameter` names a template parameter.
    """
    here = StringEquals("aws:RequestedRegion", [value(region.text) for region in regions])
    look = [*DESCRIBE_NETWORK, *DESCRIBE_INSTANCES, *DESCRIBE_LOAD_BALANCER]
    image = arn("ssm", f"parameter/${{{image_parameter}}}", EVERY_REGION)
    return [
        allow("DescribeCallsTakeNoResource", look, ["*"], here),
        allow("ReadImageParameter", [ssm.GetParameters], [image], here),
        *_network(here),
        *_instances(here, stacks),
        allow(
            "ManageLoadBalancer",
            MANAGE_LOAD_BALANCER,
            _load_balancer_arns(),
            here,
            unrehearsed={IN_PLACE: CHANGE_LOAD_BALANCER},
        ),
        _linked_roles(),
    ]


def _types(*types: str) -> list[Sub]:
    return [arn("ec2", f"{each}/*", EVERY_REGION) for each in types]


def _network(here: StringEquals) -> list[Statement]:
    actions: list[Action] = [each for some in MANAGE_NETWORK.values() for each in some]
    tags = [ec2.CreateTags, ec2.DeleteTags]
    # Route 53 lies in no region one could ask for.
    named_in = [HOSTED_ZONES, *_types("vpc")]
    return [
        allow(
            "ManageNetwork",
            [*actions, *tags],
            _types(*MANAGE_NETWORK),
            here,
            unrehearsed={
                IN_PLACE: CHANGE_NETWORK,
                "AWS asks about each rule of a group, too; a rehearsal about the group.": [
                    RESOURCES
                ],
            },
        ),
        allow("NameEndpointInNetwork", [route53.AssociateVPCWithHostedZone], named_in),
    ]


def _instances(here: StringEquals, stacks: Sequence[str]) -> list[Statement]:
    tags = [ec2.CreateTags, ec2.DeleteTags]
    launched = [*_types(*LAUNCHED, *LAUNCHED_FROM), IMAGES]
    launching = StringEquals("ec2:CreateAction", "RunInstances")
    groups = [
        arn(
            "autoscaling",
            f"autoScalingGroup:*:autoScalingGroupName/{stack}-*",
            EVERY_REGION,
        )
        for stack in stacks
    ]
    return [
        allow(
            "ManageLaunchTemplate",
            [*MANAGE_LAUNCH_TEMPLATE, *tags],
            _types("launch-template"),
            here,
        ),
        allow("LaunchInstances", [ec2.RunInstances], launched, here),
        allow("TagLaunched", [ec2.CreateTags], _types(*TAGGED), launching),
        allow("ManageGroup", MANAGE_GROUP, groups, here),
    ]


def _load_balancer_arns() -> list[Sub]:
    resources = ("loadbalancer/app/*/*", "listener/app/*/*/*", "targetgroup/*/*")
    return [arn("elasticloadbalancing", each, EVERY_REGION) for each in resources]


def _linked_roles() -> Statement:
    roles = [
        arn("iam", f"role/aws-service-role/{service}/{role}", region="")
        for service, role in LINKED_ROLES.items()
    ]
    services = StringEquals("iam:AWSServiceName", list(LINKED_ROLES))
    return allow("MakeServiceLinkedRoles", [iam.CreateServiceLinkedRole], roles, services)
