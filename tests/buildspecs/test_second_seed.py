"""The second seed's way from source to China and to a stage's account, by the templates alone.

Every role is the one a committed template makes, every variable the one the committed pipeline
gives, and every call goes through IAM of the embedded AWS: what the roles lack would be refused.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from buildspecs.partitions import AWS, application, build, equip
from buildspecs.workshop import Workshop
from embedded import CHINA_REGION, HOME_REGION, Clouds
from estates import committed, outputs

from rehearsal.build_files import pack
from rehearsal.buildspec import Result
from rehearsal.embedded_aws import root

PIPELINE = "global-china-pipeline"
VARIABLES = "environmentVariables"
DONE = ("CREATE_COMPLETE", "CREATE_FAILED", "ROLLBACK_COMPLETE")


class Seed:
    """The estate of the seed, launched; what its pipeline would do, done by hand."""

    def __init__(self, clouds: Clouds, workshop: Workshop) -> None:
        self.clouds, self.workshop = clouds, workshop
        self.estate = committed().launch("global-china", clouds)
        self.stage, self.china = (
            self.estate.accounts[f"{each}AccountId"] for each in ("Stage", "ChinaDev")
        )
        self.roles = outputs(self.estate, "global-china-service-roles", self.estate.account)
        self.inside = outputs(self.estate, "cross-account-role", self.stage)

    def secret(self) -> str:
        """Return the secret of Dev's user, as it is kept at home."""
        ssm = self.clouds.both.client("ssm", HOME_REGION, self.estate.account)
        name = self.estate.keys[0].secret_key
        return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def run(self, project: str, role: str, source: Path) -> Result:
        """Run a project's build with the variables and the role the templates give it."""
        (stack,) = [each for each in self.estate.launches if each.template == PIPELINE]
        codebuild = self.clouds.both.client("codebuild", HOME_REGION, self.estate.account)
        (found,) = codebuild.batch_get_projects(names=[stack.resources[project]])["projects"]
        given = {each["name"]: each["value"] for each in found["environment"][VARIABLES]}
        assert found["serviceRole"] == self.roles[role]
        who = self.clouds.home.serve(self.roles[role], "codebuild", HOME_REGION)
        spec = "build" if project == "CodeBuildProject" else "deploy-china"
        return build(spec, source, self.workshop, {**who.environment, **given})


@pytest.fixture
def seed(clouds: Clouds, workshop: Workshop) -> Seed:
    """Launch everything, and put the AWS command line on the machine."""
    equip(workshop)
    wrapper = workshop.folder / "tools" / "aws"
    command = Path(sys.prefix) / "bin" / "aws"
    wrapper.write_text(AWS.format(home=clouds.home.url, china=clouds.china.url, aws=command))
    wrapper.chmod(0o755)
    return Seed(clouds, workshop)


def unpacked(result: Result, name: str, folder: Path) -> Path:
    """Hand an artifact on as CodePipeline does: as an archive."""
    pack(next(each for each in result.artifacts if each.name == name), folder / f"{name}.zip")
    with zipfile.ZipFile(folder / f"{name}.zip") as packed:
        packed.extractall(folder / name)
    return folder / name


@pytest.mark.slow
def test_the_roles_of_the_templates_suffice_from_source_to_both_twins(
    seed: Seed, tmp_path: Path
) -> None:
    built = seed.run("CodeBuildProject", "CodeBuildServiceRoleArn", application(tmp_path / "app"))
    assert built.succeeded, built.output
    bundle = unpacked(built, "Bundle", tmp_path)
    deployed = seed.run("ChinaDevDeployProject", "ChinaDevCodeBuildServiceRoleArn", bundle)
    assert deployed.succeeded, deployed.output
    assert seed.secret() not in deployed.output
    china = seed.clouds.china.client("lambda", CHINA_REGION, root(seed.china))
    assert len(china.list_functions()["Functions"]) == 1
    change_in_stage(seed, unpacked(built, "Packaged", tmp_path) / "transform-packaged.yaml")
    stage = seed.clouds.home.client("lambda", HOME_REGION, root(seed.stage))
    assert len(stage.list_functions()["Functions"]) == 1


def change_in_stage(seed: Seed, template: Path) -> None:
    """Make and execute the change set in the account of Stage, as the pipeline does."""
    pipeline = seed.clouds.home.serve(
        seed.roles["CodePipelineServiceRoleArn"], "codepipeline", HOME_REGION
    )
    inside = seed.clouds.home.assume(seed.inside["CrossAccountStageRoleArn"], pipeline, HOME_REGION)
    cloudformation = seed.clouds.home.client("cloudformation", HOME_REGION, inside)
    named = {"StackName": "lambda-app-app-stack-stage", "ChangeSetName": "change"}
    given = {"ProjectName": "lambda-app", "StageName": "stage"}
    cloudformation.create_change_set(
        **named,
        ChangeSetType="CREATE",
        TemplateBody=template.read_text(encoding="utf-8"),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        RoleARN=seed.inside["CloudFormationServiceRoleArn"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
    )
    cloudformation.execute_change_set(**named)
    stack: dict[str, Any] = {"StackStatus": ""}
    while stack["StackStatus"] not in DONE:
        (stack,) = cloudformation.describe_stacks(StackName=named["StackName"])["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", json.dumps(stack, default=str)
