"""What a pipeline deploys in each region: Tomcat instances from the image named there.

    clients ──80, 443──▶ load balancer ──8080──▶ instances ──443──▶ endpoint of CloudFormation

What is not drawn, the security groups refuse. A new image replaces the instances a few at a time:
new ones start, say that they serve, and only then do as many old ones go.
"""

from __future__ import annotations

from troposphere import GetAtt, Output, Parameter, Ref, StackName, Tags, Template
from troposphere.autoscaling import AutoScalingGroup, LaunchTemplateSpecification
from troposphere.ec2 import (
    EBSBlockDevice,
    LaunchTemplate,
    LaunchTemplateBlockDeviceMapping,
    LaunchTemplateData,
    MetadataOptions,
    SecurityGroup,
    TagSpecifications,
)
from troposphere.policies import (
    AutoScalingRollingUpdate,
    CreationPolicy,
    ResourceSignal,
    UpdatePolicy,
)

from pipeline import balancer, network, signals
from pipeline.balancer import Balancer
from pipeline.names import IMAGE_ID, IMAGE_PARAMETER_NAME
from pipeline.network import Network
from pipeline.parameters import Group, Question, pattern, text
from pipeline.signals import SignalPath
from pipeline.template import console_url, new_template, url_output

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc")
DESCRIPTION = (
    "Tomcat instances behind a load balancer, from the image that the region's Parameter Store "
    "names. The pipeline deploys it in every region; a new image replaces the instances without "
    "downtime."
)
INSTANCE_TYPE = "InstanceType"
INSTANCE_COUNT = "InstanceCount"
INSTANCES = "Instances"

MOST_INSTANCES = 10
BATCH = 2
# What Auto Scaling must not do of itself during a rolling update, as CloudFormation advises.
SUSPENDED = (
    *("AlarmNotification", "AZRebalance", "HealthCheck"),
    *("ReplaceUnhealthy", "ScheduledActions"),
)


def build() -> Template:
    """Return the application stack of one region."""
    template = new_template(DESCRIPTION, PARTITIONS, _groups())
    network.prepare(template)
    balancer.prepare(template)
    signals.prepare(template, PARTITIONS)
    place = network.two_tier_network()
    path = signals.signal_path(place)
    front = balancer.public_balancer(place, path.instance_group)
    launch = _launch_template(path.instance_group)
    instances = _instances(place, path, front, launch)
    for resource in (*place.resources, *path.resources, *front.resources, launch, instances):
        template.add_resource(resource)
    for output in _outputs(front, instances):
        template.add_output(output)
    return template


def _groups() -> list[Group]:
    return [
        Group("Image", (_image_question(), balancer.health_question())),
        Group("Instances", (_count_question(), _type_question())),
        Group("Clients", balancer.questions()),
        Group("Network", network.questions()),
    ]


def _image_question() -> Question:
    parameter = Parameter(
        IMAGE_ID,
        Type="AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
        Description="Parameter Store name, in this region, of the image's id, for example "
        f"{IMAGE_PARAMETER_NAME}; read anew at every deployment. The image is an Amazon Linux with "
        f"Tomcat on port {balancer.APPLICATION}.",
        Default=IMAGE_PARAMETER_NAME,
    )
    return Question("Image parameter", parameter)


def _count_question() -> Question:
    parameter = Parameter(
        INSTANCE_COUNT,
        Type="Number",
        Description="Instances that serve, for example 2: one in each zone. While an image is "
        f"replaced there are up to {BATCH} more.",
        Default=2,
        MinValue=1,
        MaxValue=MOST_INSTANCES,
        ConstraintDescription=f"A whole number from 1 to {MOST_INSTANCES}.",
    )
    return Question("Number of instances", parameter)


def _type_question() -> Question:
    return text(
        INSTANCE_TYPE,
        "Instance type",
        "Instance type of the image's architecture, for example t3.micro.",
        default="t3.micro",
        **pattern("[a-z0-9-]+[.][a-z0-9-]+", "An instance type like t3.micro."),
    )


def _launch_template(group: SecurityGroup) -> LaunchTemplate:
    disk = EBSBlockDevice(Encrypted=True, VolumeType="gp3", DeleteOnTermination=True)
    return LaunchTemplate(
        "LaunchTemplate",
        LaunchTemplateData=LaunchTemplateData(
            ImageId=Ref(IMAGE_ID),
            InstanceType=Ref(INSTANCE_TYPE),
            SecurityGroupIds=[GetAtt(group, "GroupId")],
            MetadataOptions=MetadataOptions(HttpTokens="required", HttpPutResponseHopLimit=1),
            BlockDeviceMappings=[
                LaunchTemplateBlockDeviceMapping(DeviceName="/dev/xvda", Ebs=disk)
            ],
            TagSpecifications=[
                TagSpecifications(ResourceType=launched, Tags=Tags(Name=StackName))
                for launched in ("instance", "volume")
            ],
            UserData=signals.wait_and_signal(INSTANCES),
        ),
    )


def _instances(
    place: Network, path: SignalPath, front: Balancer, launch: LaunchTemplate
) -> AutoScalingGroup:
    return AutoScalingGroup(
        INSTANCES,
        DependsOn=[path.ingress, path.endpoint, front.listener],
        CreationPolicy=CreationPolicy(
            ResourceSignal=ResourceSignal(Count=Ref(INSTANCE_COUNT), Timeout=signals.PATIENCE)
        ),
        UpdatePolicy=UpdatePolicy(AutoScalingRollingUpdate=_replacement()),
        LaunchTemplate=LaunchTemplateSpecification(
            LaunchTemplateId=Ref(launch), Version=GetAtt(launch, "LatestVersionNumber")
        ),
        MinSize=Ref(INSTANCE_COUNT),
        DesiredCapacity=Ref(INSTANCE_COUNT),
        MaxSize=MOST_INSTANCES + BATCH,
        VPCZoneIdentifier=[Ref(subnet) for subnet in place.private.subnets],
        TargetGroupARNs=[Ref(front.target_group)],
        HealthCheckType="ELB",
        HealthCheckGracePeriod=signals.START_SECONDS,
    )


def _replacement() -> AutoScalingRollingUpdate:
    """Return how instances are replaced: as many as serve now serve throughout."""
    return AutoScalingRollingUpdate(
        MinInstancesInService=Ref(INSTANCE_COUNT),
        MaxBatchSize=BATCH,
        WaitOnResourceSignals=True,
        PauseTime=signals.PATIENCE,
        SuspendProcesses=list(SUSPENDED),
    )


def _outputs(front: Balancer, instances: AutoScalingGroup) -> list[Output]:
    page = "ec2/home?region=${AWS::Region}"
    group = f"#AutoScalingGroupDetails:id=${{{instances.title}}};view=instanceManagement"
    targets = f"#TargetGroup:targetGroupArn=${{{front.target_group.title}}}"
    return [
        Output(
            "ApplicationUrl",
            Description="Where the application answers. A certificate's name must point here.",
            Value=balancer.url(front.load_balancer),
        ),
        Output("ImageId", Description="Image the instances run.", Value=Ref(IMAGE_ID)),
        url_output("InstancesUrl", "The instances in the console.", console_url(page + group)),
        url_output(
            "TargetGroupUrl",
            "The load balancer's view of their health, in the console.",
            console_url(page + targets),
        ),
    ]
