"""Performs one action: takes its role on, brings its artifacts, puts its variables in, and tells.

What AWS would say no to ends as a failed action that names the call, never as an error of our own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.error import HTTPError

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.actions.performers import PERFORMERS
from rehearsal.actions.work import ActionError, Done, Scene, Work, take_on
from rehearsal.artifacts import Location, Stores
from rehearsal.blame import Blame
from rehearsal.commits import Commit
from rehearsal.definition import Action
from rehearsal.definition_rules import DECLARED, VARIABLE
from rehearsal.embedded_aws import root
from rehearsal.outcome import ActionResult, Listener, Status

REACHED = ("TARGET_ACCOUNT", "TARGET_REGION")


@dataclass(frozen=True)
class Performance:
    """An action about to begin, under the pipeline's role."""

    scene: Scene
    action: Action
    pipeline: str
    account: str
    role: str
    stores: Stores
    execution: str
    artifacts: Mapping[str, Location]
    variables: Mapping[str, Mapping[str, str]]
    commit: Commit
    revision: str
    listener: Listener
    began: float
    attempt: int


@dataclass(frozen=True)
class Performed:
    """How an action ended, and what it leaves to the rest of its execution."""

    result: ActionResult
    variables: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Location] = field(default_factory=dict)


def perform(one: Performance) -> Performed:
    """Perform an action; whatever AWS refuses makes it a failed one."""
    begun = time.monotonic()
    account, region = _place(one)
    action = one.action
    one.listener.action_began(action.stage, action.name, account, region)
    result = ActionResult(
        stage=action.stage,
        name=action.name,
        provider=action.provider,
        account=account,
        region=region,
        status=Status.SUCCEEDED,
        began=begun - one.began,
        attempt=one.attempt,
        stack=action.configuration.get("StackName", ""),
    )
    blame = Blame(one.scene.clouds)
    try:
        done = PERFORMERS[action.provider](_work(one))
    except (ActionError, BotoCoreError, ClientError, HTTPError) as error:
        ended = _failed(result, error, blame, one)
        done = Done("")
    else:
        ended = replace(result, said=done.said, log=done.log)
    ended = replace(ended, seconds=time.monotonic() - begun)
    one.listener.action_ended(ended)
    return Performed(ended, done.variables, done.outputs)


def _work(one: Performance) -> Work:
    """Return the work as the acting role begins it, its inputs in its region."""
    action, region, home = one.action, one.action.region, one.stores.definition.region
    who = take_on(one.scene.clouds, one.role, "codepipeline", home)
    one.stores.look_at(who, region)
    if absent := [name for name in action.inputs if name not in one.artifacts]:
        mend = "let the action that is to make it make it, or take it out of InputArtifacts"
        raise ActionError(f"there is no artifact {absent[0]}: nobody has made it", mend)
    inputs = {
        name: one.stores.carry(who, name, one.artifacts[name], region) for name in action.inputs
    }
    if action.role_arn:
        who = one.scene.clouds.of(home).assume(action.role_arn, who, home, one.execution)
    told = {key: _put_in(text, one) for key, text in action.configuration.items()}
    return Work(
        scene=one.scene,
        action=replace(action, configuration=told),
        pipeline=one.pipeline,
        account=one.account,
        execution=one.execution,
        role=action.role_arn or one.role,
        who=who,
        stores=one.stores,
        inputs=inputs,
        commit=one.commit,
        revision=one.revision,
    )


def _put_in(text: str, one: Performance) -> str:
    """Return a text with its variables put in. Raise `ActionError` for one that nobody gave."""
    for space, name in VARIABLE.findall(text):
        given = one.variables.get(space, {})
        if name not in given:
            raise ActionError(
                f"#{{{space}.{name}}} has no value: {space} gave {', '.join(given) or 'nothing'}",
                "give it a DefaultValue, or a value as the execution begins"
                if space == DECLARED
                else "export it where it is made",
            )
        text = text.replace(f"#{{{space}.{name}}}", given[name])
    return text


def _place(one: Performance) -> tuple[str, str]:
    """Return account and region an action works in, which a build may reach from elsewhere."""
    action = one.action
    if action.role_arn:
        return action.role_arn.split(":")[4], action.region
    if action.provider == "CodeBuild":
        given = _project_variables(one)
        return given.get(REACHED[0], one.account), given.get(REACHED[1], action.region)
    return one.account, action.region


def _project_variables(one: Performance) -> dict[str, str]:
    region = one.action.region
    client = one.scene.clouds.of(region).client("codebuild", region, root(one.account))
    names = [one.action.configuration["ProjectName"]]
    projects = client.batch_get_projects(names=names)["projects"]
    listed = projects[0]["environment"].get("environmentVariables", []) if projects else []
    return {each["name"]: each["value"] for each in listed}


def _failed(result: ActionResult, error: Exception, blame: Blame, one: Performance) -> ActionResult:
    why = str(error)
    mend, log = (error.mend, error.log) if isinstance(error, ActionError) else ("", ())
    refused = blame.refused(why, log, {one.account, result.account}, one.action.region)
    return replace(result, status=Status.FAILED, why=why, mend=mend, refused=refused, log=log)
