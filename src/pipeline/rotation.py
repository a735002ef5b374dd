"""What rotates an access key: the function's role and schedule, and how its failures are told.

Source: for the context a SecureString is encrypted in, "How Parameter Store uses KMS" in the KMS
developer guide.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from awacs import kms, sns, ssm
from awacs.aws import StringEquals
from troposphere import GetAtt, If, NoValue, Ref, Sub
from troposphere.awslambda import (
    DestinationConfig,
    EventInvokeConfig,
    Function,
    OnFailure,
    Permission,
)
from troposphere.cloudwatch import Alarm, MetricDimension
from troposphere.events import Rule, Target
from troposphere.iam import Role

from pipeline import names, topics
from pipeline.crossings import PARAMETER_KEY, PARAMETER_KEY_GIVEN
from pipeline.names import arn, stored_arns, value
from pipeline.policies import allow, policy, service_role
from pipeline.roles import write_logs
from pipeline.topics import Channel
from pipeline.unrehearsed import RESOURCES

ACCESS_KEY, SECRET_KEY = "AccessKeyParameter", "SecretKeyParameter"
REGION = "TargetRegion"
DAYS = "RotationInDays"

HOUR, DAY = 60 * 60, 24 * 60 * 60
MOST_RETRIES = 2


@dataclass(frozen=True)
class Watch:
    """What an alarm looks at: how the sum of a metric, over periods in seconds, compares with 1."""

    title: str
    sentence: str
    metric: str
    period: int
    periods: int
    operator: str
    missing: str


FAILED = (
    "A try to rotate the access key in ${AccessKeyParameter} failed. The log of the function names "
    "the step and the mend, and so does a message of its own once all tries have failed."
)
MISSED = (
    "The rotation of the access key in ${AccessKeyParameter} has not run for two days; see whether "
    "its schedule is disabled. On the day of the launch: it has yet to run."
)
AT_LEAST, LESS = "GreaterThanOrEqualToThreshold", "LessThanThreshold"
WATCHES = (
    Watch("Failed", FAILED, "Errors", HOUR, 1, AT_LEAST, "notBreaching"),
    Watch("Missed", MISSED, "Invocations", DAY, 2, LESS, "breaching"),
)


def role(channel: Channel) -> Role:
    """Return the role of the function: the two parameters, their key, and the topic."""
    logs = write_logs(names.function_logs(names.ROTATE_ACCESS_KEY))
    pair = [arn("ssm", f"parameter${{{name}}}") for name in (ACCESS_KEY, SECRET_KEY)]
    readable = [pair[0], *stored_arns(f"${{{SECRET_KEY}}}")]
    labels = [
        *(ssm.GetParameterHistory, ssm.LabelParameterVersion),
        ssm.UnlabelParameterVersion,
    ]
    return service_role(
        "RotateAccessKeyServiceRole",
        "lambda",
        "The RotateAccessKey function assumes it to store keys; it makes them as the IAM user.",
        [
            policy(
                names.ROTATE_ACCESS_KEY,
                [
                    logs,
                    allow(
                        "ReadPair",
                        [ssm.GetParameter],
                        readable,
                        unrehearsed={names.BOTH_FORMS: [RESOURCES]},
                    ),
                    allow("WritePair", [ssm.PutParameter], pair),
                    allow("LabelSecrets", labels, pair[1:]),
                ],
            ),
            _use_key(pair),
            _tell(channel),
        ],
    )


def _use_key(parameters: list[Sub]) -> If:
    """Return the policy to encrypt and decrypt these parameters, and nothing else."""
    for_them = StringEquals(
        {"kms:ViaService": _service("ssm"), "kms:EncryptionContext:PARAMETER_ARN": parameters}
    )
    use = allow("UseParameterKey", [kms.Decrypt, kms.Encrypt], [Ref(PARAMETER_KEY)], for_them)
    return If(PARAMETER_KEY_GIVEN, policy("use-parameter-key", [use]), NoValue)


def _tell(channel: Channel) -> If:
    """Return the policy Lambda needs to tell of a failure: it publishes as the function's role."""
    through_sns = StringEquals("kms:ViaService", _service("sns"))
    key = GetAtt(channel.key, "Arn")
    statements = [
        allow("TellOfFailures", [sns.Publish], [Ref(channel.topic)]),
        allow("UseTopicKey", [kms.Decrypt, kms.GenerateDataKey], [key], through_sns),
    ]
    return If(topics.WANTED, policy("tell", statements), NoValue)


def _service(name: str) -> Sub:
    return Sub(f"{name}.${{AWS::Region}}.${{AWS::URLSuffix}}")


def on_failure(function: Function, channel: Channel) -> EventInvokeConfig:
    """Return what Lambda does when all tries fail: the message holds the exception's text."""
    tell = DestinationConfig(OnFailure=OnFailure(Destination=Ref(channel.topic)))
    return EventInvokeConfig(
        "RotateAccessKeyFailures",
        FunctionName=Ref(function),
        Qualifier="$LATEST",
        MaximumRetryAttempts=MOST_RETRIES,
        DestinationConfig=If(topics.WANTED, tell, NoValue),
    )


def schedule(function: Function) -> Rule:
    """Return what invokes the function once a day, with what it is to do."""
    order = {
        "access_key": f"${{{ACCESS_KEY}}}",
        "secret_key": f"${{{SECRET_KEY}}}",
        "region": f"${{{REGION}}}",
        "days": f"${{{DAYS}}}",
        "key": f"${{{PARAMETER_KEY}}}",
    }
    return Rule(
        "DailySchedule",
        Description="Lets RotateAccessKey do each day what is due.",
        ScheduleExpression="rate(1 day)",
        Targets=[
            Target(Id="rotate", Arn=GetAtt(function, "Arn"), Input=Sub(json.dumps(order))),
        ],
    )


def permission(rule: Rule, function: Function) -> Permission:
    """Return that the schedule, and no other, may invoke the function."""
    return Permission(
        "ScheduleInvokesRotation",
        FunctionName=Ref(function),
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=GetAtt(rule, "Arn"),
    )


def alarms(function: Function, channel: Channel) -> list[Alarm]:
    """Return the alarms on the function: that a try has failed, and that there was none."""
    return [_alarm(watch, function, channel) for watch in WATCHES]


def _alarm(watch: Watch, function: Function, channel: Channel) -> Alarm:
    return Alarm(
        f"Rotation{watch.title}Alarm",
        AlarmDescription=value(watch.sentence),
        Namespace="AWS/Lambda",
        MetricName=watch.metric,
        Dimensions=[MetricDimension(Name="FunctionName", Value=Ref(function))],
        Statistic="Sum",
        Period=watch.period,
        EvaluationPeriods=watch.periods,
        ComparisonOperator=watch.operator,
        Threshold=1,
        TreatMissingData=watch.missing,
        AlarmActions=If(topics.WANTED, [Ref(channel.topic)], NoValue),
    )
