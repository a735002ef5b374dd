"""Rules about the actions of CloudFormation: change sets, roles and stack sets."""

from __future__ import annotations

from collections.abc import Iterator

from aws_reference.deploy_action_types import SELF_MANAGED, SERVICE_MANAGED
from aws_reference.regions import partition_by_region
from refusals import nearest, quoted
from review.pipeline_case import kind, of_action, of_actions
from review.pipeline_values import Value, value_of
from review.pipeline_view import Action, Pipeline, is_done_before
from review.rule import Found, rule

MAKES, EXECUTES = "CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE"
CHANGE_SETS = "CodePipeline user guide, AWS CloudFormation deploy action reference"
STACK_SETS = "CodePipeline user guide, AWS CloudFormation StackSets"
ROLE = "AWS::IAM::Role"
MAKE = (
    "Configuration: {ActionMode: CHANGE_SET_REPLACE, ChangeSetName: changes, Capabilities: null,"
    " ParameterOverrides: null, TemplateConfiguration: null}"
)
EXECUTE = (
    f"RunOrder: 2, Region: us-east-1, {kind('Deploy', 'CloudFormation')}, Configuration:"
    " {ActionMode: CHANGE_SET_EXECUTE, StackName: web-app, ChangeSetName: "
)
STACK_SET = (
    f"{kind('Deploy', 'CloudFormationStackSet')}, InputArtifacts: [{{Name: Packaged}}],"
    " Configuration: {StackSetName: web-app, TemplatePath: 'Packaged::template.yaml', "
)
# What StackSets takes only under one model of permissions.
MODELS = {
    "OrganizationsAutoDeployment": SERVICE_MANAGED,
    "AdministrationRoleArn": SELF_MANAGED,
    "ExecutionRoleName": SELF_MANAGED,
}


@rule(
    judges=Pipeline,
    id="MP131",
    sentence="A change set is executed under the name, stack and region it is made with.",
    mend="write the same ChangeSetName, StackName and Region in both actions",
    reason="An action that executes another change set than was made fails in every run.",
    source=CHANGE_SETS,
    passes=of_actions("Deploy", {"Home": MAKE, "Execute": f"{EXECUTE}changes}}"}),
    fails=of_actions("Deploy", {"Home": MAKE, "Execute": f"{EXECUTE}change}}"}),
)
def change_set_never_made(pipeline: Pipeline) -> Iterator[Found]:
    """Yield actions that execute what another action makes under another name."""
    makers = [_change_set(each) for each in _acting(pipeline, MAKES)]
    for action in _acting(pipeline, EXECUTES) if pipeline.known else ():
        own = _change_set(action)
        same = [[_is_same(*pair) for pair in zip(each, own, strict=True)] for each in makers]
        near = [each for each, found in zip(makers, same, strict=True) if found.count(True) > 1]
        if near and all(False in found for found in same):
            words = (
                f"{action.place} executes {_called(own)}, and what is made is {_called(near[0])}"
            )
            yield Found(action.line("Configuration", "ChangeSetName"), words)


@rule(
    judges=Pipeline,
    id="MP132",
    sentence="A change set is made before it is executed.",
    mend="make it in an earlier stage, or under a lower RunOrder",
    reason="Actions of one RunOrder begin together; an old change set would be executed, or none.",
    source=CHANGE_SETS,
    passes=of_actions("Deploy", {"Home": MAKE, "Execute": f"{EXECUTE}changes}}"}),
    fails=of_actions("Deploy", {"Home": f"RunOrder: 2, {MAKE}", "Execute": f"{EXECUTE}changes}}"}),
)
def change_set_made_too_late(pipeline: Pipeline) -> Iterator[Found]:
    """Yield actions that execute what is made only later, or at the same time."""
    for action in _acting(pipeline, EXECUTES):
        own = _change_set(action)
        makers = [
            each
            for each in _acting(pipeline, MAKES)
            if all(_is_same(*pair) for pair in zip(_change_set(each), own, strict=True))
        ]
        if makers and not any(is_done_before(each, action) for each in makers):
            words = f"{action.place} executes what {makers[0].place} makes later"
            yield Found(action.line("RunOrder"), f"{words} or at the same time")


@rule(
    judges=Pipeline,
    id="MP133",
    sentence="A role is named by its ARN.",
    mend="write !GetAtt ROLE.Arn",
    reason="A Ref to a role gives its name, and CodePipeline wants its ARN.",
    source="CloudFormation, AWS::IAM::Role, return values",
    passes=of_action("Deploy.Home", "Configuration: {RoleArn: !GetAtt Role.Arn}"),
    fails=of_action("Deploy.Home", "Configuration: {RoleArn: !Ref Role}"),
)
def role_by_name(pipeline: Pipeline) -> Iterator[Found]:
    """Yield roles that actions name by a Ref to them."""
    for action in pipeline.actions:
        for keys, value in (
            (("RoleArn",), action.role),
            (("Configuration", "RoleArn"), action.configuration.get("RoleArn")),
        ):
            names = value.names if value and not value.known else ()
            if len(names) == 1 and pipeline.type_of(names[0]) == ROLE:
                words = f"{action.place}.{'.'.join(keys)}: !Ref {names[0]} is the role's name"
                yield Found(action.line(*keys), words)


