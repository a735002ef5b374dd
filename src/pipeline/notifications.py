"""Tells a person when an action of the pipeline fails: what, where, why, and what to do next.

EventBridge and SNS, which every partition has; CodeStar Notifications does not reach China. The
topic has a key of its own, because EventBridge cannot publish under the AWS managed one.
"""

from __future__ import annotations

import json

from awacs import kms, sns
from awacs.aws import Allow, Condition, Principal, Statement, StringEquals
from troposphere import AccountId, AWSObject, Ref, Sub, Template
from troposphere.codepipeline import Pipeline
from troposphere.events import InputTransformer, Rule, Target
from troposphere.kms import Key
from troposphere.sns import Subscription, Topic, TopicPolicy

from pipeline.parameters import Question, given, pattern, text
from pipeline.policies import document
from pipeline.resource_policies import administer_key
from pipeline.template import console_url

EMAIL = "NotificationEmail"
WANTED = "NotificationsWanted"
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
    template.add_condition(WANTED, given(EMAIL))
    for resource in _resources(pipeline):
        template.add_resource(resource)


def question() -> Question:
    """Return the question whom to tell."""
    return text(
        EMAIL,
        "Notification address",
        "E-mail address told when an action fails, for example team@example.com. It must confirm "
        "the subscription. Empty: nobody; given: a KMS key of its own is made (1 USD a month).",
        default="",
        **pattern(r"|[^@\s]+@[^@\s]+\.[^@\s]+", "An e-mail address, or nothing."),
    )


def _resources(pipeline: Pipeline) -> list[AWSObject]:
    key = Key(
        "NotificationKey",
        Condition=WANTED,
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        Description="Encrypts the messages that tell of failed actions.",
        EnableKeyRotation=True,
        KeyPolicy=document([administer_key(), _events_encrypt()]),
    )
    topic = Topic(
        "NotificationTopic",
        Condition=WANTED,
        KmsMasterKeyId=Ref(key),
        Subscription=[Subscription(Protocol="email", Endpoint=Ref(EMAIL))],
    )
    return [key, topic, _topic_policy(topic), _rule(pipeline, topic)]


def _events_encrypt() -> Statement:
    return Statement(
        Sid="EventsPublishUnderThisKey",
        Effect=Allow,
        Principal=_EVENTS,
        Action=[kms.Decrypt, kms.GenerateDataKey],
        Resource=["*"],
        Condition=_FROM_THIS_ACCOUNT,
    )


_EVENTS = Principal("Service", "events.amazonaws.com")
_FROM_THIS_ACCOUNT = Condition(StringEquals("aws:SourceAccount", AccountId))


def _topic_policy(topic: Topic) -> TopicPolicy:
    publish = Statement(
        Sid="EventsPublish",
        Effect=Allow,
        Principal=_EVENTS,
        Action=[sns.Publish],
        Resource=[Ref(topic)],
        Condition=_FROM_THIS_ACCOUNT,
    )
    return TopicPolicy(
        "NotificationTopicPolicy",
        Condition=WANTED,
        Topics=[Ref(topic)],
        PolicyDocument=document([publish]),
    )


def _rule(pipeline: Pipeline, topic: Topic) -> Rule:
    return Rule(
        "ActionFailedRule",
        Condition=WANTED,
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
