"""A small pipeline to be carried out in the embedded AWS: a test says only what differs in it."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from embedded import HOME_REGION, Clouds
from estates import Ear
from launching import launch_text

from rehearsal.actions.work import Scene
from rehearsal.commits import Commit
from rehearsal.execution import Execution, Pipeline
from rehearsal.outcome import ActionResult
from rehearsal.running_definition import read_running

FOLDER = Path(__file__).parent / "rehearsal"
NAME = "orders"
OTHER_REGION = "us-east-2"


@dataclass
class Watcher(Ear):
    """Hears of stacks, and of actions as they begin and end."""

    began: list[tuple[str, str, str, str]] = field(default_factory=list)
    ended: list[ActionResult] = field(default_factory=list)

    def action_began(self, stage: str, name: str, account: str, region: str) -> None:
        """Note where an action begins."""
        self.began.append((stage, name, account, region))

    def action_ended(self, result: ActionResult) -> None:
        """Note how an action ended."""
        self.ended.append(result)


class Answers:
    """Answers approvals, those of some places with no, so often; remembers what was shown."""

    def __init__(self, *no: str, times: int = 99) -> None:
        self.no, self.times = no, times
        self.asked: list[str] = []
        self.shown: list[str] = []

    def __call__(self, place: str, text: str) -> bool:
        """Return the answer."""
        self.asked.append(place)
        self.shown.append(text)
        if place in self.no and self.times:
            self.times -= 1
            return False
        return True


def action(name: str, category: str, provider: str, **more: Any) -> dict[str, Any]:
    """Return an action; `inputs`, `outputs` and what is written small is its configuration."""
    kind = {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}
    for key, own in (("InputArtifacts", "inputs"), ("OutputArtifacts", "outputs")):
        more[key] = [{"Name": each} for each in more.pop(own, ())]
    return {"Name": name, "ActionTypeId": kind, **more}


def build(name: str, project: str = "build", **more: Any) -> dict[str, Any]:
    """Return an action that builds the source with a project."""
    told = {"ProjectName": project, **more.pop("told", {})}
    return action(name, "Build", "CodeBuild", **{"inputs": ("Code",), **more}, Configuration=told)


def invoke(name: str, **more: Any) -> dict[str, Any]:
    """Return an action that invokes the function."""
    told = {"FunctionName": "function", **more.pop("told", {})}
    return action(name, "Invoke", "Lambda", **more, Configuration=told)


def approval(name: str, **more: Any) -> dict[str, Any]:
    """Return an action that somebody approves."""
    told = more.pop("told", {"CustomData": "as you like it"})
    return action(name, "Approval", "Manual", **more, Configuration=told)


def deploy(name: str, mode: str = "CREATE_UPDATE", **more: Any) -> dict[str, Any]:
    """Return an action on the stack `app`, whose template is the source's `app.yaml`."""
    told = {
        "ActionMode": mode,
        "StackName": "app",
        "RoleArn": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/stack"},
        "TemplatePath": "Code::app.yaml",
        **more.pop("told", {}),
    }
    told = {key: value for key, value in told.items() if value is not None}
    return action(
        name, "Deploy", "CloudFormation", **{"inputs": ("Code",), **more}, Configuration=told
    )


