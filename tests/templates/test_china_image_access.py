"""What `china-image-access.yaml` lets whom do: in the committed YAML, and launched."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import CHINA_REGION, Clouds
from launching import key_of, launch
from templates.committed import PROJECT, document, resources, statements

from rehearsal.embedded_aws import Credentials, EmbeddedAws, root

NAME = "china-image-access"
STACK = "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/"
DEPLOYER = {
    "LookBeforePackaging": {"s3:GetBucketLocation", "s3:GetEncryptionConfiguration"},
    "KeepPackages": {"s3:GetObject", "s3:PutObject"},
    "DeployStack": {
        "cloudformation:CreateChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:GetTemplateSummary",
    },
    "PassDeployRole": {"iam:PassRole"},
    "HaveImageMade": {"codebuild:BatchGetBuilds", "codebuild:StartBuild"},
}
ROTATION = "RotateOwnAccessKeys"
REFUSED = r"\(AccessDenied(Exception)?\)|\(UnauthorizedOperation\)"


def granted(title: str) -> dict[str, dict[str, Any]]:
    """Return the statements of a resource's own policies by their Sid."""
    policies = resources(NAME)[title]["Properties"]["Policies"]
    return {each["Sid"]: each for _, each in statements(policies)}


@pytest.mark.parametrize(("title", "more"), [("DeployUser", {ROTATION}), ("DeployRole", set())])
def test_a_deployer_may_deploy_one_stack_and_start_one_project(title: str, more: set[str]) -> None:
    may = granted(title)
    assert may.keys() == DEPLOYER.keys() | more
    assert {sid: set(may[sid]["Action"]) for sid in DEPLOYER} == DEPLOYER
    assert may["HaveImageMade"]["Resource"] == [{"Fn::GetAtt": ["ImageProject", "Arn"]}]
    stack = {"Fn::Sub": STACK + "${ProjectName}-app-stack-${StageName}/*"}
    assert may["DeployStack"]["Resource"] == [stack]
    assert may["PassDeployRole"]["Resource"] == [
        {"Fn::GetAtt": ["CloudFormationServiceRole", "Arn"]}
    ]


def test_a_user_changes_no_keys_but_its_own() -> None:
    (own,) = granted("DeployUser")[ROTATION]["Resource"]
    name = resources(NAME)["DeployUser"]["Properties"]["UserName"]["Fn::Sub"]
    assert own["Fn::Sub"].endswith(f":user/{name}")


def test_what_runs_the_repositorys_code_makes_images_and_nothing_else() -> None:
    may = granted("CodeBuildServiceRole")
    services = {action.partition(":")[0] for each in may.values() for action in each["Action"]}
    assert services == {"codebuild", "ec2", "logs", "s3", "ssm"}
    archive = {"Fn::Sub": "${DeploymentBucket.Arn}/packages/source.zip"}
    assert may["ReadSource"]["Resource"] == [archive]
    assert [
        sid for sid, each in may.items() if any("Put" in a for a in each["Action"] if "s3" in a)
    ] == []
    parameter = "parameter/${AmiParameterName}"
    assert may["KeepImageId"]["Resource"][0]["Fn::Sub"].endswith(parameter)


def test_packer_may_tag_afterwards_as_it_does_in_these_partitions() -> None:
    assert "TagAfterwards" in granted("CodeBuildServiceRole")


def test_the_project_runs_the_same_buildspec_as_at_home_on_the_source_it_was_sent() -> None:
    project = resources(NAME)["ImageProject"]["Properties"]
    spec = (PROJECT / "buildspecs" / "build-ami.yml").read_text(encoding="utf-8")
    assert project["Source"] == {
        "Type": "S3",
        "Location": {"Fn::Sub": "${DeploymentBucket}/packages/source.zip"},
        "BuildSpec": spec,
    }
    given = {each["Name"] for each in project["Environment"]["EnvironmentVariables"]}
    assert {name for name in given if name not in spec} == set()


def test_cloudformation_deploys_there_what_it_deploys_at_home() -> None:
    at_home = next(
        each["PolicyDocument"]["Statement"]
        for each in resources("multi-region-pipeline")["CloudFormationServiceRole"]["Properties"][
            "Policies"
        ]
    )
    there = granted("CloudFormationServiceRole")
    assert {sid: each["Action"] for sid, each in there.items()} == {
        each["Sid"]: each["Action"] for each in at_home
    }


def test_its_price_stands_in_its_description() -> None:
    described = document(NAME)["Description"]
    assert "made anew here" in described
    assert "one more build" in described
    assert "not the same bytes" in described


