"""Schedule, alarms and role of a rotation, in the committed `access-key-rotation.yaml`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from templates.committed import document, resources, statements

from lambdas import rotate_access_key
from pipeline.partitions import PARTITIONS

NAME = "access-key-rotation"
TOPIC, NOTHING = {"Ref": "NotificationTopic"}, {"Ref": "AWS::NoValue"}
FUNCTION_ARN = {"Fn::GetAtt": ["RotateAccessKey", "Arn"]}
PAIR = [
    {
        "Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:"
        f"parameter${{{name}}}"
    }
    for name in ("AccessKeyParameter", "SecretKeyParameter")
]


def properties(title: str) -> dict[str, Any]:
    """Return the properties of a resource."""
    found: dict[str, Any] = resources(NAME)[title]["Properties"]
    return found


def granted(sid: str) -> dict[str, Any]:
    """Return a statement of the function's role."""
    policies = properties("RotateAccessKeyServiceRole")["Policies"]
    return next(each for _, each in statements(policies) if each["Sid"] == sid)


def test_the_schedule_sends_an_order_that_the_function_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    (target,) = properties("DailySchedule")["Targets"]
    assert target["Arn"] == FUNCTION_ARN
    assert properties("DailySchedule")["ScheduleExpression"] == "rate(1 day)"
    text = target["Input"]["Fn::Sub"]
    for title, parameter in document(NAME)["Parameters"].items():
        text = text.replace(f"${{{title}}}", str(parameter["Default"]))
    order = rotate_access_key.read_order(json.loads(text))
    assert (order.region, order.days, order.key) == ("cn-north-1", 30, "")
    assert (order.access_key, order.secret_key) == (
        "/China/Dev/UserAccessKey",
        "/China/Dev/UserSecretKey",
    )


def test_the_schedule_alone_invokes_the_function() -> None:
    permission = properties("ScheduleInvokesRotation")
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceArn"] == {"Fn::GetAtt": ["DailySchedule", "Arn"]}


def test_a_run_ends_before_another_takes_its_key_for_lost() -> None:
    assert properties("RotateAccessKey")["Timeout"] < rotate_access_key.ANOTHER_RUN


def test_what_all_tries_fail_of_is_told_with_its_text() -> None:
    failures = properties("RotateAccessKeyFailures")
    assert failures["MaximumRetryAttempts"] == 2
    tell = {"OnFailure": {"Destination": TOPIC}}
    assert failures["DestinationConfig"] == {"Fn::If": ["NotificationsWanted", tell, NOTHING]}


def test_both_alarms_tell_and_silence_is_one_of_them() -> None:
    alarms = resources(NAME, "AWS::CloudWatch::Alarm")
    told = {"Fn::If": ["NotificationsWanted", [TOPIC], NOTHING]}
    assert all(each["Properties"]["AlarmActions"] == told for each in alarms.values())
    failed, missed = (each["Properties"] for each in alarms.values())
    assert (failed["MetricName"], failed["TreatMissingData"]) == ("Errors", "notBreaching")
    assert (missed["MetricName"], missed["TreatMissingData"]) == ("Invocations", "breaching")
    assert missed["Period"] * missed["EvaluationPeriods"] == 2 * 24 * 60 * 60


def test_the_alarms_may_publish_under_the_key_of_the_topic() -> None:
    for title, place in (("NotificationKey", "KeyPolicy"), ("NotificationTopicPolicy", None)):
        document_ = properties(title)[place or "PolicyDocument"]
        principals = [each.get("Principal") for each in document_["Statement"]]
        assert {"Service": "cloudwatch.amazonaws.com"} in principals


def test_the_function_may_tell_on_that_topic_alone() -> None:
    assert granted("TellOfFailures")["Resource"] == [TOPIC]
    assert granted("UseTopicKey")["Resource"] == [{"Fn::GetAtt": ["NotificationKey", "Arn"]}]


def test_the_given_key_serves_for_this_pair_through_parameter_store_only() -> None:
    use = granted("UseParameterKey")
    assert use["Resource"] == [{"Ref": "ParameterKeyArn"}]
    assert use["Condition"]["StringEquals"] == {
        "kms:ViaService": {"Fn::Sub": "ssm.${AWS::Region}.${AWS::URLSuffix}"},
        "kms:EncryptionContext:PARAMETER_ARN": PAIR,
    }


def test_the_role_makes_no_call_but_these() -> None:
    policies = properties("RotateAccessKeyServiceRole")["Policies"]
    services = {
        call.partition(":")[0] for _, each in statements(policies) for call in each["Action"]
    }
    assert services == {"kms", "logs", "sns", "ssm"}
    labelled = {"Fn::Sub": f"{PAIR[1]['Fn::Sub']}:*"}
    assert granted("ReadPair")["Resource"] == [*PAIR, labelled]
    assert granted("WritePair")["Resource"] == PAIR
    assert granted("LabelSecrets")["Resource"] == PAIR[1:]


def test_the_regions_are_those_of_every_other_partition() -> None:
    choices = document(NAME)["Parameters"]["TargetRegion"]["AllowedValues"]
    assert choices == [r for each in PARTITIONS if each.name != "aws" for r in each.regions]


def test_a_region_of_the_stacks_own_partition_is_refused() -> None:
    rule = document(NAME)["Rules"]["TargetIsInAnotherPartition"]
    own = ["us-gov-east-1", "us-gov-west-1"]
    assert rule["RuleCondition"] == {"Fn::Contains": [own, {"Ref": "AWS::Region"}]}
    (assertion,) = rule["Assertions"]
    chosen = {"Fn::Contains": [own, {"Ref": "TargetRegion"}]}
    assert assertion["Assert"] == {"Fn::Not": [chosen]}
