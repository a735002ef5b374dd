"""The second seed's way from source to China and to a stage's account, by the templates alone.

Every role is the one a committed template makes, every variable the one the committed pipeline
gives, and every call goes through IAM of the embedded AWS: what the roles lack would be refused.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from buildspecs.partitions import AWS, Places, application, build, equip
from buildspecs.workshop import Workshop
from embedded import CHINA_REGION, HOME_REGION, Clouds
from launching import key_of, launch
from templates.committed import document, resources

from rehearsal.build_files import pack
from rehearsal.buildspec import Result
from rehearsal.embedded_aws import Credentials, root

PIPELINE = "global-china-pipeline"
DONE = ("CREATE_COMPLETE", "CREATE_FAILED", "ROLLBACK_COMPLETE")


class Seed:
    """The accounts of the seed, launched; what its pipeline would do, done by hand."""

    def __init__(self, clouds: Clouds, workshop: Workshop) -> None:
        self.clouds, self.workshop = clouds, workshop
        self.pipeline, self.stage, self.china = (clouds.account() for _ in range(3))
        self.store = launch(
            clouds.home,
            HOME_REGION,
            self.pipeline,
            "artifact-store",
            TargetAccountIds=self.stage,
            ParameterPrefix="/US/Dev",
        )
        asked = dict.fromkeys(("StageAccountId", "ProdAccountId"), self.stage)
        asked |= {f"China{each}AccountId": self.china for each in ("Dev", "Stage", "Prod")}
        self.roles = launch(
            clouds.home, HOME_REGION, self.pipeline, "global-china-service-roles", **asked
        )
        self.inside = launch(
            clouds.home,
            HOME_REGION,
            self.stage,
            "cross-account-role",
            PipelineRoleArn=self.roles["CodePipelineServiceRoleArn"],
            ArtifactArns=self.store["ArtifactArns"],
            ArtifactKeyArns=self.store["KeyArn"],
        )
        launch(clouds.china, CHINA_REGION, self.china, "china-access")

    def at_home(self, service: str) -> Any:
        """Return a client of the root of the pipeline's account."""
        return self.clouds.home.client(service, HOME_REGION, root(self.pipeline))

    def keep_key(self) -> Credentials:
        """Make the user's key and keep it at home, as `store-access-key` does."""
        keys = key_of(self.clouds.china, CHINA_REGION, self.china, "lambda-app-dev-deploy")
        Places(self.clouds, self.workshop, self.pipeline, self.china, "", keys).store(
            keys, label=keys.access_key
        )
        return keys

    def run(self, project: str, role: str, source: Path) -> Result:
        """Run a project's build with the variables and the role the templates give it."""
        properties = resources(PIPELINE)[project]["Properties"]
        listed = properties["Environment"]["EnvironmentVariables"]
        given = {each["Name"]: self.resolved(each["Value"]) for each in listed}
        who = self.clouds.home.serve(self.roles[role], "codebuild", HOME_REGION)
        spec = "build" if project == "CodeBuildProject" else "deploy-china"
        return build(spec, source, self.workshop, {**who.environment, **given})

    def resolved(self, value: Any) -> str:
        """Return what CloudFormation makes of a value of the pipeline's template."""
        match value:
            case {"Ref": name}:
                return self.known(name)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self.known(found[1]), text)
        return str(value)

    def known(self, name: str) -> str:
        """Return a parameter's value: its default, looked up where it names a parameter."""
        pseudo = {"AWS::Region": HOME_REGION, "AWS::StackName": "lambda-app-pipeline"}
        if name in pseudo:
            return pseudo[name]
        parameter: Mapping[str, Any] = document(PIPELINE)["Parameters"][name]
        default = str(parameter["Default"])
        if parameter["Type"].startswith("AWS::SSM"):
            found = self.at_home("ssm").get_parameter(Name=default)
            return str(found["Parameter"]["Value"])
        return default


@pytest.fixture
def seed(clouds: Clouds, workshop: Workshop) -> Seed:
    """Launch everything but the pipeline itself, and put the AWS command line on the machine."""
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
    keys = seed.keep_key()
    bundle = unpacked(built, "Bundle", tmp_path)
    deployed = seed.run("ChinaDevDeployProject", "ChinaDevCodeBuildServiceRoleArn", bundle)
    assert deployed.succeeded, deployed.output
    assert keys.secret_key not in deployed.output
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
