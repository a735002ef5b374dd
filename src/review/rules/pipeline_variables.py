"""Rules about variables: their names, and that what actions read is there when they begin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from refusals import nearest, quoted
from review.pipeline_case import of_action, of_pipeline
from review.pipeline_values import VARIABLE_READ, is_unknown, value_of
from review.pipeline_view import Action, Pipeline, is_done_before
from review.rule import Found, rule
from template_reader.text import line_of, line_of_key

VARIABLES = "CodePipeline user guide, variables reference"
OF_PIPELINE, DECLARED = "codepipeline", "variables"
GIVEN_BY_PIPELINE = ("PipelineExecutionId",)
SPACE = re.compile(r"[A-Za-z0-9@\-_]{1,100}")
NAME = re.compile(r"[A-Za-z0-9@\-_]{1,128}")
LONGEST = 1000
ALIKE = 0.85  # of 1, where two words are the same


@rule(
    judges=Pipeline,
    id="MP141",
    sentence="A variable an action reads is of a namespace that there is.",
    mend="give the Namespace to the action that is meant",
    reason="CodePipeline refuses a variable of a namespace that no action has.",
    source=VARIABLES,
    passes=of_action("Deploy.Approve", "Configuration: {CustomData: '#{Build.Version}'}"),
    fails=of_action("Deploy.Approve", "Configuration: {CustomData: '#{Sources.CommitId}'}"),
)
def undefined_namespace(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the variables of namespaces that no action has."""
    if not pipeline.known or any(map(is_unknown, pipeline.givers)):
        return
    for line, action, space, name in _read(pipeline):
        if space not in {*pipeline.givers, OF_PIPELINE, DECLARED}:
            near = nearest(space, pipeline.givers)
            words = f"{action.place}: {_written(space, name)} is of no action's namespace{near}"
            yield Found(line, words)