@rule(
    judges=Pipeline,
    id="MP134",
    sentence="A stack set names its deployment targets together with their regions.",
    mend="give both DeploymentTargets and Regions, or neither",
    reason="StackSets takes the one only with the other.",
    source=STACK_SETS,
    passes=of_action(
        "Deploy.Everywhere", f"{STACK_SET}DeploymentTargets: ou-1, Regions: eu-west-1}}"
    ),
    fails=of_action("Deploy.Everywhere", f"{STACK_SET}Regions: eu-west-1}}"),
)
def targets_without_regions(pipeline: Pipeline) -> Iterator[Found]:
    """Yield stack sets that name targets and no regions, or regions and no targets."""
    pair = ("DeploymentTargets", "Regions")
    for action in _stack_sets(pipeline):
        there = [each for each in pair if each in action.configuration]
        if action.known and len(there) == 1:
            (missing,) = {*pair} - {*there}
            words = f"{action.place}: has {there[0]} and no {missing}"
            yield Found(action.line("Configuration", there[0]), words)


@rule(
    judges=Pipeline,
    id="MP135",
    sentence="A stack set has the keys of its permission model only.",
    mend="leave the key out, or write the other PermissionModel",
    reason="StackSets deploys of its own accord only under SERVICE_MANAGED, and has roles of yours"
    " only under SELF_MANAGED.",
    source=STACK_SETS,
    passes=of_action(
        "Deploy.Everywhere",
        f"{STACK_SET}PermissionModel: SERVICE_MANAGED, OrganizationsAutoDeployment: Enabled}}",
    ),
    fails=of_action("Deploy.Everywhere", f"{STACK_SET}OrganizationsAutoDeployment: Enabled}}"),
)
def key_of_other_model(pipeline: Pipeline) -> Iterator[Found]:
    """Yield keys that are of no use under the permission model of their stack set."""
    for action in _stack_sets(pipeline):
        is_given = "PermissionModel" in action.configuration
        model = action.told("PermissionModel") if is_given else SELF_MANAGED
        for key, wanted in MODELS.items():
            is_known = action.known and model in MODELS.values()
            if is_known and key in action.configuration and model != wanted:
                words = f"{action.place}: {key} is of no use under {model}"
                yield Found(action.line("Configuration", key), words)


@rule(
    judges=Pipeline,
    id="MP136",
    sentence="The regions of a stack set are regions AWS has, each once.",
    mend="write each region once, as AWS does, with commas between them",
    reason="StackSets refuses a region it does not know.",
    source=STACK_SETS,
    passes=of_action(
        "Deploy.Everywhere", f"{STACK_SET}DeploymentTargets: ou-1, Regions: 'eu-west-1,us-east-1'}}"
    ),
    fails=of_action(
        "Deploy.Everywhere", f"{STACK_SET}DeploymentTargets: ou-1, Regions: 'eu-wset-1'}}"
    ),
)
def unknown_region_of_stack_set(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the regions of stack sets that no partition has, or that stand there twice."""
    for action in _stack_sets(pipeline):
        written = [each.strip() for each in (action.told("Regions") or "").split(",")]
        for at, region in enumerate(filter(None, written)):
            near = nearest(region, partition_by_region())
            words = f"{action.place}.Regions: {quoted(region)} "
            if region not in partition_by_region():
                yield Found(action.line("Configuration", "Regions"), f"{words}is no region{near}")
            elif region in written[:at]:
                yield Found(action.line("Configuration", "Regions"), f"{words}stands there twice")


def _acting(pipeline: Pipeline, mode: str) -> list[Action]:
    return [each for each in pipeline.actions if each.type and each.told("ActionMode") == mode]


def _change_set(action: Action) -> tuple[Value, Value, Value]:
    """Return the names of change set and stack, and the region it is of."""
    name, stack = (action.configuration.get(key) for key in ("ChangeSetName", "StackName"))
    return name or value_of(None), stack or value_of(None), action.region


def _called(change_set: tuple[Value, Value, Value]) -> str:
    name, stack, region = (each.shown for each in change_set)
    return f"{name} of {stack} in {region}"


def _is_same(one: Value, other: Value) -> bool | None:
    """Return whether two values are the same; None where nobody can tell before a run."""
    if one.written == other.written:
        return True
    return False if one.word and other.word else None


def _stack_sets(pipeline: Pipeline) -> Iterator[Action]:
    for action in pipeline.actions:
        if action.type and "DeploymentTargets" in action.type.keys:
            yield action
