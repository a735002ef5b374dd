"""Who is told of what fails and of what waits: rules, topics and keys that let it through."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from embedded import Clouds
from small_pipeline import Answers, Made, approval, make_pipeline, stage

from rehearsal.events_access import lets
from rehearsal.notices import see_notices
from rehearsal.outcome import ActionResult, Status

TOPIC = "arn:aws:sns:us-east-1:111111111111:people"
RULE = "arn:aws:events:us-east-1:111111111111:rule/failed"
EVENTS: dict[str, Any] = {"Service": "events.amazonaws.com"}
ALLOWED: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": EVENTS,
    "Action": ["sns:Publish"],
    "Resource": "*",
}


@pytest.mark.parametrize(
    ("changed", "does"),
    [
        ({}, True),
        ({"Action": "SNS:*", "Resource": [TOPIC]}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}}, True),
        ({"Condition": {"ArnLike": {"AWS:SourceArn": ["x", RULE.replace("failed", "*")]}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "222222222222"}}}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Effect": "Deny"}, False),
        ({"Principal": "*"}, False),
        ({"Principal": {"AWS": "*"}}, False),
        ({"Principal": {"Service": ["sns.amazonaws.com"]}}, False),
        ({"Action": "sns:Subscribe"}, False),
        ({"Resource": f"{TOPIC}-2"}, False),
    ],
)
def test_a_statement_lets_eventbridge_or_does_not(changed: dict[str, Any], does: bool) -> None:
    assert lets({"Statement": [{**ALLOWED, **changed}]}, "sns:Publish", TOPIC, RULE) is does


def told(pattern: dict[str, Any], publishes: bool = True, decrypts: bool = True) -> dict[str, Any]:
    """Return a topic under a key of its own, and a rule that sends it what matches a pattern."""
    topic = {"Ref": "Topic"}
    root = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
    whole = {**ALLOWED, "Principal": root, "Action": "kms:*"}
    key = {"Effect": "Allow", "Principal": EVENTS, "Action": "kms:Decrypt", "Resource": "*"}
    more = {**key, "Action": ["kms:GenerateDataKey*"]}
    properties: dict[str, dict[str, Any]] = {
        "AWS::KMS::Key": {"KeyPolicy": {"Statement": [whole, key, *([more] * decrypts)]}},
        "AWS::SNS::Topic": {"TopicName": "people", "KmsMasterKeyId": {"Ref": "Key"}},
        "AWS::SNS::TopicPolicy": {
            "Topics": [topic],
            "PolicyDocument": {
                "Statement": [{**ALLOWED, "Principal": EVENTS if publishes else root}]
            },
        },
        "AWS::Events::Rule": {
            "Name": "tells",
            "EventPattern": {"source": ["aws.codepipeline"], "detail": pattern},
            "Targets": [{"Id": "topic", "Arn": topic}],
        },
    }
    return {
        type_.rpartition("::")[2]: {"Type": type_, "Properties": its}
        for type_, its in properties.items()
    }


FAILURE = Status.FAILED
FAILED: dict[str, Any] = {
    "state": ["FAILED"],
    "type": {"category": [{"anything-but": ["Approval"]}]},
}
WAITS: dict[str, Any] = {"state": ["STARTED"], "type": {"category": ["Approval"]}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("resources", "holds", "says"),
    [
        (told(FAILED), True, "Source.Get FAILED: rule tells tells people"),
        (told(WAITS), False, "nobody is told; add a rule whose EventPattern matches"),
        ({}, False, "nobody is told; add a rule"),
        (told(FAILED, publishes=False), False, "does not let .* sns:Publish"),
        (told(FAILED, decrypts=False), False, "does not let .* kms:GenerateDataKey"),
    ],
)
def test_a_failure_is_told_or_it_is_said_why_not(
    clouds: Clouds,
    tmp_path: Path,
    resources: dict[str, Any],
    holds: bool,
    says: str,
) -> None:
    pipeline = make_pipeline(clouds, tmp_path, made=Made(resources=resources))
    result = ActionResult("Source", "Get", "CodeCommit", pipeline.account, "us-east-1", FAILURE)
    (seen,) = see_notices(pipeline, [result])
    assert seen.holds is holds
    assert re.search(says, seen.sentence), seen.sentence


def test_whoever_has_to_agree_is_told_once_it_waits(clouds: Clouds, tmp_path: Path) -> None:
    made = Made(resources=told(WAITS))
    ask = stage("Ask", approval("Approve"))
    pipeline = make_pipeline(clouds, tmp_path, ask, made=made, approves=Answers())
    where = (pipeline.account, "us-east-1")
    agreed = ActionResult("Ask", "Approve", "Manual", *where, Status.SUCCEEDED)
    never = ActionResult("Ask", "Approve", "Manual", *where, Status.NOT_STARTED)
    fetched = ActionResult("Source", "Get", "CodeCommit", *where, Status.SUCCEEDED)
    (seen,) = see_notices(pipeline, [fetched, agreed])
    assert (seen.holds, seen.sentence) == (True, "Ask.Approve STARTED: rule tells tells people")
    assert not [*see_notices(pipeline, [fetched, never])]