@rule(
    judges=Pipeline,
    id="MP142",
    sentence="Each namespace is that of one action.",
    mend="give each action its own",
    reason="CodePipeline refuses a pipeline in which two actions have one namespace.",
    source=VARIABLES,
    passes=of_action("Deploy.Home", "Namespace: Home"),
    fails=of_action("Deploy.Home", "Namespace: Build"),
)
def doubled_namespace(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the namespaces that another action has, too."""
    for givers in pipeline.givers.values():
        for action in givers[1:]:
            space = action.namespace.shown if action.namespace else ""
            words = f"{action.place}: Namespace {space} is {givers[0].place}'s"
            yield Found(action.line("Namespace"), words)


@rule(
    judges=Pipeline,
    id="MP143",
    sentence="A variable is read by actions that begin after it is given.",
    mend="run the action that gives it in an earlier stage, or under a lower RunOrder",
    reason="CodePipeline refuses a variable of an action that is not done before.",
    source=VARIABLES,
    passes=of_action("Build.Build", "Configuration: {BuildspecOverride: '#{Source.CommitId}'}"),
    fails=of_action("Build.Build", "Configuration: {BuildspecOverride: '#{Build.Version}'}"),
)
def variable_read_too_early(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the variables of actions that are done only later, or at the same time."""
    for line, action, space, name in _read(pipeline):
        givers = pipeline.givers.get(space, ())
        if givers and not any(is_done_before(each, action) for each in givers):
            words = f"{action.place}: {_written(space, name)} is read before {givers[0].place}"
            yield Found(line, f"{words} has given it")


@rule(
    judges=Pipeline,
    id="MP144",
    sentence="Names of namespaces have up to 100 letters, digits, @, - and _.",
    mend="write letters, digits, @, - and _ only, 100 at most",
    reason="CodePipeline refuses other names; codepipeline and variables are its own.",
    source="CodePipeline API reference, ActionDeclaration",
    passes=of_action("Deploy.Home", "Namespace: Home_1"),
    fails=of_action("Deploy.Home", "Namespace: Deploy.Home"),
)
def namespace_misnamed(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the namespaces that have a name they must not have."""
    for action in pipeline.actions:
        text = action.namespace.text if action.namespace else None
        if text is not None and (not SPACE.fullmatch(text) or text in {OF_PIPELINE, DECLARED}):
            words = f"{action.place}: {quoted(text)} is no name of a namespace"
            yield Found(action.line("Namespace"), words)


@rule(
    judges=Pipeline,
    id="MP145",
    sentence="A variable read as #{variables.NAME} is declared by the pipeline.",
    mend="declare it under Variables",
    reason="CodePipeline refuses a variable that the pipeline does not declare.",
    source=VARIABLES,
    passes=of_action("Deploy.Approve", "Configuration: {CustomData: '#{variables.Tier}'}"),
    fails=of_action("Deploy.Approve", "Configuration: {CustomData: '#{variables.Teir}'}"),
)
def undeclared_variable(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the variables that actions read and the pipeline does not declare."""
    declared = {each.name.text for each in pipeline.variables}
    if not pipeline.variables_known or None in declared:
        return
    for line, action, space, name in _read(pipeline):
        if space == DECLARED and name not in declared:
            near = nearest(name, filter(None, declared))
            words = f"{action.place}: {_written(space, name)} is declared nowhere{near}"
            yield Found(line, words)


@rule(
    judges=Pipeline,
    id="MP146",
    sentence="A pipeline's variables have names of letters, digits, @, - and _, each its own.",
    mend="write letters, digits, @, - and _ only, 128 at most, and each name once",
    reason="CodePipeline refuses other names, and one name for two variables.",
    source="CodePipeline API reference, PipelineVariableDeclaration",
    passes=of_pipeline("Variables: [{Name: Image_Tag, DefaultValue: latest}]"),
    fails=of_pipeline("Variables: [{Name: image.tag, DefaultValue: latest}]"),
)
def variable_misnamed(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the variables whose name they must not have, or that another has."""
    seen: set[str] = set()
    for variable in pipeline.variables:
        name = variable.name.text
        if name is not None and (name in seen or not NAME.fullmatch(name)):
            words = "stands there twice" if name in seen else "is no name of a variable"
            line = line_of_key(variable.node, "Name")
            yield Found(line, f"Variables: {quoted(name)} {words}")
        seen.add(variable.name.written)


@rule(
    judges=Pipeline,
    id="MP147",
    sentence="A variable is read by the name it is given under.",
    mend="write the name as AWS's reference does",
    reason="Names of variables are case-sensitive, and what nobody gives fails the action.",
    source=VARIABLES,
    passes=of_action("Deploy.Approve", "Configuration: {CustomData: '#{Source.BranchName}'}"),
    fails=of_action("Deploy.Approve", "Configuration: {CustomData: '#{Source.CommitID}'}"),
)
def variable_misspelt(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the variables that are spelled nearly as what is given.

    There are others than the reference names, so what is unlike any of those is not judged.
    """
    for line, action, space, name in _read(pipeline):
        types = [each.type for each in pipeline.givers.get(space, ()) if each.type]
        given = [word for type_ in types for word in type_.variables]
        own = GIVEN_BY_PIPELINE if space == OF_PIPELINE else ()
        known = {each.lower(): each for each in (*given, *own)}
        near = get_close_matches(name.lower(), known, n=1, cutoff=ALIKE)
        if near and name not in known.values():
            words = f"{action.place}: {_written(space, name)} is given by nobody"
            yield Found(line, f"{words} (did you mean {known[near[0]]}?)")


@rule(
    judges=Pipeline,
    id="MP148",
    sentence="The default of a pipeline's variable has 1 to 1,000 characters.",
    mend="shorten the default, or leave it out",
    reason="CodePipeline refuses an empty default, and a longer one.",
    source="CodePipeline API reference, PipelineVariableDeclaration",
    passes=of_pipeline(f"Variables: [{{Name: Tier, DefaultValue: {'x' * LONGEST}}}]"),
    fails=of_pipeline("Variables: [{Name: Tier, DefaultValue: ''}]"),
)
def default_out_of_bounds(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the defaults that are empty or too long."""
    for variable in pipeline.variables:
        default = variable.default
        if default and (default.written == "" or len(default.known) > LONGEST):
            words = f"Variables: the default of {variable.name.shown}"
            line = line_of_key(variable.node, "DefaultValue")
            yield Found(line, f"{words} has {len(default.known):,} characters")


def _read(pipeline: Pipeline) -> Iterator[tuple[int, Action, str, str]]:
    """Yield line, action, namespace and name of each variable that is read, if both are known."""
    for action in pipeline.actions:
        for line, text in _texts(action):
            for space, name in dict.fromkeys(VARIABLE_READ.findall(text)):
                if not is_unknown(f"{space}{name}"):
                    yield line, action, space, name


def _texts(action: Action) -> Iterator[tuple[int, str]]:
    """Yield line and text of whatever CodePipeline fills in before an action begins."""
    for key, value in action.configuration.items():
        yield action.line("Configuration", key), value.written
    for key in ("Commands", "EnvironmentVariables"):
        for each in _items(action.node.get(key)):
            text = each.get("Value") if isinstance(each, dict) else each
            yield line_of(text, action.line(key)), value_of(text).written


def _items(node: Any) -> list[Any]:
    return node if isinstance(node, list) else []


def _written(space: str, name: str) -> str:
    return f"#{{{space}.{name}}}"
