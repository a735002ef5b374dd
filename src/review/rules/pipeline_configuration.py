"""Rules about the configuration of a pipeline's actions: its keys, and what their values may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aws_reference.deploy_action_types import ACTION_MODES, CAPABILITIES
from refusals import nearest, quoted
from review.pipeline_case import of_action
from review.pipeline_view import Action, Pipeline
from review.rule import Found, rule

REFERENCE = "CodePipeline user guide, action structure reference"
LIMITS = "CodePipeline API reference, ActionConfigurationValue"
LONGEST = 1000
ROLE, MODE = "RoleArn", "ActionMode"
# Which further key a value of a key asks for.
ASKED_FOR = {
    MODE: ACTION_MODES,
    "Extract": {"false": ("ObjectKey",)},
    "InputType": {"FilePath": ("Input",)},
}


@rule(
    judges=Pipeline,
    id="MP121",
    sentence="An action is told what those of its type must be told.",
    mend="add the key to its Configuration",
    reason="CodePipeline refuses an action without a key its type requires.",
    source=REFERENCE,
    passes=of_action("Build.Build", "Configuration: {ProjectName: build}"),
    fails=of_action("Build.Build", "Configuration: {ProjectName: null}"),
)
def missing_key(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the required keys that actions lack."""
    for action in pipeline.actions:
        for key in _missing(action, action.type.required if action.type else ()):
            words = f"{action.place}: its Configuration has no {key}"
            yield Found(action.line("Configuration"), words)


