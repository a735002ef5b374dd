"""The daily rotation of an access key in another partition, and who hears of a failure."""

from __future__ import annotations

from troposphere import AWSObject, GetAtt, Output, Ref, Template
from troposphere.awslambda import Function

from pipeline import functions, names, rotation, topics
from pipeline.crossings import PARAMETER_KEY, PARAMETER_KEY_GIVEN, key_question
from pipeline.parameters import (
    Group,
    Question,
    add_rule,
    given,
    is_one_of,
    log_retention,
    none_of,
    one_of,
    pattern,
    text,
    whole_number,
)
from pipeline.partitions import PARTITIONS as ALL
from pipeline.rotation import ACCESS_KEY, DAYS, REGION, SECRET_KEY
from pipeline.template import console_url, new_template, url_output

PARTITIONS = tuple(each.name for each in ALL if each.deploys_from_pipelines)
DESCRIPTION = (
    "Rotates the access key with which a pipeline deploys into another partition: makes the next "
    "key, stores it, proves it, switches to it, and only then disables and deletes the old one. "
    "Launch it once for each pair, in the account and region of the pipeline, after "
    "`meridian store-access-key` has stored the first one."
)
A_PATH = "(/[A-Za-z0-9_.-]+){1,15}"


def build() -> Template:
    """Return the rotation of one pair."""
    template = new_template(DESCRIPTION, PARTITIONS, _groups())
    template.add_condition(PARAMETER_KEY_GIVEN, given(PARAMETER_KEY))
    _refuse_own_partition(template)
    sender = topics.Sender("CloudWatch", "cloudwatch", "failed rotations")
    channel = topics.add_topic(template, sender)
    role = rotation.role(channel)
    log_group, function = functions.function(names.ROTATE_ACCESS_KEY, GetAtt(role, "Arn"))
    schedule = rotation.schedule(function)
    resources: list[AWSObject] = [
        *(role, log_group, function, rotation.on_failure(function, channel)),
        *(schedule, rotation.permission(schedule, function)),
        *rotation.alarms(function, channel),
    ]
    for resource in resources:
        template.add_resource(resource)
    for output in _outputs(function):
        template.add_output(output)
    return template


def _groups() -> list[Group]:
    return [
        Group("Access key", (*_name_questions(), key_question())),
        Group("Rotation", (_region_question(), _days_question())),
        Group("Operation", (topics.question("a rotation fails"), log_retention())),
    ]


def _name_questions() -> tuple[Question, ...]:
    path = pattern(A_PATH, "A path like /China/Dev/UserAccessKey, without a final '/'.")
    access_key, secret_key = "/China/Dev/UserAccessKey", "/China/Dev/UserSecretKey"
    return (
        text(
            ACCESS_KEY,
            "Parameter of the key id",
            "Parameter Store name, in this region, of the id of the access key in use, for "
            f"example {access_key}.",
            default=access_key,
            **path,
        ),
        text(
            SECRET_KEY,
            "Parameter of the secrets",
            "Parameter Store name, in this region, of the secret keys, for example "
            f"{secret_key}; each of its versions bears the key id it belongs to as its label.",
            default=secret_key,
            **path,
        ),
    )


def _region_question() -> Question:
    regions = [region for each in ALL if each.name != "aws" for region in each.regions]
    return text(
        REGION,
        "Target region",
        "A region of the partition the IAM user lives in, for example cn-north-1.",
        default="cn-north-1",
        **one_of(regions),
    )


def _days_question() -> Question:
    return whole_number(
        DAYS,
        "Days between rotations",
        "How many days old a key becomes before another takes its place, for example 30. An old "
        "key is kept disabled for a week, so below 8 the next one waits for its end.",
        default=30,
        most=365,
    )


def _refuse_own_partition(template: Template) -> None:
    """Add that a stack outside `aws`, whose regions are no choice, looks to another partition."""
    for each in ALL:
        if each.name in PARTITIONS and each.name != "aws":
            elsewhere = none_of(
                (REGION, Ref(REGION)), each.regions, "choose a region of another partition."
            )
            here = is_one_of(Ref("AWS::Region"), each.regions)
            add_rule(template, "TargetIsInAnotherPartition", [elsewhere], when=here)


def _outputs(function: Function) -> list[Output]:
    page = f"lambda/home?region=${{AWS::Region}}#/functions/${{{function.title}}}?tab=monitoring"
    return [
        Output("FunctionName", Description="Name of the function.", Value=Ref(function)),
        url_output("FunctionUrl", "The function's runs in the console.", console_url(page)),
    ]
