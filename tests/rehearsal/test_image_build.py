"""The committed build of the image, under its role of the embedded AWS, with what stands in.

Maven and Packer are stood in for; the AWS command line is the real one.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from embedded import HOME_REGION, Account, Clouds
from launching import launch
from templates.committed import PROJECT

from rehearsal.buildspec import Build, Result, Status, run
from rehearsal.stand_ins import stand_ins

NAME = "multi-region-pipeline"
WANTED = ("mvn", "packer", "dnf", "sleep", "ln")
TOOLS = f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin"
STATEMENTS = {
    "DescribeCallsTakeNoResource": "ec2:DescribeRegions",
    "MakeTemporaryKeyAndGroup": "ec2:CreateKeyPair",
    "UseNetwork": "ec2:CreateSecurityGroup",
    "StartFromAmazonsImages": "ec2:RunInstances",
    "StartInstance": "ec2:RunInstances",
    "StartWithOwnKeyAndGroup": "ec2:RunInstances",
    "ManageOwn": "ec2:AuthorizeSecurityGroupIngress",
    "MakeImage": "ec2:CreateImage",
    "ManageOwnImages": "ec2:ModifyImageAttribute",
    "TagWhatIsMade": "ec2:CreateTags",
}
Change = Callable[[dict[str, Any]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Factory(Account):
    """An account in which the first seed's pipeline stands."""

    stack: str
    role: str
    project: dict[str, Any]

    def make(self, folder: Path, **changes: str) -> Result:
        """Build the image of the example as CodeBuild would, variables changed as told."""
        source = folder / "source"
        shutil.copytree(PROJECT / "examples/web-app", source)
        (folder / "home").mkdir()
        arn = f"arn:aws:iam::{self.account}:role/{self.role}"
        variables = self.project["environment"]["environmentVariables"]
        environment = {
            "PATH": TOOLS,
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder),
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_REGION": HOME_REGION,
            "AWS_DEFAULT_REGION": HOME_REGION,
            **self.aws.serve(arn, "codebuild", HOME_REGION).environment,
            **{each["name"]: each["value"] for each in variables},
            **changes,
        }
        scripts = {each.name: each.script for each in stand_ins(WANTED)}
        spec = self.project["source"]["buildspec"]
        return run(Build(spec, source, environment, stand_ins=scripts, seconds=120))

    @contextmanager
    def changed(self, change: Change) -> Iterator[None]:
        """Let statements of the role be others for as long as the block runs."""
        iam, which = self.client("iam"), {"RoleName": self.role, "PolicyName": "packer"}
        whole = iam.get_role_policy(**which)["PolicyDocument"]
        less = {**whole, "Statement": [one for each in whole["Statement"] for one in change(each)]}
        assert less != whole
        iam.put_role_policy(**which, PolicyDocument=json.dumps(less))
        yield
        iam.put_role_policy(**which, PolicyDocument=json.dumps(whole))

    def things(self) -> set[str]:
        """Return what stands there for as long as a build takes."""
        ec2 = self.client("ec2")
        on = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopped"]}]
        found = ec2.describe_instances(Filters=on)["Reservations"]
        return {
            *(each["InstanceId"] for one in found for each in one["Instances"]),
            *(each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]),
            *(each["KeyName"] for each in ec2.describe_key_pairs()["KeyPairs"]),
            *(each["GroupName"] for each in ec2.describe_security_groups()["SecurityGroups"]),
        }


@pytest.fixture(name="factory", scope="module")
def _factory(_clouds: Clouds) -> Factory:
    account = _clouds.account()
    names = ("S3BucketName", "S3BucketNameForOtherRegion1", "S3BucketNameForOtherRegion2")
    buckets = {name: f"artifacts-{at}" for at, name in enumerate(names)}
    made = launch(_clouds.home, HOME_REGION, account, NAME, **buckets)
    root = Account(_clouds.home, account)
    stack = root.client("cloudformation")

    def physical(logical: str) -> str:
        found = stack.describe_stack_resource(StackName=made["Stack"], LogicalResourceId=logical)[
            "StackResourceDetail"
        ]
        return str(found["PhysicalResourceId"])

    projects = root.client("codebuild").batch_get_projects(names=[physical("CodeBuildProject")])
    role = physical("CodeBuildServiceRole")
    return Factory(_clouds.home, account, made["Stack"], role, projects["projects"][0])


