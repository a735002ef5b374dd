"""Approvals: asked of a person, told to a topic, and gone by."""

from __future__ import annotations

from pathlib import Path

import pytest
from embedded import Clouds
from small_pipeline import Answers, Made, approval, make_pipeline, of, pushed, stage

from rehearsal.execution import execute
from rehearsal.outcome import Status

TOPIC = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "people"}}}
CLOSED = {
    "Closed": {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [{"Ref": "Topic"}],
            "PolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sns:Publish",
                        "Resource": {"Ref": "Topic"},
                    }
                ]
            },
        },
    }
}
TOLD = {"CustomData": "look at it", "NotificationArn": {"Ref": "Topic"}}


def test_a_rejected_approval_fails_with_what_was_shown(clouds: Clouds, tmp_path: Path) -> None:
    answers = Answers("Ask.Approve", times=1)
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        stage("Ask", approval("Approve", told=TOLD)),
        made=Made(resources=TOPIC),
        approves=answers,
    )
    failed = of(execute(pipeline, pushed()), "Ask.Approve")
    assert (failed.status, failed.why) == (
        Status.FAILED,
        "rejected, having been shown: look at it",
    )
    done = of(execute(pipeline, pushed()), "Ask.Approve")
    assert (done.status, done.said) == (Status.SUCCEEDED, "approved: look at it")


@pytest.mark.slow
def test_a_topic_that_may_not_be_told_fails_the_approval(clouds: Clouds, tmp_path: Path) -> None:
    made = Made(resources={**TOPIC, **CLOSED}, lacking={"pipeline": "Tell"})
    answers = Answers()
    ask = stage("Ask", approval("Approve", told=TOLD))
    pipeline = make_pipeline(clouds, tmp_path, ask, made=made, approves=answers)
    (refused,) = of(execute(pipeline, pushed()), "Ask.Approve").refused
    assert refused.action == "sns:Publish"
    assert refused.resource.endswith(f":{pipeline.account}:people")
    assert answers.asked == []
