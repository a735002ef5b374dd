"""The bucket that versions of the templates are published to, and launched from; write-once."""

from __future__ import annotations

from awacs import s3
from awacs.aws import Allow, Condition, Principal, Statement, StringEquals
from troposphere import GetAtt, If, NoValue, Output, Ref, Sub, Template
from troposphere.s3 import Bucket, BucketPolicy, LoggingConfiguration

from pipeline.buckets import KEPT, block_public_access, kept_bucket, private_bucket, s3_keys
from pipeline.launch_questions import (
    EVERYONE_READS,
    LOG_BUCKET,
    LOG_BUCKET_GIVEN,
    LOG_BUCKET_MADE,
    LOG_RETENTION,
    NAME,
    NAME_GIVEN,
    ORGANIZATION_ID,
    ORGANIZATION_READS,
    PRIVATE,
    PUBLIC,
    PUBLISHERS,
    PUBLISHERS_GIVEN,
    groups,
    prepare,
)
from pipeline.names import THIS_STACK
from pipeline.policies import document
from pipeline.resource_policies import (
    allow_access_log,
    allow_accounts,
    objects_of,
    refuse_kms,
    refuse_weak_connections,
)
from pipeline.template import console_url, new_template, url_output
from pipeline.waivers import Waiver, waive
from pipeline.write_once import refuse_changes

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc")
DESCRIPTION = (
    "The bucket that versions of the templates are published to and launched from, once for each "
    "partition: private, or read by an organization or by everyone. What is published is never "
    "overwritten nor deleted, not by root either; index.json and latest/ alone are written again. "
    "To remove something, an administrator first takes the statement DenyRemoving out of the "
    "bucket's policy, which CloudTrail records. Bucket and access log outlive the stack."
)
POINTERS = ("index.json", "latest/*")

ENCRYPTION = (
    "Encrypted with S3's own keys: readers of a public bucket, or of another account's, could not "
    "use a KMS key, and nothing here is secret."
)
OPEN = Waiver(
    ("CKV_AWS_54", "CKV_AWS_56"),
    f"Open to the public only where whoever launches chooses {PUBLIC}; the default is {PRIVATE}.",
)
NO_LOG = Waiver(
    ("CKV_AWS_18", "W35"),
    "Without an access log of its own: it would be a log of the writing of logs.",
)


def build() -> Template:
    """Return the launch bucket of a partition."""
    template = new_template(DESCRIPTION, PARTITIONS, groups())
    prepare(template)
    log = _log_bucket()
    bucket = _bucket(log)
    for resource in (log, bucket, _bucket_policy(bucket), _log_policy(log, bucket)):
        template.add_resource(resource)
    for output in _outputs(bucket, log):
        template.add_output(output)
    return template


def _bucket(log: Bucket) -> Bucket:
    return kept_bucket(
        "Bucket",
        If(NAME_GIVEN, Ref(NAME), NoValue),
        s3_keys(),
        block_public_access(policies=If(EVERYONE_READS, False, True)),
        Metadata={"Reason": ENCRYPTION, **waive(OPEN)},
        LoggingConfiguration=LoggingConfiguration(
            DestinationBucketName=_log_name(log), LogFilePrefix=Sub(f"{THIS_STACK}/")
        ),
    )


def _log_name(log: Bucket) -> If:
    return If(LOG_BUCKET_GIVEN, Ref(LOG_BUCKET), Ref(log))


def _log_bucket() -> Bucket:
    return private_bucket(
        "LogBucket",
        None,
        s3_keys(),
        LOG_RETENTION,
        what="Logs",
        Condition=LOG_BUCKET_MADE,
        Metadata=waive(NO_LOG),
    )


def _log_policy(log: Bucket, bucket: Bucket) -> BucketPolicy:
    return BucketPolicy(
        "LogBucketPolicy",
        **KEPT,
        Condition=LOG_BUCKET_MADE,
        Bucket=Ref(log),
        PolicyDocument=document([*refuse_weak_connections(log), allow_access_log(log, bucket)]),
    )


def _bucket_policy(bucket: Bucket) -> BucketPolicy:
    refusals = [
        *refuse_weak_connections(bucket),
        refuse_kms(bucket),
        *refuse_changes(bucket, POINTERS),
    ]
    return BucketPolicy(
        "BucketPolicy",
        **KEPT,
        Bucket=Ref(bucket),
        PolicyDocument=document([*refusals, *_readers(bucket), *_publishers(bucket)]),
    )


def _readers(bucket: Bucket) -> list[If]:
    same = Condition(StringEquals("aws:PrincipalOrgID", Ref(ORGANIZATION_ID)))
    organization = _read("OrganizationReads", bucket, Condition=same)
    return [
        If(ORGANIZATION_READS, organization, NoValue),
        If(EVERYONE_READS, _read("EveryoneReads", bucket), NoValue),
    ]


def _read(sid: str, bucket: Bucket, **limits: Condition) -> Statement:
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("*"),
        Action=[s3.GetObject],
        Resource=[objects_of(bucket)],
        **limits,
    )


def _publishers(bucket: Bucket) -> list[If]:
    who = Ref(PUBLISHERS)
    publish = [s3.GetObject, s3.PutObject]
    statements = (
        allow_accounts("PublishersPublish", who, publish, [objects_of(bucket)]),
        allow_accounts("PublishersList", who, [s3.ListBucket], [GetAtt(bucket, "Arn")]),
    )
    return [If(PUBLISHERS_GIVEN, each, NoValue) for each in statements]


def _outputs(bucket: Bucket, log: Bucket) -> list[Output]:
    prefix = f"https://${{{bucket.title}}}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}/"
    page = f"s3/buckets/${{{bucket.title}}}?region=${{AWS::Region}}"
    latest = "The launch page of the version that was promoted last."
    return [
        Output("BucketName", Description="Name of the bucket.", Value=Ref(bucket)),
        Output(
            "UrlPrefix",
            Description="What the URL of each object begins with; VERSION/TEMPLATE.yaml follows.",
            Value=Sub(prefix),
        ),
        url_output("LaunchPageUrl", latest, Sub(f"{prefix}latest/index.html")),
        Output("LogBucketName", Description="Where its access log is.", Value=_log_name(log)),
        url_output("BucketUrl", "The bucket in the console.", console_url(page)),
    ]
