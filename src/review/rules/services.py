"""Rules about what services of AWS are trusted with, and on whose behalf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from review.grants import Principal, is_narrowed, principals
from review.rule import Found, rule
from review.spelling import spellings
from review.statements import Statement
from review.subjects import Resource

SUFFIX = ".amazonaws.com"
# Those that say for whom they assume a role: AWS has pages on it for most, and pipelines of this
# library rely on the rest, which no account has confirmed yet. Not among them, as the condition
# would lock them out or says nothing:
#   ec2               an instance profile's role; the instance itself is all that can ask for it
#   cloudtrail, elastictranscoder, transcribe
#                     send neither key when they assume a role (prowler issue 4714)
#   eks, dms, spotfleet and whoever else is not listed
#                     AWS publishes no list of those that send them (prowler issue 2810)
SAY_FOR_WHOM = frozenset(
    f"{each}{SUFFIX}"
    for each in (
        *("autoscaling", "batch", "bedrock", "cloudformation", "codebuild", "codepipeline"),
        *("datasync", "ecs-tasks", "events", "greengrass", "iot", "lambda", "logs"),
        *("monitoring.rds", "personalize", "pipes", "sagemaker", "scheduler", "ssm", "states"),
        *("transfer", "vpc-flow-logs"),
    )
)
# Those that act for whoever names the resource, in any account.
SENDERS = frozenset(
    f"{each}{SUFFIX}"
    for each in (
        *("cloudfront", "cloudtrail", "cloudwatch", "config", "delivery.logs", "logging.s3"),
        *("s3", "ses", "sns"),
    )
)
CALLERS = SENDERS | {f"{each}{SUFFIX}" for each in ("apigateway", "cognito-idp", "events")}
SOURCE = ("aws:source*", "aws:principalorg*", "aws:referer", "sts:externalid")
RESOURCES = (
    *("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"),
    *("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy"),
)
FOR_WHOM = ("SourceAccount", "SourceArn", "PrincipalOrgID", "EventSourceToken")
IN_CHINA = (f"{SUFFIX}.cn", ".${AWS::URLSuffix}")
# Known by that name in China for longest; they are still.
BY_BOTH_NAMES = ("codedeploy", "ec2", "elasticmapreduce", "logs")
GUARD = "add Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}"


@rule(
    judges=Statement,
    id="MI104",
    sentence="A service assumes a role for one account only.",
    mend=GUARD,
    reason="Else the service may be talked into using the role for somebody else: it is a deputy "
    "that can be confused. Judged are the services that say for whom they ask.",
    source="IAM user guide, the confused deputy problem",
    level="warning",
    passes="""
        Role:
          Properties:
            AssumeRolePolicyDocument:
              Statement:
              - Sid: Assume
                Condition:
                  StringEquals: null
                  ArnLike:
                    aws:SourceArn: !Sub arn:${AWS::Partition}:codepipeline:*:${AWS::AccountId}:*
    """,
    fails="""
        Role:
          Properties:
            AssumeRolePolicyDocument:
              Statement:
              - {Sid: Assume, Condition: null}
    """,
)
def service_trusted_for_anybody(statement: Statement) -> Iterator[Found]:
    """Yield a service that may assume a role whoever asks it to."""
    if statement.kind == "trust":
        yield from _unguarded(statement, SAY_FOR_WHOM, "may assume the role for any account")


@rule(
    judges=Statement,
    id="MI108",
    sentence="A service writes to a bucket, a topic or a queue for one account only.",
    mend=GUARD,
    reason="These services act for whoever names the resource, in whatever account.",
    source="IAM user guide, the confused deputy problem",
    level="warning",
    passes="""
        QueuePolicy:
          Properties:
            PolicyDocument:
              Statement:
              - Sid: TopicSends
                Condition: {StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}
    """,
    fails="""
        QueuePolicy:
          Properties:
            PolicyDocument:
              Statement:
              - {Sid: TopicSends, Condition: null}
    """,
)
def service_allowed_for_anybody(statement: Statement) -> Iterator[Found]:
    """Yield a service that may use a resource whoever asks it to."""
    if statement.kind == "resource" and statement.holder_type in RESOURCES:
        yield from _unguarded(statement, SENDERS, "is allowed for any account")


@rule(
    judges=Resource,
    id="MI109",
    sentence="A service calls a function for one account only.",
    mend="add SourceArn, or SourceAccount: !Ref AWS::AccountId",
    reason="These services call the function for whoever names it, in whatever account.",
    source="Lambda developer guide, function access for AWS services",
    level="warning",
    passes="Permission: {Properties: {SourceArn: null, SourceAccount: !Ref AWS::AccountId}}",
    fails="Permission: {Properties: {SourceArn: null}}",
)
def function_called_for_anybody(resource: Resource) -> Iterator[Found]:
    """Yield a permission to call a function that does not say for whom."""
    who = resource.properties.get("Principal")
    guarded = any(map(resource.gives, FOR_WHOM))
    if resource.type == "AWS::Lambda::Permission" and not guarded and _name(who) in CALLERS:
        yield Found(who, f"{_name(who)} may call the function for any account")


@rule(
    judges=Statement,
    id="MI110",
    sentence="A service is called SERVICE.amazonaws.com, in China too.",
    mend="write SERVICE.amazonaws.com",
    reason="Endpoints end in another suffix in China, the names of services do not.",
    source="IAM JSON policy elements, Principal",
    level="warning",
    passes="""
        Role:
          Properties:
            AssumeRolePolicyDocument:
              Statement:
              - {Sid: Assume, Principal: {Service: codebuild.amazonaws.com}}
    """,
    fails="""
        Role:
          Properties:
            AssumeRolePolicyDocument:
              Statement:
              - {Sid: Assume, Principal: {Service: !Sub 'codebuild.${AWS::URLSuffix}'}}
    """,
)
def service_by_another_name(statement: Statement) -> Iterator[Found]:
    """Yield a service whose name ends as the endpoints of its partition do."""
    for each in principals(statement):
        for name in spellings({}, each.node) if each.kind == "Service" else ():
            if name.endswith(IN_CHINA) and name.partition(".")[0] not in BY_BOTH_NAMES:
                yield Found(each.node, f"no service is called {name}")


def _unguarded(statement: Statement, services: frozenset[str], words: str) -> Iterator[Found]:
    if not statement.allows or is_narrowed(statement, SOURCE):
        return
    for each in principals(statement):
        if (name := _service(each)) in services:
            yield Found(statement.node, f"{statement.sid}: {name} {words}")


def _service(principal: Principal) -> str:
    """Return the name of a service, '' of whoever else."""
    return _name(principal.node) if principal.kind == "Service" else ""


def _name(node: Any) -> str:
    """Return a service's name, as it is in every partition."""
    name = next(iter(spellings({}, node)), "")
    for suffix in IN_CHINA:
        name = name.replace(suffix, SUFFIX)
    return name