@pytest.fixture(name="_said", autouse=True)
def _says_what_stands_in(clouds: Clouds, record_property: Callable[[str, object], None]) -> None:
    for each in stand_ins(WANTED):
        record_property("stood in for", each.says)


@pytest.mark.slow
def test_an_image_is_made_kept_and_exported(factory: Factory, tmp_path: Path) -> None:
    before = factory.things()
    result = factory.make(tmp_path)
    assert result.succeeded, result.output
    image = result.exported["AMI_ID"]
    parameter = factory.client("ssm").get_parameter(Name="AMI_VERSION")["Parameter"]
    assert (parameter["Value"], parameter["DataType"]) == (image, "aws:ec2:image")
    (found,) = factory.client("ec2").describe_images(ImageIds=[image])["Images"]
    assert found["Description"] == "Web app on Tomcat 10.1, commit unknown"
    assert {"Key": "Pipeline", "Value": factory.stack} in found["Tags"]
    assert factory.things() == before
    (report,) = result.reports
    assert (report.tests, report.skipped, report.unreadable) == (20, 20, ())


@pytest.mark.slow
@pytest.mark.parametrize("sid", STATEMENTS)
def test_without_a_statement_the_build_fails_and_names_the_action(
    factory: Factory, tmp_path: Path, sid: str
) -> None:
    with factory.changed(lambda each: [] if each["Sid"] == sid else [each]):
        result = factory.make(tmp_path)
    refused(result, STATEMENTS[sid])


@pytest.mark.slow
def test_the_subnet_is_asked_about_too(factory: Factory, tmp_path: Path) -> None:
    def change(each: dict[str, Any]) -> list[dict[str, Any]]:
        kept = [one for one in each["Resource"] if ":subnet/" not in one]
        return [{**each, "Resource": kept}]

    with factory.changed(change):
        result = factory.make(tmp_path)
    refused(result, "ec2:RunInstances on resource")
    assert ":subnet/" in result.output


@pytest.mark.slow
def test_another_pipelines_name_opens_nothing(factory: Factory, tmp_path: Path) -> None:
    refused(factory.make(tmp_path, PIPELINE_NAME="another"), "ec2:CreateKeyPair")


@pytest.mark.slow
def test_an_image_that_cannot_be_finished_goes_again(factory: Factory, tmp_path: Path) -> None:
    ec2 = factory.client("ec2")
    before = [each["ImageId"] for each in ec2.describe_images(Owners=["self"])["Images"]]
    with factory.changed(without("ec2:ModifyImageAttribute")):
        result = factory.make(tmp_path)
    refused(result, "ec2:ModifyImageAttribute", "Deregistering the AMI")
    left = [each["ImageId"] for each in ec2.describe_images(Owners=["self"])["Images"]]
    assert left == before
    assert len(ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]) == len(left)


@pytest.mark.slow
def test_what_cannot_be_cleaned_up_is_told_and_left(factory: Factory, tmp_path: Path) -> None:
    before = factory.things()
    with factory.changed(without("ec2:DeleteKeyPair")):
        result = factory.make(tmp_path)
    assert result.succeeded, result.output
    assert "may still be around" in result.output
    assert "ec2:DeleteKeyPair" in result.output
    (left,) = factory.things() - before
    assert left.startswith("packer_")


def without(action: str) -> Change:
    """Return how a statement loses an action."""
    return lambda each: [{**each, "Action": [one for one in each["Action"] if one != action]}]


def refused(result: Result, *words: str) -> None:
    """Hold that Packer made no image, and why."""
    for each in ("UnauthorizedOperation", "Packer made no image.", *words):
        assert each in result.output, result.output
    assert result.phases["build"] is Status.FAILED
    assert "AMI_ID" not in result.exported
