"""A CodePipeline definition as CloudFormation would hand it to CodePipeline, as typed data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.part import Part

PIPELINE_KEYS = (
    *("Name", "PipelineType", "ExecutionMode", "RoleArn", "ArtifactStore", "ArtifactStores"),
    *("Stages", "Triggers", "Variables", "RestartExecutionOnUpdate", "Tags"),
)
ACTION_KEYS = (
    *("Name", "Namespace", "ActionTypeId", "Configuration", "InputArtifacts", "OutputArtifacts"),
    *("Region", "RoleArn", "RunOrder", "TimeoutInMinutes"),
)


@dataclass(frozen=True)
class Action:
    """One action; `role_arn` is '' where the pipeline's own role acts, `timeout` in minutes."""

    stage: str
    name: str
    category: str
    owner: str
    provider: str
    version: str
    region: str
    role_arn: str = ""
    run_order: int = 1
    namespace: str = ""
    configuration: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    timeout: int | None = None

    @property
    def place(self) -> str:
        """Where in the pipeline the action stands."""
        return f"{self.stage}.{self.name}"


@dataclass(frozen=True)
class Stage:
    """Actions of a stage, in the order they are written.

    `on_failure` is FAIL, RETRY or ROLLBACK; `retry_mode` is FAILED_ACTIONS or ALL_ACTIONS.
    """

    name: str
    actions: tuple[Action, ...]
    on_failure: str = "FAIL"
    retry_mode: str = "FAILED_ACTIONS"


@dataclass(frozen=True)
class Store:
    """The bucket of a region's artifacts; `key` is '' for the key S3 has of its own."""

    region: str
    bucket: str
    key: str


@dataclass(frozen=True)
class Trigger:
    """What starts a pipeline: a push to a source action's repository, to branches by pattern."""

    source: str
    branches: tuple[str, ...]
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A pipeline; `variables` maps the names it declares to their defaults."""

    role: str
    region: str
    stages: tuple[Stage, ...]
    stores: tuple[Store, ...]
    mode: str
    type: str
    triggers: tuple[Trigger, ...]
    variables: Mapping[str, str]

    @property
    def actions(self) -> tuple[Action, ...]:
        """Every action, stage by stage."""
        return tuple(action for stage in self.stages for action in stage.actions)

    def is_before(self, one: Action, other: Action) -> bool:
        """Return whether an action is done before another begins."""
        order = {stage.name: at for at, stage in enumerate(self.stages)}
        return (order[one.stage], one.run_order) < (order[other.stage], other.run_order)


def read_definition(properties: Mapping[str, Any], region: str) -> Definition:
    """Return what resolved properties of an AWS::CodePipeline::Pipeline in a region define.

    Raises `RehearsalError` for what cannot be read; `definition_rules` says what is wrong with
    a definition that can.
    """
    top = Part("", properties).only(*PIPELINE_KEYS)
    return Definition(
        role=top.text("RoleArn"),
        region=region,
        stages=tuple(_stage(each, region) for each in top.parts("Stages")),
        stores=tuple(_stores(top, region)),
        mode=top.text("ExecutionMode", "SUPERSEDED"),
        type=top.text("PipelineType", "V2"),
        triggers=tuple(_trigger(each) for each in top.parts("Triggers")),
        variables={
            each.text("Name"): each.text("DefaultValue", "") for each in top.parts("Variables")
        },
    )


def _stage(part: Part, region: str) -> Stage:
    name = part.only("Name", "Actions", "OnFailure").text("Name")
    failing = part.part("OnFailure").only("Result", "RetryConfiguration")
    retry = failing.part("RetryConfiguration").only("RetryMode")
    return Stage(
        name=name,
        actions=tuple(_action(each, name, region) for each in part.parts("Actions")),
        on_failure=failing.text("Result", "FAIL"),
        retry_mode=retry.text("RetryMode", "FAILED_ACTIONS"),
    )


def _action(part: Part, stage: str, region: str) -> Action:
    kind = part.only(*ACTION_KEYS).part("ActionTypeId")
    order = part.number("RunOrder")
    return Action(
        stage=stage,
        name=part.text("Name"),
        category=kind.text("Category"),
        owner=kind.text("Owner"),
        provider=kind.text("Provider"),
        version=kind.text("Version"),
        region=part.text("Region", region),
        role_arn=part.text("RoleArn", ""),
        run_order=1 if order is None else order,
        namespace=part.text("Namespace", ""),
        configuration=part.texts("Configuration"),
        inputs=tuple(each.text("Name") for each in part.parts("InputArtifacts")),
        outputs=tuple(each.text("Name") for each in part.parts("OutputArtifacts")),
        timeout=part.number("TimeoutInMinutes"),
    )


def _stores(top: Part, region: str) -> Iterator[Store]:
    """Yield the stores: one of the pipeline's region, or one of each region by name."""
    if "ArtifactStore" in top.values:
        yield _store(top.part("ArtifactStore"), region)
    for each in top.parts("ArtifactStores"):
        yield _store(each.part("ArtifactStore"), each.text("Region"))


def _store(part: Part, region: str) -> Store:
    return Store(region, part.text("Location"), part.part("EncryptionKey").text("Id", ""))


def _trigger(part: Part) -> Trigger:
    git = part.only("ProviderType", "GitConfiguration").part("GitConfiguration")
    pushes = git.only("SourceActionName", "Push").parts("Push")
    branches = [
        each.only("Branches").part("Branches").only("Includes", "Excludes") for each in pushes
    ]
    return Trigger(
        source=git.text("SourceActionName"),
        branches=tuple(word for each in branches for word in each.words("Includes")),
        excluded=tuple(word for each in branches for word in each.words("Excludes")),
    )