@dataclass(frozen=True)
class Launched:
    """An account in China as the template leaves it, for the stage live of web-app."""

    china: EmbeddedAws
    account: str
    outputs: dict[str, str]
    user: Credentials

    def client(self, service: str) -> Any:
        """Return a client of the user that deploys."""
        return self.china.client(service, CHINA_REGION, self.user)

    def builder(self, service: str) -> Any:
        """Return a client of the project's role, as CodeBuild gets it."""
        as_root = root(self.account)
        project = self.china.client("codebuild", CHINA_REGION, as_root).batch_get_projects(
            names=["web-app-live-image"]
        )["projects"][0]
        who = self.china.serve(project["serviceRole"], "codebuild", CHINA_REGION)
        return self.china.client(service, CHINA_REGION, who)

    @property
    def bucket(self) -> str:
        """The bucket the source is sent to."""
        return self.outputs["DeploymentBucketName"]

    def send(self) -> str:
        """Send a source; return the version it is kept under."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("pom.xml", "<project/>")
        sent = self.client("s3").put_object(
            Bucket=self.bucket, Key="packages/source.zip", Body=archive.getvalue()
        )
        version: str = sent["VersionId"]
        return version


@pytest.fixture(scope="module")
def launched(_clouds: Clouds) -> Launched:
    china, account = _clouds.china, _clouds.account()
    outputs = launch(china, CHINA_REGION, account, NAME)
    key = key_of(china, CHINA_REGION, account, "web-app-live-deploy")
    return Launched(china, account, outputs, key)


@pytest.fixture(autouse=True)
def _note(request: pytest.FixtureRequest) -> None:
    if "launched" in request.fixturenames:
        note: Callable[[str, object], None] = request.getfixturevalue("record_property")
        note("stood in for", "AWS, by MiniStack with IAM enforced")
        note("stood in for", "CodeBuild in China (MiniStack: any build succeeds, and none is run)")


def test_the_deployer_sends_a_source_and_has_an_image_made_of_it(launched: Launched) -> None:
    build = launched.client("codebuild").start_build(
        projectName=launched.outputs["ImageProjectName"], sourceVersion=launched.send()
    )["build"]
    seen = launched.client("codebuild").batch_get_builds(ids=[build["id"]])["builds"][0]
    assert seen["buildStatus"] == "SUCCEEDED"


@pytest.mark.slow
def test_the_build_reads_the_source_and_keeps_the_images_id(launched: Launched) -> None:
    version = launched.send()
    got = launched.builder("s3").get_object(
        Bucket=launched.bucket, Key="packages/source.zip", VersionId=version
    )
    assert zipfile.ZipFile(io.BytesIO(got["Body"].read())).namelist() == ["pom.xml"]
    launched.builder("ssm").put_parameter(Name="AMI_VERSION", Value="ami-1", Type="String")


WRONG: dict[str, Callable[[Launched], Any]] = {
    "the deployer, starting another project": lambda a: a.client("codebuild").start_build(
        projectName="web-app-test-image"
    ),
    "the deployer, changing the project": lambda a: a.client("codebuild").update_project(
        name="web-app-live-image", description="mine"
    ),
    "the deployer, making a project": lambda a: a.client("codebuild").create_project(
        name="mine",
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "x",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=f"arn:aws-cn:iam::{a.account}:role/web-app-live-cloudformation",
    ),
    "the deployer, starting an instance": lambda a: a.client("ec2").run_instances(
        ImageId="ami-1", MinCount=1, MaxCount=1
    ),
    "the deployer, looking at images": lambda a: a.client("ec2").describe_images(),
    "the deployer, naming another image": lambda a: a.client("ssm").put_parameter(
        Name="AMI_VERSION", Value="ami-2", Type="String", Overwrite=True
    ),
    "the deployer, reading its packages' bucket at large": lambda a: a.client("s3").put_object(
        Bucket=a.bucket, Key="source.zip", Body=b""
    ),
    "the build, sending a source": lambda a: a.builder("s3").put_object(
        Bucket=a.bucket, Key="packages/source.zip", Body=b""
    ),
    "the build, reading another package": lambda a: a.builder("s3").get_object(
        Bucket=a.bucket, Key="packages/other"
    ),
    "the build, deploying": lambda a: a.builder("cloudformation").describe_stacks(
        StackName="web-app-app-stack-live"
    ),
    "the build, making a key of the deployer's": lambda a: a.builder("iam").create_access_key(
        UserName="web-app-live-deploy"
    ),
    "the build, writing another parameter": lambda a: a.builder("ssm").put_parameter(
        Name="OTHER", Value="x", Type="String"
    ),
    "the build, starting itself": lambda a: a.builder("codebuild").start_build(
        projectName="web-app-live-image"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("caller", WRONG)
def test_what_is_not_granted_is_refused(launched: Launched, caller: str) -> None:
    with pytest.raises(ClientError, match=REFUSED):
        WRONG[caller](launched)
