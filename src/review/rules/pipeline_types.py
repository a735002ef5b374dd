"""Rules about what kinds of action a pipeline has, and where each may stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws_reference.action_types import ACTION_TYPES, types_of_provider
from refusals import nearest
from review.pipeline_case import kind, of_action, of_stage
from review.pipeline_values import value_of
from review.pipeline_view import Action, Pipeline
from review.rule import Found, rule

STRUCTURE = "CodePipeline user guide, CodePipeline pipeline structure reference"
SOURCE, APPROVAL = "Source", "Approval"
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 5, 86_400
MOST_COMMANDS, LONGEST_COMMAND = 50, 1000
COMMANDS = f"{kind('Compute', 'Commands')}, InputArtifacts: [{{Name: Source}}]"


@rule(
    judges=Pipeline,
    id="MP151",
    sentence="Owner, category, provider and version of an action belong together.",
    mend="write them as AWS's action structure reference does",
    reason="CodePipeline refuses an action of a type it does not have.",
    source="CodePipeline user guide, action structure reference",
    passes=of_action("Build.Build", "ActionTypeId: {Category: Test}"),
    fails=of_action("Build.Build", "ActionTypeId: {Category: Deploy}"),
)
def unknown_type(pipeline: Pipeline) -> Iterator[Found]:
    """Yield actions of a type that AWS's reference does not have; custom ones are not judged."""
    for action in pipeline.actions:
        if _is_mistyped(action):
            written = "/".join(each.shown for each in action.kind)
            words = f"{action.place}: {written} is no type of action{_meant(action)}"
            yield Found(action.line("ActionTypeId", "Provider"), words)


@rule(
    judges=Pipeline,
    id="MP152",
    sentence="The first stage holds sources, and nothing but sources; no other stage does.",
    mend="put sources into the first stage, and everything else into a later one",
    reason="CodePipeline refuses sources elsewhere, and a first stage without one.",
    source=STRUCTURE,
    passes=of_action(
        "Source.Image",
        f"{kind('Source', 'ECR')}, Configuration: {{RepositoryName: web-app}},"
        " OutputArtifacts: [{Name: Image}]",
    ),
    fails=of_action(
        "Build.Image",
        f"{kind('Source', 'ECR')}, Configuration: {{RepositoryName: web-app}},"
        " OutputArtifacts: [{Name: Image}]",
    ),
)
def source_out_of_place(pipeline: Pipeline) -> Iterator[Found]:
    """Yield sources outside the first stage, and what else is in it."""
    for action in pipeline.actions if pipeline.stages_known else ():
        is_source, is_first = action.category == SOURCE, action.stage == 0
        is_known = action.category is not None and not _is_mistyped(action)
        if is_known and is_source != is_first:
            words = "is no source, and stands in the first stage"
            if is_source:
                words = "is a source, and does not stand in the first stage"
            yield Found(action.line("ActionTypeId", "Category"), f"{action.place} {words}")


@rule(
    judges=Pipeline,
    id="MP153",
    sentence="Each stage has an action.",
    mend="give it an action, or leave it out",
    reason="CodePipeline refuses a stage without actions.",
    source=STRUCTURE,
    passes=of_action("Watch.Approve", kind(APPROVAL, "Manual")),
    fails=of_stage("Watch", "Actions: []"),
)
def empty_stage(pipeline: Pipeline) -> Iterator[Found]:
    """Yield stages that have no action."""
    for stage in pipeline.stages:
        if stage.known and not stage.actions:
            yield Found(stage.node, f"{stage.name.shown} has no actions")


@rule(
    judges=Pipeline,
    id="MP154",
    sentence="Only approvals have a TimeoutInMinutes, from 5 to 86,400.",
    mend="write 5 to 86,400 minutes, and only for approvals",
    reason="CodePipeline refuses another time, and a timeout of other actions.",
    source="CodePipeline API reference, ActionDeclaration",
    passes=of_action("Deploy.Approve", "TimeoutInMinutes: 86400"),
    fails=of_action("Build.Build", "TimeoutInMinutes: 60"),
)
def timeout_out_of_bounds(pipeline: Pipeline) -> Iterator[Found]:
    """Yield timeouts that are too short or too long, or not of an approval."""
    for action in pipeline.actions:
        if "TimeoutInMinutes" not in action.node or _is_mistyped(action):
            continue
        line = action.line("TimeoutInMinutes")
        minutes = value_of(action.node["TimeoutInMinutes"]).text or ""
        if action.category not in {APPROVAL, None}:
            yield Found(line, f"{action.place} is no approval, and has TimeoutInMinutes")
        elif minutes.isdecimal() and not SHORTEST_TIMEOUT <= int(minutes) <= LONGEST_TIMEOUT:
            yield Found(line, f"{action.place}: {minutes} minutes are no time for an approval")


@rule(
    judges=Pipeline,
    id="MP155",
    sentence="A Commands action, and no other, has 1 to 50 commands of up to 1,000 characters.",
    mend="write 1 to 50 commands, and put longer ones into a script",
    reason="CodePipeline refuses more, longer ones, none, and commands of other actions.",
    source="CodePipeline user guide, Commands action reference",
    passes=of_action("Build.Unpack", f"{COMMANDS}, Commands: [ls, make]"),
    fails=of_action("Build.Unpack", f"{COMMANDS}, Commands: []"),
)
def commands_out_of_bounds(pipeline: Pipeline) -> Iterator[Found]:
    """Yield actions with commands too many or too long, without any, or of another type."""
    for action in pipeline.actions:
        commands = action.node.get("Commands", [])
        if action.type is None or not isinstance(commands, list):
            continue
        line = action.line("Commands")
        if action.type.category != "Compute":
            if commands:
                yield Found(line, f"{action.place} is of {action.type.provider}, and has Commands")
        elif not 1 <= len(commands) <= MOST_COMMANDS:
            yield Found(line, f"{action.place} has {len(commands)} commands, and may have 1 to 50")
        elif any(map(_is_too_long, commands)):
            yield Found(line, f"{action.place} has a command of over 1,000 characters")


def _is_too_long(command: Any) -> bool:
    return len(value_of(command).known) > LONGEST_COMMAND


def _is_mistyped(action: Action) -> bool:
    """Return whether there is no such type, as far as its owner's types are known here."""
    texts = [each.text for each in action.kind]
    if action.type or None in texts or texts[1] == "Custom":
        return False
    return texts[1] != "ThirdParty" or bool(types_of_provider(texts[2] or ""))


def _meant(action: Action) -> str:
    """Return which type may have been meant."""
    category, provider = action.category, action.kind[2].text or ""
    types = types_of_provider(provider)
    if types:
        return f" (did you mean {' or '.join(map(str, types))}?)"
    same = {each.provider for each in ACTION_TYPES if each.category == category}
    return nearest(provider, same) or nearest(provider, {each.provider for each in ACTION_TYPES})