def stage(name: str, *actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a stage."""
    return {"Name": name, "Actions": list(actions), **more}


CODECOMMIT = action(
    *("Get", "Source", "CodeCommit"),
    Configuration={"RepositoryName": "orders", "BranchName": "main"},
    Namespace="Source",
    outputs=("Code",),
)
CONNECTION = action(
    *("Get", "Source", "CodeStarSourceConnection"),
    Configuration={
        "ConnectionArn": "arn:aws:codestar-connections:us-east-1:111111111111:connection/1",
        "FullRepositoryId": "people/orders",
        "BranchName": "main",
    },
    outputs=("Code",),
)
OBJECT = action(
    *("Get", "Source", "S3"),
    Configuration={
        "S3Bucket": {"Fn::Sub": "sources-${AWS::AccountId}"},
        "S3ObjectKey": "app.zip",
    },
    Namespace="Source",
    outputs=("Code",),
)
APPROVED = stage("Ask", approval("Approve"))


@dataclass(frozen=True)
class Made:
    """How a pipeline is to be made: `lacking` maps roles to the Sid of a statement they have not.

    `projects` maps names to buildspecs; `untrusting` are roles that trust their service no more
    once everything is launched; `regions` have stores.
    """

    source: Mapping[str, Any] = field(default_factory=lambda: CODECOMMIT)
    projects: Mapping[str, str] = field(default_factory=dict)
    project: Mapping[str, Any] = field(default_factory=dict)
    function: str = ""
    lacking: Mapping[str, str] = field(default_factory=dict)
    untrusting: tuple[str, ...] = ()
    regions: tuple[str, ...] = (HOME_REGION,)
    resources: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)


def make_pipeline(  # noqa: PLR0913 - each is named, and most tests give one
    clouds: Clouds,
    folder: Path,
    *stages: dict[str, Any],
    made: Made | None = None,
    account: str = "",
    approves: Callable[[str, str], bool] = lambda place, text: True,
    listener: Watcher | None = None,
) -> Pipeline:
    """Launch a pipeline with these stages after its source; builds work in the folder."""
    account, made = account or clouds.account(), made or Made()
    stores = [_store(clouds, account, region) for region in made.regions]
    text = json.dumps(_template(made, stores, stages or (APPROVED,)))
    launch_text(clouds.home, HOME_REGION, account, "small-pipeline", text)
    for role in made.untrusting:
        distrust(clouds, account, role)
    scene = Scene(clouds.both, folder, _tools(folder), {}, approves)
    definition = read_running(clouds.both, account, HOME_REGION, NAME)
    return Pipeline(scene, NAME, account, definition, listener or Watcher())


def pushed(files: Mapping[str, str] | None = None, branch: str = "main") -> Commit:
    """Return a commit of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in (files or {"read.me": "Read me.\n"}).items():
            archive.writestr(name, text)
    content = packed.getvalue()
    id_ = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return Commit(id=id_, branch=branch, message="A change", archive=content)


def spec(*commands: str, **more: Any) -> str:
    """Return a buildspec that runs commands."""
    phases = {"build": {"commands": list(commands)}}
    env = {"shell": "bash", **more.pop("env", {})}
    return yaml.safe_dump({"version": "0.2", "env": env, "phases": phases, **more})


def of(execution: Execution, place: str, attempt: int = 1) -> ActionResult:
    """Return what came of an action."""
    (found,) = (
        each for each in execution.results if (each.place, each.attempt) == (place, attempt)
    )
    return found


def statuses(execution: Execution) -> dict[str, str]:
    """Return how each action ended, by its place."""
    return {each.place: str(each.status) for each in execution.results}


def files_in(archive: bytes) -> dict[str, str]:
    """Return the files of a ZIP archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def artifact(pipeline: Pipeline, execution: Execution, name: str) -> dict[str, str]:
    """Return the files of an artifact that an execution made."""
    there = execution.artifacts[name]
    s3 = pipeline.scene.clouds.client("s3", there.region, pipeline.account)
    return files_in(s3.get_object(Bucket=there.bucket, Key=there.key)["Body"].read())


def distrust(clouds: Clouds, account: str, role: str) -> None:
    """Let a role trust another service than the one it is for."""
    principal = {"Service": "ec2.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    clouds.both.client("iam", HOME_REGION, account).update_assume_role_policy(
        RoleName=role,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )


def _store(clouds: Clouds, account: str, region: str) -> dict[str, Any]:
    text = (FOLDER / "small_store.yaml").read_text(encoding="utf-8")
    found = launch_text(clouds.home, region, account, "small-store", text)
    store = {
        "Type": "S3",
        "Location": found["Bucket"],
        "EncryptionKey": {"Id": found["Key"], "Type": "KMS"},
    }
    return {"Region": region, "ArtifactStore": store}


def _template(
    made: Made, stores: list[dict[str, Any]], stages: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    text = (FOLDER / "small_pipeline.yaml").read_text(encoding="utf-8")
    template: dict[str, Any] = yaml.safe_load(text)
    resources = template["Resources"]
    for role, sid in made.lacking.items():
        _take_away(resources[f"{role.capitalize()}Role"]["Properties"], sid)
    for name, text in made.projects.items():
        resources[f"Project{name.capitalize()}"] = _project(name, text, made.project)
    if made.function:
        resources["Function"] = _function(made.function)
    resources["Pipeline"] = {
        "Type": "AWS::CodePipeline::Pipeline",
        "DependsOn": [each for each in resources if each.endswith("Role")],
        "Properties": {
            "Name": NAME,
            "PipelineType": "V2",
            "RoleArn": {"Fn::GetAtt": ["PipelineRole", "Arn"]},
            "ArtifactStores": stores,
            "Stages": [{"Name": "Source", "Actions": [made.source]}, *stages],
            **made.properties,
        },
    }
    resources |= made.resources
    return template


def _take_away(role: dict[str, Any], sid: str) -> None:
    document = role["Policies"][0]["PolicyDocument"]
    kept = [each for each in document["Statement"] if each["Sid"] != sid]
    assert len(kept) == len(document["Statement"]) - 1, f"no statement {sid}"
    document["Statement"] = kept


def _project(name: str, text: str, more: Mapping[str, Any]) -> dict[str, Any]:
    environment = {
        "Type": "LINUX_CONTAINER",
        "ComputeType": "BUILD_GENERAL1_SMALL",
        "Image": "aws/codebuild/standard:7.0",
        "EnvironmentVariables": [{"Name": "FROM_PROJECT", "Value": "project"}],
    }
    properties = {
        "Name": name,
        "ServiceRole": {"Fn::GetAtt": ["BuildRole", "Arn"]},
        "Artifacts": {"Type": "CODEPIPELINE"},
        "Environment": environment,
        "Source": {"Type": "CODEPIPELINE", "BuildSpec": text},
        **more,
    }
    return {"Type": "AWS::CodeBuild::Project", "Properties": properties}


def _function(code: str) -> dict[str, Any]:
    properties = {
        "FunctionName": "function",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["FunctionRole", "Arn"]},
        "Runtime": f"python{sys.version_info.major}.{sys.version_info.minor}",
        "Code": {"ZipFile": code},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def _tools(folder: Path) -> Path:
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    return tools
