"""Rules about a pipeline's type, and what only some types have: triggers, variables, retries."""

from __future__ import annotations

from collections.abc import Iterator

from aws_reference.action_types import CONNECTION
from refusals import nearest, quoted
from review.pipeline_case import of_action, of_pipeline
from review.pipeline_values import Value
from review.pipeline_view import Pipeline
from review.rule import Found, rule
from template_reader.nodes import below
from template_reader.text import line_of_key

TYPES = "CodePipeline user guide, pipeline types"
API = "CodePipeline API reference, GitConfiguration"
STAGE_KEYS = ("OnFailure", "OnSuccess", "BeforeEntry")
MODES = ("QUEUED", "SUPERSEDED", "PARALLEL")
RESULTS = ("ROLLBACK", "RETRY", "FAIL", "SKIP")
RETRY_MODES = ("FAILED_ACTIONS", "ALL_ACTIONS")
MOST_VARIABLES = MOST_TRIGGERS = 50
PUSH = "ProviderType: CodeStarSourceConnection, GitConfiguration: {SourceActionName: "
V1 = "PipelineType: V1, Triggers: null, Variables: null, Stages: [{Name: Deploy, Actions: [{Name: "


@rule(
    judges=Pipeline,
    id="MP171",
    sentence="A pipeline of type V1 has nothing that only V2 has.",
    mend="write PipelineType: V2",
    reason="Triggers, variables, retries, conditions, other execution modes and newer actions are"
    " of V2 only.",
    source=TYPES,
    passes=of_pipeline(f"{V1}Home, Configuration: {{ParameterOverrides: null}}}}]}}]"),
    fails=of_pipeline("PipelineType: V1"),
)
def v2_only_on_v1(pipeline: Pipeline) -> Iterator[Found]:
    """Yield what a pipeline of type V1 cannot have."""
    if pipeline.type != "V1":
        return
    for key in ("Triggers", "Variables"):
        if pipeline.node.get(key):
            yield Found(pipeline.line(key), f"is of type V1 and has {key}")
    if pipeline.told("ExecutionMode") in {"QUEUED", "PARALLEL"}:
        words = f"is of type V1 and has ExecutionMode {pipeline.told('ExecutionMode')}"
        yield Found(pipeline.line("ExecutionMode"), words)
    for stage in pipeline.stages:
        for key in STAGE_KEYS:
            if stage.node.get(key):
                words = f"is of type V1, and {stage.name.shown} has {key}"
                yield Found(line_of_key(stage.node, key), words)
    for action in pipeline.actions:
        if action.type and action.type.only_v2:
            words = f"is of type V1, and {action.place} is of {action.type.provider}"
            yield Found(action.line("ActionTypeId", "Provider"), words)


@rule(
    judges=Pipeline,
    id="MP172",
    sentence="Pipeline types, execution modes and what a stage does on failure are known words.",
    mend="write one of the words CodePipeline knows",
    reason="CodePipeline refuses a word it does not know.",
    source="CodePipeline API reference, PipelineDeclaration and FailureConditions",
    passes=of_pipeline("ExecutionMode: QUEUED"),
    fails=of_pipeline("ExecutionMode: QUEUE"),
)
def unknown_mode(pipeline: Pipeline) -> Iterator[Found]:
    """Yield words for modes and results that CodePipeline does not know."""
    failures = [below(each.node, "OnFailure") for each in pipeline.stages]
    retries = [below(each, "RetryConfiguration") for each in failures]
    for holder, key, allowed in (
        (pipeline.node, "PipelineType", ("V1", "V2")),
        (pipeline.node, "ExecutionMode", MODES),
        *((each, "Result", RESULTS) for each in failures),
        *((each, "RetryMode", RETRY_MODES) for each in retries),
    ):
        word = below(holder, key)
        if isinstance(word, str) and word not in allowed:
            near = nearest(word, allowed) or f"; use one of {', '.join(allowed)}"
            yield Found(line_of_key(holder, key), f"{key}: {quoted(word)} is not known{near}")


@rule(
    judges=Pipeline,
    id="MP173",
    sentence="A trigger names a source action that comes from a connection.",
    mend="name the source action that is meant",
    reason="CodePipeline refuses a trigger of another action, or of none.",
    source=API,
    passes=of_action("Deploy.Home", "RunOrder: 1"),
    fails=of_pipeline(f"Triggers: [{{{PUSH}Build}}}}]"),
)
def trigger_of_nothing(pipeline: Pipeline) -> Iterator[Found]:
    """Yield triggers whose source action is not there, or of another kind."""
    first = [each for each in pipeline.actions if each.stage == 0]
    sources = {each.name.text: each for each in first if each.kind[2].text == CONNECTION}
    is_known = first and all(each.type and each.category == "Source" for each in first)
    for source in _triggering(pipeline) if is_known and None not in sources else ():
        if source.text is not None and source.text not in sources:
            near = nearest(source.text, filter(None, sources))
            words = f"Triggers: {quoted(source.text)} is no source action of a connection{near}"
            yield Found(source.line(pipeline.line("Triggers")), words)


@rule(
    judges=Pipeline,
    id="MP174",
    sentence="A source action has one trigger.",
    mend="put all its filters into one trigger",
    reason="CodePipeline refuses two triggers of one source action.",
    source=API,
    passes=of_action("Deploy.Home", "RunOrder: 1"),
    fails=of_pipeline(f"Triggers: [{{{PUSH}Source}}}}, {{{PUSH}Source}}}}]"),
)
def doubled_trigger(pipeline: Pipeline) -> Iterator[Found]:
    """Yield triggers whose source action has another."""
    seen: set[str] = set()
    for source in _triggering(pipeline):
        if source.written in seen:
            yield Found(source.line(pipeline.line("Triggers")), f"Triggers: {source.shown} has two")
        seen.add(source.written)


@rule(
    judges=Pipeline,
    id="MP175",
    sentence="A pipeline declares up to 50 variables and 50 triggers.",
    mend="leave some out, or read them from a file of an artifact",
    reason="CodePipeline refuses more.",
    source="CodePipeline API reference, PipelineDeclaration",
    passes=of_pipeline("Variables: [{Name: More, DefaultValue: a}]"),
    fails=of_pipeline(
        "Variables: ["
        + ", ".join(f"{{Name: V{each}, DefaultValue: a}}" for each in range(MOST_VARIABLES))
        + "]"
    ),
)
def too_many_declared(pipeline: Pipeline) -> Iterator[Found]:
    """Yield variables and triggers beyond what CodePipeline takes."""
    for key, number, most in (
        ("Variables", len(pipeline.variables), MOST_VARIABLES),
        ("Triggers", len(pipeline.triggers), MOST_TRIGGERS),
    ):
        if number > most:
            yield Found(pipeline.line(key), f"has {number} {key}, and may have {most}")


def _triggering(pipeline: Pipeline) -> list[Value]:
    return [each.source for each in pipeline.triggers if each.source]
