"""Tells a person when an action of the pipeline fails: what, where, why, and what to do next.

EventBridge and SNS, which every partition has; CodeStar Notifications does not reach China.
"""

from __future__ import annotations

import json

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


def add_notifications(template: Template, pipeline: Pipeline) -> None:
    """Add topic, key and rule, made only when an address is given."""
    sender = topics.Sender("Events", "events", "failed actions")
    channel = topics.add_topic(template, sender)
    template.add_resource(_rule(pipeline, channel.topic))


def question() -> Question:
    """Return the question whom to tell."""
    return topics.question("an action fails")


def _rule(pipeline: Pipeline, topic: Topic) -> Rule:
    return Rule(
        "ActionFailedRule",
        Condition=topics.WANTED,
        Description="Tells of each action of the pipeline that fails.",
        EventPattern={
            "source": ["aws.codepipeline"],
            "detail-type": ["CodePipeline Action Execution State Change"],
            "detail": {"pipeline": [Ref(pipeline)], "state": ["FAILED"]},
        },
        Targets=[
            Target(
                Id="topic",
                Arn=Ref(topic),
                InputTransformer=InputTransformer(
                    InputPathsMap=EVENT_PATHS, InputTemplate=_message(pipeline)
                ),
            )
        ],
    )


def _message(pipeline: Pipeline) -> Sub:
    """Return the message: each line a JSON text, as EventBridge wants them."""
    history = console_url(
        f"codesuite/codepipeline/pipelines/${{{pipeline.title}}}/executions/<execution>/visualization"
    )
    lines = [
        "Action <action> of stage <stage> failed in account <account>, region <region>.",
        "Pipeline <pipeline>, execution <execution>.",
        "Reason: <summary>",
        "Look: <url>",
        f"Mend the cause, then choose Retry (failed actions) here: {history.data['Fn::Sub'][0]}",
    ]
    return Sub("\n".join(json.dumps(line) for line in lines), **history.data["Fn::Sub"][1])
