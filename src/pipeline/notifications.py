"""Tells a person when an action of the pipeline fails: what, where, why, and what to do next.

EventBridge and SNS, which every partition has; CodeStar Notifications does not reach China.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from troposphere import Ref, Sub, Template
from troposphere.codepipeline import Pipeline
from troposphere.events import InputTransformer, Rule, Target
from troposphere.sns import Topic

from pipeline import topics
from pipeline.parameters import Question
from pipeline.template import console_url

EVENT_PATHS = {
    "account": "$.account",
    "action": "$.detail.action",
    "execution": "$.detail.execution-id",
    "pipeline": "$.detail.pipeline",
    "region": "$.detail.region",
    "stage": "$.detail.stage",
    "summary": "$.detail.execution-result.external-execution-summary",
    "url": "$.detail.execution-result.external-execution-url",
}


RETRY_FAILED = "Mend the cause, then choose Retry (failed actions) here:"
# A change set is executed once: what failed is made, and approved, anew.
RETRY_ALL = "Mend the cause, then choose Retry (all actions of the stage) here:"
FAILED = (
    "Action <action> of stage <stage> failed in account <account>, region <region>.",
    "Pipeline <pipeline>, execution <execution>.",
    "Reason: <summary>",
    "Look: <url>",
)
WAITING = (
    "Stage <stage> of pipeline <pipeline> waits for somebody to agree (account <account>, region "
    "<region>, execution <execution>).",
    "What is about to change, the approval itself says. Look, and approve or reject, here:",
)
NOT_APPROVED = (
    "Stage <stage> of pipeline <pipeline> was not approved: nobody answered in time, or somebody "
    "rejected it (account <account>, region <region>, execution <execution>).",
    "Reason: <summary>",
    "The stage has changed nothing. To be asked again, choose Retry (all actions of the stage) "
    "here:",
)


def add_notifications(
    template: Template, pipeline: Pipeline, *, approvals: bool = False, retry: str = RETRY_FAILED
) -> None:
    """Add topic, key and rules, made only when an address is given.

    `approvals`: the pipeline asks people, and they are told so; `retry` says how to go on.
    """
    sender = topics.Sender("Events", "events", "failed actions")
    channel = topics.add_topic(template, sender)
    failed = _Occasion(
        "ActionFailed", "of each action of the pipeline that fails", "FAILED", (*FAILED, retry)
    )
    occasions = [failed]
    if approvals:
        occasions = [
            replace(failed, category=[{"anything-but": ["Approval"]}]),
            _Occasion(
                "ApprovalWanted",
                "when the pipeline waits for somebody to agree",
                "STARTED",
                WAITING,
                ["Approval"],
            ),
            _Occasion(
                "ApprovalFailed", "when nobody has agreed", "FAILED", NOT_APPROVED, ["Approval"]
            ),
        ]
    for occasion in occasions:
        template.add_resource(_rule(pipeline, channel.topic, occasion))


@dataclass(frozen=True)
class _Occasion:
    """What people are told of: a state of actions, of a category if one is given, and the lines."""

    name: str
    purpose: str
    state: str
    lines: Sequence[str]
    category: Sequence[object] = ()


def question() -> Question:
    """Return the question whom to tell."""
    return topics.question("an action fails")


def _rule(pipeline: Pipeline, topic: Topic, occasion: _Occasion) -> Rule:
    category = {"type": {"category": list(occasion.category)}} if occasion.category else {}
    return Rule(
        f"{occasion.name}Rule",
        Condition=topics.WANTED,
        Description=f"Tells {occasion.purpose}.",
        EventPattern={
            "source": ["aws.codepipeline"],
            "detail-type": ["CodePipeline Action Execution State Change"],
            "detail": {"pipeline": [Ref(pipeline)], "state": [occasion.state], **category},
        },
        Targets=[
            Target(
                Id="topic",
                Arn=Ref(topic),
                InputTransformer=InputTransformer(
                    InputPathsMap=EVENT_PATHS, InputTemplate=_message(pipeline, occasion.lines)
                ),
            )
        ],
    )


def _message(pipeline: Pipeline, lines: Sequence[str]) -> Sub:
    """Return the message: each line a JSON text, as EventBridge wants them; the last has a link."""
    history = console_url(
        f"codesuite/codepipeline/pipelines/${{{pipeline.title}}}/executions/<execution>/visualization"
    )
    url, known = history.data["Fn::Sub"]
    *first, last = lines
    return Sub("\n".join(json.dumps(line) for line in (*first, f"{last} {url}")), **known)