@rule(
    judges=Pipeline,
    id="MP122",
    sentence="An action is told nothing but what those of its type know.",
    mend="write the key as AWS's reference does, or leave it out",
    reason="CodePipeline refuses an action with a key its type does not have.",
    source=REFERENCE,
    passes=of_action("Build.Build", "Configuration: {BatchEnabled: 'true'}"),
    fails=of_action("Build.Build", "Configuration: {ProjectName: null, ProjectNam: build}"),
)
def unknown_key(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the keys that nobody knows."""
    for action in pipeline.actions:
        for key in _unknown(action):
            near = nearest(key, action.type.keys if action.type else ())
            words = f"{action.place}: {action.kind[2].shown} knows no key {quoted(key)}{near}"
            yield Found(action.line("Configuration", key), words)


@rule(
    judges=Pipeline,
    id="MP123",
    sentence="A value of a configuration has 1 to 1,000 characters.",
    mend="pass what is longer in a file of an artifact; leave out what is empty",
    reason="CodePipeline refuses longer values, such as the parameters of many regions, and none.",
    source=LIMITS,
    passes=of_action("Deploy.Approve", f"Configuration: {{CustomData: {'x' * LONGEST}}}"),
    fails=of_action("Deploy.Approve", f"Configuration: {{CustomData: {'x' * (LONGEST + 1)}}}"),
)
def value_out_of_bounds(pipeline: Pipeline) -> Iterator[Found]:
    """Yield values that are empty, or too long even before a launch fills them in."""
    for action in pipeline.actions:
        for key, value in action.configuration.items():
            if value.written == "" or len(value.known) > LONGEST:
                words = f"{action.place}.{key}: has {len(value.known):,} characters"
                yield Found(action.line("Configuration", key), f"{words}, and may have 1 to 1,000")


@rule(
    judges=Pipeline,
    id="MP124",
    sentence="A value of a configuration is a text.",
    mend="write it as one text; JSON stands in quotes",
    reason="CodePipeline's configurations map texts to texts; lists and mappings are refused.",
    source=LIMITS,
    passes=of_action("Deploy.Home", 'Configuration: {ParameterOverrides: \'{"Tier": "a"}\'}'),
    fails=of_action("Deploy.Home", "Configuration: {ParameterOverrides: [Tier]}"),
)
def value_is_no_text(pipeline: Pipeline) -> Iterator[Found]:
    """Yield values that are lists or mappings."""
    for action in pipeline.actions:
        for key, value in action.configuration.items():
            if not value.is_text:
                words = f"{action.place}.{key}: is no text"
                yield Found(action.line("Configuration", key), words)


@rule(
    judges=Pipeline,
    id="MP125",
    sentence="ActionMode and other keys of few values have one of them.",
    mend="write one of the values AWS's reference names",
    reason="The action fails, or does something else, under a value its type does not know.",
    source=REFERENCE,
    passes=of_action("Deploy.Home", "Configuration: {ActionMode: REPLACE_ON_FAILURE}"),
    fails=of_action("Deploy.Home", "Configuration: {ActionMode: CREATE_OR_UPDATE}"),
)
def unknown_word(pipeline: Pipeline) -> Iterator[Found]:
    """Yield values that are none of those that a key may have."""
    for action in pipeline.actions:
        for key, allowed in (action.type.words if action.type else {}).items():
            word = action.told(key)
            if word and word not in allowed:
                mend = nearest(word, allowed) or f"; use one of {', '.join(allowed)}"
                words = f"{action.place}.{key}: {quoted(word)} is not known{mend}"
                yield Found(action.line("Configuration", key), words)


@rule(
    judges=Pipeline,
    id="MP126",
    sentence="Capabilities are those CloudFormation knows.",
    mend=f"write {', '.join(CAPABILITIES)}, with commas between several",
    reason="CloudFormation refuses to deploy under a capability it does not know.",
    source="CodePipeline user guide, AWS CloudFormation deploy action reference",
    passes=of_action(
        "Deploy.Home",
        "Configuration: {Capabilities: 'CAPABILITY_NAMED_IAM,CAPABILITY_AUTO_EXPAND'}",
    ),
    fails=of_action("Deploy.Home", "Configuration: {Capabilities: CAPABILITY_IAN}"),
)
def unknown_capability(pipeline: Pipeline) -> Iterator[Found]:
    """Yield capabilities that CloudFormation does not have."""
    for action in pipeline.actions:
        is_stack = action.type and "Capabilities" in action.type.keys
        for word in re.findall(r"[\w-]+", action.told("Capabilities") or "") if is_stack else ():
            if word not in CAPABILITIES:
                near = nearest(word, CAPABILITIES)
                words = f"{action.place}.Capabilities: {quoted(word)} is not known{near}"
                yield Found(action.line("Configuration", "Capabilities"), words)


@rule(
    judges=Pipeline,
    id="MP127",
    sentence="An action is told what its mode asks for, as a change set's name.",
    mend="add the key to its Configuration",
    reason="A mode of CloudFormation without its template, role or change set is refused.",
    source=REFERENCE,
    passes=of_action("Deploy.Home", "Configuration: {ActionMode: DELETE_ONLY}"),
    fails=of_action("Deploy.Home", "Configuration: {ActionMode: CHANGE_SET_REPLACE}"),
)
def key_missing_for_mode(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the keys that another key's value asks for."""
    for action in pipeline.actions:
        for key in ASKED_FOR:
            wanted = (each for each in _asked_for(pipeline, action, key) if each != ROLE)
            for each in _missing(action, wanted):
                words = f"{action.place}: {key} {action.configuration[key].shown} needs {each}"
                yield Found(action.line("Configuration", key), words)


@rule(
    judges=Pipeline,
    id="MP129",
    sentence="An action that changes a stack says under which role CloudFormation does so.",
    mend="add RoleArn to its Configuration, the ARN of a role CloudFormation may assume",
    reason="The reference requires RoleArn, though CodePipeline takes a pipeline without it; what"
    " CloudFormation may do is then whatever the pipeline's role may.",
    source=REFERENCE,
    level="warning",
    passes=of_action("Deploy.Home", "Configuration: {RoleArn: !GetAtt DeployRole.Arn}"),
    fails=of_action("Deploy.Home", "Configuration: {RoleArn: null}"),
)
def stack_without_role(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the actions that name no role, and act under none of their own either."""
    for action in pipeline.actions:
        is_asked = ROLE in _asked_for(pipeline, action, MODE) and not action.role
        if is_asked and _missing(action, [ROLE]):
            words = f"{action.place}: {MODE} {action.configuration[MODE].shown} needs {ROLE}"
            yield Found(action.line("Configuration", MODE), words)


def _asked_for(pipeline: Pipeline, action: Action, key: str) -> tuple[str, ...]:
    """Return the keys that whatever value a key may have asks for."""
    is_asked = action.type and key in action.type.keys
    choices = pipeline.choices(action.configuration.get(key)) if is_asked else ()
    first, *others = [ASKED_FOR[key].get(each, ()) for each in choices] or [()]
    return tuple(word for word in first if all(word in each for each in others))


def _unknown(action: Action) -> list[str]:
    if action.type is None or not action.type.keys_known:
        return []
    return [each for each in action.configuration if each not in action.type.keys]


def _missing(action: Action, keys: Iterable[str]) -> list[str]:
    """Return the keys an action lacks, without those it has under a misspelt name."""
    if not action.known:
        return []
    meant = "".join(nearest(each, action.type.keys) for each in _unknown(action) if action.type)
    return [each for each in keys if each not in action.configuration and f" {each}?" not in meant]
