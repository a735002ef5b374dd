"""Rules about what an action's configuration says of its inputs: paths into them, and names."""

from __future__ import annotations

from collections.abc import Iterator

from refusals import nearest, quoted
from review.pipeline_case import kind, of_action
from review.pipeline_values import ARTIFACT_NAME, VARIABLE, is_unknown
from review.pipeline_view import Action, Pipeline, unmade_inputs
from review.rule import Found, rule

SEPARATOR = "::"
# What leads into an artifact, as ARTIFACT::FILE; whatever else is not written so is a list.
PATHS = ("TemplatePath", "TemplateConfiguration")
PATHS_OR_LISTS = ("Parameters", "ParameterOverrides", "DeploymentTargets")
STACKS = ("CloudFormation", "CloudFormationStackSet", "CloudFormationStackInstances")
WITHOUT_TEMPLATE = ("CHANGE_SET_EXECUTE", "DELETE_ONLY")
CLOUDFORMATION = "CodePipeline user guide, AWS CloudFormation deploy action reference"
CODEBUILD = "CodePipeline user guide, AWS CodeBuild build and test action reference"


@rule(
    judges=Pipeline,
    id="MP116",
    sentence="A path into an artifact is written ARTIFACT::FILE.",
    mend="write ARTIFACT::FILE",
    reason="CloudFormation's actions look for their files in the artifact named there.",
    source=CLOUDFORMATION,
    passes=of_action("Deploy.Home", "Configuration: {TemplatePath: 'Packaged::a/b.yaml'}"),
    fails=of_action("Deploy.Home", "Configuration: {TemplatePath: template.yaml}"),
)
def path_without_artifact(pipeline: Pipeline) -> Iterator[Found]:
    """Yield paths that do not say which artifact, or which file."""
    for action in pipeline.actions:
        for key, artifact, file in _paths(action):
            text = action.told(key)
            if text is not None and not (artifact and file):
                words = f"{action.place}.{key}: {quoted(text)} names no artifact and file"
                yield Found(action.line("Configuration", key), words)


@rule(
    judges=Pipeline,
    id="MP117",
    sentence="TemplatePath and TemplateConfiguration lead into an artifact the action takes in.",
    mend="name an input, or add the artifact to InputArtifacts",
    reason="An action sees no artifact but its inputs.",
    source=CLOUDFORMATION,
    passes=of_action("Deploy.Home", "Configuration: {TemplatePath: 'Packaged::b.yaml'}"),
    fails=of_action("Deploy.Home", "Configuration: {TemplateConfiguration: 'Source::dev.json'}"),
)
def path_outside_inputs(pipeline: Pipeline) -> Iterator[Found]:
    """Yield paths into what is no input of the action."""
    for action in pipeline.actions:
        for key, artifact, file in _paths(action):
            if file and _is_no_input(pipeline, action, artifact):
                near = nearest(artifact, filter(None, (each.text for each in action.inputs)))
                words = f"{action.place}.{key}: {quoted(artifact)} is no input of it{near}"
                yield Found(action.line("Configuration", key), words)


@rule(
    judges=Pipeline,
    id="MP118",
    sentence="PrimarySource and the like name an artifact the action takes in.",
    mend="name an input",
    reason="An action sees no artifact but its inputs.",
    source=CODEBUILD,
    passes=of_action("Build.Build", "Configuration: {PrimarySource: Source}"),
    fails=of_action("Build.Build", "Configuration: {PrimarySource: Packaged}"),
)
def key_outside_inputs(pipeline: Pipeline) -> Iterator[Found]:
    """Yield keys that name what is no input of the action."""
    for action in pipeline.actions:
        for key in action.type.artifact_keys if action.type else ():
            text = action.told(key)
            if text is not None and _is_no_input(pipeline, action, text):
                near = nearest(text, filter(None, (each.text for each in action.inputs)))
                words = f"{action.place}.{key}: {quoted(text)} is no input of it{near}"
                yield Found(action.line("Configuration", key), words)


@rule(
    judges=Pipeline,
    id="MP119",
    sentence="A build with several inputs says which of them holds its buildspec.",
    mend="add PrimarySource",
    reason="Without PrimarySource CodeBuild refuses to start.",
    source=CODEBUILD,
    passes=of_action(
        "Deploy.Check",
        f"{kind('Build', 'CodeBuild')}, InputArtifacts: [{{Name: Source}}, {{Name: Packaged}}],"
        " Configuration: {ProjectName: check, PrimarySource: Source}",
    ),
    fails=of_action(
        "Deploy.Check",
        f"{kind('Build', 'CodeBuild')}, InputArtifacts: [{{Name: Source}}, {{Name: Packaged}}],"
        " Configuration: {ProjectName: check}",
    ),
)
def build_without_primary_source(pipeline: Pipeline) -> Iterator[Found]:
    """Yield builds that do not say where their buildspec is."""
    for action in pipeline.actions:
        is_build = action.known and action.type and "PrimarySource" in action.type.keys
        if is_build and len(action.inputs) > 1 and "PrimarySource" not in action.configuration:
            words = f"{action.place} takes {len(action.inputs)} artifacts and has no PrimarySource"
            yield Found(action.line("InputArtifacts"), words)


def _is_no_input(pipeline: Pipeline, action: Action, name: str) -> bool:
    """Return whether an artifact is no input, and it is not the input's name that is wrong."""
    names = {each.text for each in action.inputs}
    is_known = action.known and None not in names and not unmade_inputs(pipeline, action)
    return is_known and name not in names


def _paths(action: Action) -> Iterator[tuple[str, str, str]]:
    """Yield key, artifact and file of each path whose beginning is known; '' for what is not there.

    What a mode of CloudFormation ignores is no path.
    """
    is_read = action.told("ActionMode") not in WITHOUT_TEMPLATE
    if not (is_read and action.type and action.type.provider in STACKS):
        return
    for key, value in action.configuration.items():
        artifact, separator, file = value.written.partition(SEPARATOR)
        is_list = key in PATHS_OR_LISTS and separator and ARTIFACT_NAME.fullmatch(artifact)
        is_known = not is_unknown(artifact) and VARIABLE not in artifact
        if is_known and (key in PATHS or is_list):
            yield key, artifact, file
