"""What a pipeline that stands deploys where, as CodePipeline and CodeBuild tell its owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.clouds import Clouds

Place = tuple[str, str, str]


@dataclass(frozen=True)
class Deployment:
    """The stack that a stage deploys to an account and a region.

    Where a build does it, `role` is the ARN of the build's role and `variables` what it is told.
    """

    stage: str
    region: str
    account: str
    stack: str
    role: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Stage, region and account: no two deployments of a pipeline share them."""
        return self.stage, self.region, self.account


def read_deployments(
    clouds: Clouds, account: str, region: str, pipeline: str
) -> dict[Place, Deployment]:
    """Return what a pipeline deploys, by place."""
    client = clouds.client("codepipeline", region, account)
    stages = client.get_pipeline(name=pipeline)["pipeline"]["stages"]
    projects = _projects(clouds, account, region)
    found = (
        each
        for stage in stages
        for action in stage["actions"]
        for each in _deployments(stage["name"], action, projects, (region, account))
    )
    return {each.place: each for each in found}


def _deployments(
    stage: str, action: Mapping[str, Any], projects: Mapping[str, Any], home: tuple[str, str]
) -> Iterator[Deployment]:
    told = action.get("configuration", {})
    if action["actionTypeId"]["provider"] == "CloudFormation" and "StackName" in told:
        account = action["roleArn"].split(":")[4] if action.get("roleArn") else home[1]
        yield Deployment(stage, action.get("region", home[0]), account, told["StackName"])
    project = projects.get(told.get("ProjectName", ""), {})
    listed = project.get("environment", {}).get("environmentVariables", [])
    variables = {each["name"]: each["value"] for each in listed}
    if {"TARGET_REGION", "TARGET_ACCOUNT", "STACK_NAME"} <= variables.keys():
        yield Deployment(
            stage=stage,
            region=variables["TARGET_REGION"],
            account=variables["TARGET_ACCOUNT"],
            stack=variables["STACK_NAME"],
            role=project["serviceRole"],
            variables=variables,
        )


def _projects(clouds: Clouds, account: str, region: str) -> dict[str, Any]:
    codebuild = clouds.client("codebuild", region, account)
    names = codebuild.list_projects()["projects"]
    found = codebuild.batch_get_projects(names=names)["projects"] if names else []
    return {each["name"]: each for each in found}
