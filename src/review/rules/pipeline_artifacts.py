"""Rules about the way of artifacts through a pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from refusals import nearest, quoted
from review.pipeline_case import of_action, of_actions
from review.pipeline_values import ARTIFACT_NAME
from review.pipeline_view import Pipeline, is_done_before, unmade_inputs
from review.rule import Found, rule

STRUCTURE = "CodePipeline user guide, action structure requirements"
COUNTS = "CodePipeline user guide, valid input and output artifacts for each action type"
MAKES = "Configuration: {OutputFileName: a.json}, OutputArtifacts: [{Name: Outputs}]"


@rule(
    judges=Pipeline,
    id="MP111",
    sentence="What an action takes in is made by another.",
    mend="make it, or take another",
    reason="CodePipeline refuses an input artifact that no action has as its output.",
    source=STRUCTURE,
    passes=of_action("Deploy.Home", "InputArtifacts: [{Name: Source}]"),
    fails=of_action("Deploy.Home", "InputArtifacts: [{Name: Packagd}]"),
)
def input_of_nobody(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the inputs that nobody makes."""
    for action in pipeline.actions:
        for taken in unmade_inputs(pipeline, action):
            near = nearest(taken.written, pipeline.makers)
            words = f"{action.place} takes {quoted(taken.written)}, which no action makes{near}"
            yield Found(taken.line(action.line("InputArtifacts")), words)


@rule(
    judges=Pipeline,
    id="MP112",
    sentence="What an action takes in is made before it begins.",
    mend="make it in an earlier stage, or under a lower RunOrder",
    reason="Actions of one RunOrder begin together; CodePipeline refuses what is not there yet.",
    source=STRUCTURE,
    passes=of_actions("Deploy", {"Home": MAKES, "Twin": "InputArtifacts: [{Name: Outputs}]"}),
    fails=of_actions(
        "Deploy", {"Home": MAKES, "Twin": "RunOrder: 1, InputArtifacts: [{Name: Outputs}]"}
    ),
)
def input_made_too_late(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the inputs that are made only later, or at the same time."""
    for action in pipeline.actions:
        for taken in {each.written: each for each in action.inputs}.values():
            makers = [each for each, _ in pipeline.makers.get(taken.written, ())]
            if makers and not any(is_done_before(each, action) for each in makers):
                words = f"{action.place} takes {taken.shown}, which {makers[0].place} makes later"
                words += " or at the same time"
                yield Found(taken.line(action.line("InputArtifacts")), words)


@rule(
    judges=Pipeline,
    id="MP113",
    sentence="Each output artifact has a name of its own.",
    mend="give each its own name",
    reason="CodePipeline refuses two output artifacts of one name, even from different actions.",
    source=STRUCTURE,
    passes=of_action("Build.Build", "OutputArtifacts: [{Name: Reports}]"),
    fails=of_action("Build.Build", "OutputArtifacts: [{Name: Source}]"),
)
def output_made_twice(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the outputs that bear the name of another."""
    for makers in pipeline.makers.values():
        for action, made in makers[1:]:
            words = f"{action.place} makes {made.shown}, as {makers[0][0].place} does"
            yield Found(made.line(action.line("OutputArtifacts")), words)


@rule(
    judges=Pipeline,
    id="MP114",
    sentence="Names of artifacts have up to 100 letters, digits, - and _.",
    mend="write letters, digits, - and _ only, 100 at most",
    reason="CodePipeline refuses other names, those with a dot or a space included.",
    source="CodePipeline API reference, OutputArtifact",
    passes=of_action("Build.Build", "OutputArtifacts: [{Name: Test-Reports_1}]"),
    fails=of_action("Build.Build", "OutputArtifacts: [{Name: Test.Reports}]"),
)
def artifact_misnamed(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the outputs whose name is too long, or has characters it must not have."""
    for action in pipeline.actions:
        for made in action.outputs:
            if made.text is not None and not ARTIFACT_NAME.fullmatch(made.text):
                words = f"{action.place}: {quoted(made.text)} is no name of an artifact"
                yield Found(made.line(action.line("OutputArtifacts")), words)


@rule(
    judges=Pipeline,
    id="MP115",
    sentence="An action takes and makes as many artifacts as those of its type do.",
    mend="give it as many as its type wants",
    reason="CodePipeline refuses a build without input, or a source with two outputs.",
    source=COUNTS,
    passes=of_action("Build.Build", "OutputArtifacts: [{Name: Reports}]"),
    fails=of_action("Build.Build", "InputArtifacts: null"),
)
def miscounted_artifacts(pipeline: Pipeline) -> Iterator[Found]:
    """Yield actions with too few or too many artifacts."""
    for action in pipeline.actions:
        if action.type is None or not action.known:
            continue
        for key, there, (least, most) in (
            ("InputArtifacts", len(action.inputs), action.type.inputs),
            ("OutputArtifacts", len(action.outputs), action.type.outputs),
        ):
            if not least <= there <= most:
                wanted = f"{least}" if least == most else f"{least} to {most}"
                words = f"{action.place}.{key}: {there}, {action.type.provider} wants {wanted}"
                yield Found(action.line(key), words)
