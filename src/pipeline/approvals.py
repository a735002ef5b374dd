"""A person's agreement before a stage changes anything.

The text names no commit message: CodePipeline counts what a variable stands for against the 1,000
characters of the text, and a message may be longer.
"""

from __future__ import annotations

from collections.abc import Sequence

from troposphere import Parameter, Ref, Sub
from troposphere.codepipeline import Actions, ActionTypeId

from pipeline import names
from pipeline.actions import BUILD_NAMESPACE
from pipeline.parameters import Question
from pipeline.template import console_url
from pipeline.topology import Region, Stage, Target, Topology

MINUTES = "ApprovalTimeoutInMinutes"
SEVEN_DAYS = 7 * 24 * 60
APPROVE = 1


def question() -> Question:
    """Return the question how long an approval waits."""
    parameter = Parameter(
        MINUTES,
        Type="Number",
        Description="Minutes an approval waits, for example 10080, which is a week. Then the stage "
        "fails, nothing has changed, and choosing Retry asks again.",
        Default=SEVEN_DAYS,
        MinValue=5,
        MaxValue=86_400,
        ConstraintDescription="A whole number from 5 to 86400, which is 60 days.",
    )
    return Question("Time to approve", parameter)


def questions(topology: Topology) -> tuple[Question, ...]:
    """Return what is asked about approvals: nothing where no stage has one."""
    return (question(),) if any(stage.approval for stage in topology.stages) else ()


def ask_first(topology: Topology, stage: Stage, actions: list[Actions]) -> list[Actions]:
    """Return the actions of a stage, behind a person's agreement where it wants one."""
    if not stage.approval:
        return actions
    for action in actions:
        action.RunOrder = APPROVE + 1
    return [_approve(topology, stage), *actions]


def approve(text: str, order: int, page: Sub | None = None) -> Actions:
    """Return the action that waits for somebody; `text` stands inside `Fn::Sub`."""
    link = {"ExternalEntityLink": page} if page else {}
    return Actions(
        Name="Approve",
        RunOrder=order,
        ActionTypeId=ActionTypeId(Category="Approval", Owner="AWS", Provider="Manual", Version="1"),
        TimeoutInMinutes=Ref(MINUTES),
        Configuration={"CustomData": Sub(text), **link},
    )


def stack_page(stack: str, region: Region) -> Sub:
    """Return the console page of a stack; its name is a text inside `Fn::Sub`."""
    page = f"cloudformation/home?region={region.text}#/stacks?filteringText={stack}"
    return console_url(page, region.text)


def _approve(topology: Topology, stage: Stage) -> Actions:
    here = stage.targets_in(topology.partition)
    beyond = tuple(to for to in stage.targets if to not in here)
    stacks = [(names.application_stack(stage), here)] if here else []
    stacks += [(names.project_stack(stage.name.lower()), beyond)] if beyond else []
    what = " and ".join(f"the stack {stack} in {_places(targets)}" for stack, targets in stacks)
    stack, (first, *_) = stacks[0]
    page = stack_page(stack, first.region) if here else None
    text = f"Commit #{{{BUILD_NAMESPACE}.COMMIT}} is about to change {what}."
    return approve(text, APPROVE, page)


def _places(targets: Sequence[Target]) -> str:
    return ", ".join(to.region.text for to in targets)
