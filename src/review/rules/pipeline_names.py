"""Rules about the names, the order and the number of a pipeline's stages and actions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from refusals import quoted
from review.pipeline_case import kind, of_action, of_pipeline, of_stage
from review.pipeline_values import Value, value_of
from review.pipeline_view import Pipeline
from review.rule import Found, rule
from template_reader.text import line_of_key

API = "CodePipeline API reference"
QUOTAS = "CodePipeline user guide, quotas"
NAME = re.compile(r"[A-Za-z0-9.@\-_]{1,100}")
LAST_RUN_ORDER = 999
FEWEST_STAGES, MOST_STAGES = 2, 50
MOST_ACTIONS, USUAL_ACTIONS, MOST_ACTIONS_IN_ALL = 100, 50, 1000
APPROVAL = kind("Approval", "Manual")


def _approvals(number: int) -> str:
    return f"Actions: [{', '.join(f'{{Name: A{each}, {APPROVAL}}}' for each in range(number))}]"


def _stages(number: int, words: str) -> str:
    return f"Stages: [{', '.join(f'{{Name: S{each}, {words}}}' for each in range(number))}]"


@rule(
    judges=Pipeline,
    id="MP161",
    sentence="Names of pipelines, stages and actions have up to 100 letters, digits, . @ - _.",
    mend="write letters, digits, ., @, - and _ only, 100 at most",
    reason="CodePipeline refuses other names, those with a space included.",
    source=API,
    passes=of_pipeline("Name: web-app.release_1@eu"),
    fails=of_pipeline("Name: web app"),
)
def misnamed(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the names that CodePipeline refuses."""
    for line, what, name in _names(pipeline):
        if name.text is not None and not NAME.fullmatch(name.text):
            yield Found(line, f"{quoted(name.text)} is no name of {what}")


@rule(
    judges=Pipeline,
    id="MP162",
    sentence="Stages have names of their own, and so have the actions of a stage.",
    mend="give each its own",
    reason="CodePipeline refuses two stages of one name, and two actions in one stage.",
    source="CodePipeline user guide, CodePipeline pipeline structure reference",
    passes=of_action("Build.Approve", kind("Approval", "Manual")),
    fails=of_stage(
        "Watch", f"Actions: [{{Name: Approve, {APPROVAL}}}, {{Name: Approve, {APPROVAL}}}]"
    ),
)
def doubled_name(pipeline: Pipeline) -> Iterator[Found]:
    """Yield stages of one name, and actions of one name within a stage."""
    stages: set[str] = set()
    for stage in pipeline.stages:
        if stage.name.written in stages:
            line = line_of_key(stage.node, "Name")
            yield Found(line, f"{stage.name.shown} is the name of another stage, too")
        stages.add(stage.name.written)
        actions: set[str] = set()
        for action in stage.actions:
            if action.name.written in actions:
                words = f"{action.place} is the name of another action, too"
                yield Found(action.line("Name"), words)
            actions.add(action.name.written)


@rule(
    judges=Pipeline,
    id="MP163",
    sentence="A RunOrder is a whole number from 1 to 999.",
    mend="write a number from 1 to 999",
    reason="CodePipeline refuses another.",
    source=f"{API}, ActionDeclaration",
    passes=of_action("Deploy.Twin", "RunOrder: 999"),
    fails=of_action("Deploy.Twin", "RunOrder: 1000"),
)
def run_order_out_of_bounds(pipeline: Pipeline) -> Iterator[Found]:
    """Yield run orders that are no number from 1 to 999."""
    for action in pipeline.actions:
        text = value_of(action.node.get("RunOrder", 1)).text
        order = action.run_order
        if text is not None and not (order is not None and 1 <= order <= LAST_RUN_ORDER):
            words = f"{action.place}.RunOrder: {text} is not from 1 to {LAST_RUN_ORDER}"
            yield Found(action.line("RunOrder"), words)


@rule(
    judges=Pipeline,
    id="MP164",
    sentence="A pipeline has 2 to 50 stages.",
    mend="put actions into one stage under several RunOrders, or make two pipelines",
    reason="CodePipeline refuses fewer and more.",
    source=QUOTAS,
    passes=of_pipeline(_stages(MOST_STAGES - 3, _approvals(1))),
    fails=of_pipeline(_stages(MOST_STAGES, _approvals(1))),
)
def too_many_stages(pipeline: Pipeline) -> Iterator[Found]:
    """Yield a pipeline with too few or too many stages."""
    number = len(pipeline.stages)
    if number > MOST_STAGES or (pipeline.stages_known and number < FEWEST_STAGES):
        words = f"has {number} stages, and may have {FEWEST_STAGES} to {MOST_STAGES}"
        yield Found(pipeline.line("Stages"), words)


@rule(
    judges=Pipeline,
    id="MP165",
    sentence="A stage has up to 100 actions.",
    mend="spread the actions over several stages",
    reason="CodePipeline refuses more.",
    source=QUOTAS,
    passes=of_stage("Watch", _approvals(USUAL_ACTIONS)),
    fails=of_stage("Watch", _approvals(MOST_ACTIONS + 1)),
)
def too_many_actions_of_a_stage(pipeline: Pipeline) -> Iterator[Found]:
    """Yield stages with more actions than CodePipeline takes."""
    for stage in pipeline.stages:
        if len(stage.actions) > MOST_ACTIONS:
            words = f"{stage.name.shown} has {len(stage.actions)} actions"
            yield Found(stage.node, f"{words}, and may have {MOST_ACTIONS}")


@rule(
    judges=Pipeline,
    id="MP166",
    sentence="A stage has more than 50 actions only where the account may have them.",
    mend="spread the actions over several stages, or ask for the account's quota",
    reason="50 was the quota until October 2024; an account may still have it.",
    source=QUOTAS,
    level="warning",
    passes=of_stage("Watch", _approvals(USUAL_ACTIONS)),
    fails=of_stage("Watch", _approvals(USUAL_ACTIONS + 1)),
)
def many_actions_of_a_stage(pipeline: Pipeline) -> Iterator[Found]:
    """Yield stages with more actions than every account may have."""
    for stage in pipeline.stages:
        if USUAL_ACTIONS < len(stage.actions) <= MOST_ACTIONS:
            words = f"{stage.name.shown} has {len(stage.actions)} actions"
            yield Found(stage.node, f"{words}, and in some accounts may have {USUAL_ACTIONS}")


@rule(
    judges=Pipeline,
    id="MP167",
    sentence="A pipeline has up to 1,000 actions.",
    mend="make two pipelines",
    reason="CodePipeline refuses more.",
    source=QUOTAS,
    passes=of_pipeline(_stages(3, _approvals(USUAL_ACTIONS))),
    fails=of_pipeline(_stages(20, _approvals(USUAL_ACTIONS))),
)
def too_many_actions(pipeline: Pipeline) -> Iterator[Found]:
    """Yield a pipeline with more actions than CodePipeline takes."""
    number = len(pipeline.actions)
    if number > MOST_ACTIONS_IN_ALL:
        words = f"has {number:,} actions, and may have {MOST_ACTIONS_IN_ALL:,}"
        yield Found(pipeline.line("Stages"), words)


def _names(pipeline: Pipeline) -> Iterator[tuple[int, str, Value]]:
    if "Name" in pipeline.node:
        yield pipeline.line("Name"), "a pipeline", value_of(pipeline.node["Name"])
    for stage in pipeline.stages:
        yield line_of_key(stage.node, "Name"), "a stage", stage.name
    for action in pipeline.actions:
        yield action.line("Name"), "an action", action.name
