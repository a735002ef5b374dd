"""Every committed template launches in the embedded AWS, as the two seeds put them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import CHINA_REGION, HOME_REGION, Clouds
from estates import committed
from launching import launch, wait
from templates.committed import NAMES, pipeline_of

from rehearsal.embedded_aws import EmbeddedAws, root
from rehearsal.errors import RehearsalError
from rehearsal.estate import Estate
from rehearsal.estate_stores import answers, needed_stores
from template_reader.file import read_template

IMAGE = "aws:ec2:image"


@pytest.mark.slow
def test_every_committed_template_launches(clouds: Clouds) -> None:
    estates = [committed().launch(each, clouds) for each in ("multi-region", "global-china")]
    launched = {each.template for estate in estates for each in estate.launches}
    assert sorted(launched | launch_apart(clouds, estates[0])) == NAMES
    for estate in estates:
        codepipeline = clouds.home.client("codepipeline", HOME_REGION, root(estate.account))
        stages = codepipeline.get_pipeline(name=estate.pipeline)["pipeline"]["stages"]
        assert len(stages) == len(pipeline_of(estate.template.stem)["Stages"])


def launch_apart(clouds: Clouds, estate: Estate) -> set[str]:
    """Launch what is no part of either seed's estate; return the templates."""
    stores = [each for each in estate.launches if each.template == "artifact-store"]
    asked = answers(needed_stores(read_template(estate.template), HOME_REGION), stores)
    there = Application(clouds.home, "us-east-2", estate.account)
    there.image("an image")
    launch(clouds.home, HOME_REGION, estate.account, "service-roles", **asked)
    launch(clouds.home, HOME_REGION, estate.account, "codebuild-projects")
    launch(there.aws, there.region, there.account, "cross-region-deploy")
    launch(clouds.china, CHINA_REGION, clouds.account(), "china-image-access")
    launch(clouds.home, HOME_REGION, estate.account, "launch-bucket")
    apart = {"service-roles", "codebuild-projects", "cross-region-deploy"}
    return {*apart, "china-image-access", "launch-bucket"}


@dataclass(frozen=True)
class Application:
    """The account in a region of a partition where the first seed's application is deployed."""

    aws: EmbeddedAws
    region: str
    account: str

    def client(self, service: str) -> Any:
        """Return a client of the account's root."""
        return self.aws.client(service, self.region, root(self.account))

    def image(self, name: str) -> str:
        """Make an image and write it to the parameter; return its id."""
        image: str = self.client("ec2").register_image(Name=name)["ImageId"]
        self.client("ssm").put_parameter(
            Name="AMI_VERSION", Value=image, Type="String", DataType=IMAGE, Overwrite=True
        )
        return image

    def running(self) -> dict[str, str]:
        """Return the images of the instances that run, by the instances' ids."""
        only = [{"Name": "instance-state-name", "Values": ["running"]}]
        found = self.client("ec2").describe_instances(Filters=only)["Reservations"]
        return {i["InstanceId"]: i["ImageId"] for each in found for i in each["Instances"]}

    def update(self, stack: str) -> str:
        """Deploy once more with the template that is there; return the stack's status."""
        cloudformation = self.client("cloudformation")
        cloudformation.update_stack(StackName=stack, UsePreviousTemplate=True)
        status: str = wait(cloudformation, stack)["StackStatus"]
        return status


@pytest.fixture(name="application", params=["aws", pytest.param("aws-cn", marks=pytest.mark.slow)])
def _application(clouds: Clouds, request: pytest.FixtureRequest) -> Application:
    home = request.param == "aws"
    aws, region = (clouds.home, HOME_REGION) if home else (clouds.china, CHINA_REGION)
    return Application(aws, region, clouds.account())


def test_a_new_image_replaces_the_instances_and_an_old_one_again(application: Application) -> None:
    first = application.image("first")
    stack = deploy(application)
    before = application.running()
    assert list(before.values()) == [first, first]
    second = application.image("second")
    assert application.update(stack) == "UPDATE_COMPLETE"
    after = application.running()
    assert list(after.values()) == [second, second]
    assert not before.keys() & after.keys()
    ssm = application.client("ssm")
    ssm.put_parameter(Name="AMI_VERSION", Value=first, DataType=IMAGE, Overwrite=True)
    assert application.update(stack) == "UPDATE_COMPLETE"
    assert list(application.running().values()) == [first, first]


def test_a_group_has_as_many_instances_as_it_wants_and_none_when_it_is_gone(
    application: Application,
) -> None:
    application.image("only")
    stack = deploy(application)
    autoscaling = application.client("autoscaling")
    (group,) = autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    assert {each["InstanceId"] for each in group["Instances"]} == set(application.running())
    assert len({each["AvailabilityZone"] for each in group["Instances"]}) == 2
    name = group["AutoScalingGroupName"]
    autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)
    assert len(application.running()) == 1
    cloudformation = application.client("cloudformation")
    id_ = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=stack)
    assert wait(cloudformation, id_)["StackStatus"] == "DELETE_COMPLETE"
    assert application.running() == {}


def test_a_parameter_that_names_no_image_fails_the_stack(application: Application) -> None:
    ssm = application.client("ssm")
    ssm.put_parameter(Name="AMI_VERSION", Value="ami-0123456789abcdef1", Type="String")
    with pytest.raises(RehearsalError, match="ami-0123456789abcdef1 for parameter name ImageId"):
        deploy(application)


def test_only_an_image_that_is_there_is_written_to_a_parameter_of_images(
    application: Application,
) -> None:
    image = application.image("there")
    ssm = application.client("ssm")
    given = {"Name": "AMI_VERSION", "DataType": IMAGE, "Overwrite": True}
    ssm.put_parameter(**given, Value="ami-0123456789abcdef1")
    found = ssm.get_parameter(Name="AMI_VERSION")["Parameter"]
    assert (found["Value"], found["DataType"]) == (image, IMAGE)
    with pytest.raises(ClientError, match="no id of an image"):
        ssm.put_parameter(**given, Value="latest")


def test_a_rule_of_its_own_stands_in_its_security_group(application: Application) -> None:
    application.image("any")
    stack = deploy(application)
    ec2 = application.client("ec2")
    found = ec2.describe_security_groups()["SecurityGroups"]
    groups = {each["GroupName"].removeprefix(f"{stack}-"): each for each in found}
    (rule,) = groups["InstanceGroup"]["IpPermissions"]
    (source,) = rule["UserIdGroupPairs"]
    assert (rule["FromPort"], rule["ToPort"]) == (8080, 8080)
    assert source["GroupId"] == groups["LoadBalancerGroup"]["GroupId"]


def deploy(application: Application) -> str:
    """Launch the application's template; return the stack."""
    place = (application.aws, application.region, application.account)
    return launch(*place, "cross-region-deploy")["Stack"]
