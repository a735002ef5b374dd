"""Sees that people are told of what fails and of what waits for them, by rules and their topics.

MiniStack delivers no events. So the events that CodePipeline would send are matched here against
the rules that stand, and of each topic the policies are read: its own, and that of its key. Not as
in AWS: nothing is sent, and what the rule makes of the event is not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rehearsal.definition import Action
from rehearsal.embedded_aws import root
from rehearsal.events_access import lets
from rehearsal.execution import Pipeline
from rehearsal.outcome import ActionResult, Seen, Status
from rehearsal.triggers import matching

APPROVAL = "Approval"
TOLD = "NotificationEmail"  # the parameter that says who wants to be told
PUBLISH, KEY_CALLS = "sns:Publish", ("kms:Decrypt", "kms:GenerateDataKey")


def see_notices(pipeline: Pipeline, results: Iterable[ActionResult]) -> Iterator[Seen]:
    """See that somebody is told of each action that failed or waited for somebody."""
    actions = {each.place: each for each in pipeline.definition.actions}
    for result in results:
        action = actions[result.place]
        if action.category == APPROVAL and result.status is not Status.NOT_STARTED:
            yield _see(pipeline, action, "STARTED")
        if result.status is Status.FAILED:
            yield _see(pipeline, action, "FAILED")


def _see(pipeline: Pipeline, action: Action, state: str) -> Seen:
    event = _event(pipeline, action, state)
    said = [
        (rule, target["Arn"], _lacking(pipeline, rule, target["Arn"]))
        for rule, target in matching(pipeline, event)
        if ":sns:" in target["Arn"]
    ]
    for rule, topic, lacks in said:
        if not lacks:
            name = topic.rpartition(":")[2]
            return Seen(holds=True, sentence=f"{action.place} {state}: rule {rule} tells {name}")
    why = "; ".join(lacks for _rule, _topic, lacks in said)
    return Seen(
        holds=False,
        sentence=f"{action.place} {state}: nobody is told; "
        + (why or f"add a rule whose EventPattern matches {json.dumps(event)}, to a topic"),
    )


def _event(pipeline: Pipeline, action: Action, state: str) -> Mapping[str, Any]:
    kind = {
        "owner": action.owner,
        "provider": action.provider,
        "category": action.category,
        "version": action.version,
    }
    where = {"pipeline": pipeline.name, "stage": action.stage, "action": action.name}
    return {
        "source": "aws.codepipeline",
        "detail-type": "CodePipeline Action Execution State Change",
        "account": pipeline.account,
        "region": pipeline.definition.region,
        "detail": {**where, "region": action.region, "state": state, "type": kind},
    }


def _lacking(pipeline: Pipeline, rule: str, topic: str) -> str:
    """Return what keeps a rule from a topic, '' if nothing does."""
    region, account = pipeline.definition.region, pipeline.account
    aws = pipeline.scene.clouds.of(region)
    arn = f"arn:{aws.partition}:events:{region}:{account}:rule/{rule}"
    sns = aws.client("sns", region, root(account))
    told = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    if not lets(json.loads(told["Policy"]), PUBLISH, topic, arn):
        return f"the policy of {topic} does not let events.amazonaws.com {PUBLISH} for rule {rule}"
    key = told.get("KmsMasterKeyId")
    if not key:
        return ""
    kms = aws.client("kms", region, root(account))
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    lacks = [each for each in KEY_CALLS if not lets(policy, each, key, arn)]
    words = f"the policy of key {key} does not let events.amazonaws.com {' and '.join(lacks)}"
    return f"{words} for rule {rule}, whose topic it encrypts" if lacks else ""
