"""A stage that deploys by change sets: made, approved by a person where that is wanted, executed.

All of it is one stage, in the order of `RunOrder`: a stage that fails is retried with its change
sets made anew (the retry of a stage whose change set was made in another would execute an old one).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from troposphere import Ref, Sub
from troposphere.codepipeline import Actions, ActionTypeId, InputArtifacts, Stages

from pipeline import accounts, deploying, names
from pipeline.actions import BUILD_NAMESPACE
from pipeline.approvals import approve, stack_page
from pipeline.names import THIS_STACK, value
from pipeline.reviews import namespace
from pipeline.topology import Region, Stage, Target, Topology

PACKAGED = "Packaged"
CHANGE_SET = f"{THIS_STACK}-change"
MAKE, REVIEW, APPROVE = 1, 2, 3
MOST_NAMED = 6


def deploy_stage(
    topology: Topology, stage: Stage, review: Sequence[Actions], beside: Sequence[Actions]
) -> Stages:
    """Return a stage; `beside` are actions that deploy when the change sets are executed."""
    here = stage.targets_in(topology.partition)
    made = [
        _action(
            stage,
            to,
            f"ChangeSet-{to.region.text}",
            RunOrder=MAKE,
            Configuration=_make(stage, to),
            InputArtifacts=[InputArtifacts(Name=PACKAGED)],
        )
        for to in here
    ]
    asked = [_ask(topology, stage)] if stage.approval else []
    order = executed_at(stage)
    executed = [
        _action(stage, to, to.region.text, RunOrder=order, Configuration=_execute(stage))
        for to in here
    ]
    return Stages(Name=stage.name, Actions=[*made, *review, *asked, *executed, *beside])


def executed_at(stage: Stage) -> int:
    """Return the `RunOrder` at which a stage changes something."""
    return APPROVE + 1 if stage.approval else MAKE + 1


def template_file(region: Region) -> str:
    """Return the file that Build packages for a region; home's has the seed's name."""
    return f"transform-packaged{'' if ':' in region.parameter else f'-{region.text}'}.yaml"


def _action(stage: Stage, to: Target, name: str, **more: Any) -> Actions:
    assumed = accounts.role_parameter(stage, names.CROSS_ACCOUNT_ROLE)
    under: dict[str, Any] = {"RoleArn": Ref(assumed)} if to.account else {}
    return Actions(
        Name=value(name),
        Region=value(to.region.text),
        **under,
        ActionTypeId=ActionTypeId(
            Category="Deploy", Owner="AWS", Provider="CloudFormation", Version="1"
        ),
        **more,
    )


def _make(stage: Stage, to: Target) -> dict[str, Any]:
    given = {names.PROJECT: f"${{{names.PROJECT}}}", names.STAGE: stage.name.lower()}
    own = accounts.role_parameter(stage, names.CLOUD_FORMATION_ROLE)
    return {
        "ActionMode": "CHANGE_SET_REPLACE",
        "Capabilities": Ref(deploying.CAPABILITIES),
        "StackName": value(names.project_stack(stage.name.lower())),
        "ChangeSetName": value(CHANGE_SET),
        "TemplatePath": value(f"{PACKAGED}::{template_file(to.region)}"),
        "ParameterOverrides": Sub(json.dumps(given)),
        "RoleArn": accounts.deploy_role_arn(stage) if to.account else Ref(own),
    }


def _execute(stage: Stage) -> dict[str, Any]:
    return {
        "ActionMode": "CHANGE_SET_EXECUTE",
        "StackName": value(names.project_stack(stage.name.lower())),
        "ChangeSetName": value(CHANGE_SET),
    }


def _ask(topology: Topology, stage: Stage) -> Actions:
    """Return the action that waits until a person agrees."""
    stack = names.project_stack(stage.name.lower())
    text = f"Commit #{{{BUILD_NAMESPACE}.COMMIT}} is about to change the stack {stack} "
    text += f"{_places(stage)}."
    here = stage.targets_in(topology.partition)
    if not here:
        return approve(text, APPROVE)
    text += (
        f" #{{{namespace(stage)}.CHANGES}} The change set {CHANGE_SET} says more: open the link in "
        "the account of the stage, choose the stack, then Change sets."
    )
    return approve(text, APPROVE, stack_page(stack, here[0].region))


def _places(stage: Stage) -> str:
    """Return where a stage deploys: of 1,000 characters, the review takes half."""
    named = [f"in {to.region.text}" for to in stage.targets[:MOST_NAMED]]
    more = len(stage.targets) - MOST_NAMED
    return " and ".join([*named, *([f"in {more} more regions"] if more > 0 else [])])
