"""The bucket that versions of the templates are published to, and launched from; write-once."""

from __future__ import annotations

from awacs import s3
from awacs.aws import Condition, Principal, Statement, StringEquals
from troposphere import Equals, GetAtt, If, NoValue, Output, Parameter, Ref, Sub, Template
from troposphere.s3 import Bucket, BucketPolicy, LoggingConfiguration

from pipeline.buckets import KEPT, block_public_access, kept_bucket, private_bucket, s3_keys
from pipeline.names import THIS_STACK
from pipeline.parameters import (
    Assertion,
    Group,
    Question,
    add_rule,
    all_differ,
    given,
    given_list,
    one_of,
    pattern,
    text,
    whole_number,
)
from pipeline.policies import document
from pipeline.resource_policies import (
    allow_access_log,
    allow_accounts,
    objects_of,
    refuse_kms,
    refuse_weak_connections,
)
from pipeline.template import console_url, new_template, url_output
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

NAME = "BucketName"
NAME_GIVEN = "BucketNameGiven"
READ_ACCESS = "ReadAccess"
PRIVATE, ORGANIZATION, PUBLIC = "Private", "Organization", "Public"
ORGANIZATION_READS, EVERYONE_READS = "OrganizationReads", "EveryoneReads"
ORGANIZATION_ID = "OrganizationId"
PUBLISHERS = "PublisherArns"
PUBLISHERS_GIVEN = "PublisherArnsGiven"
LOG_BUCKET = "AccessLogBucket"
LOG_BUCKET_GIVEN = "AccessLogBucketGiven"
LOG_BUCKET_MADE = "AccessLogBucketMade"
LOG_RETENTION = "AccessLogRetentionInDays"

# Without dots, which the certificate of S3's host names does not cover.
BUCKET_NAME = "|[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
ENCRYPTION = (
    "Encrypted with S3's own keys: readers of a public bucket, or of another account's, could not "
    "use a KMS key, and nothing here is secret."
)
NO_LOG = "Without an access log of its own: it would be a log of the writing of logs."


def build() -> Template:
    """Return the launch bucket of a partition."""
    template = new_template(DESCRIPTION, PARTITIONS, _groups())
    _add_rules(template)
    _add_conditions(template)
    log = _log_bucket()
    bucket = _bucket(log)
    for resource in (log, bucket, _bucket_policy(bucket), _log_policy(log, bucket)):
        template.add_resource(resource)
    for output in _outputs(bucket, log):
        template.add_output(output)
    return template


def _groups() -> list[Group]:
    return [
        Group("Bucket", (_name_question(),)),
        Group("Access", (_read_question(), _organization_question(), _publishers_question())),
        Group("Access log", (_log_bucket_question(), _log_retention_question())),
    ]


def _name_question() -> Question:
    return text(
        NAME,
        "Bucket name",
        "Name of the bucket, for example orders-templates. Every URL begins with it and it cannot "
        "be changed later. Empty: CloudFormation makes one up.",
        default="",
        **pattern(BUCKET_NAME, "3 to 63 lower-case letters, digits and inner hyphens, or nothing."),
    )


def _read_question() -> Question:
    return text(
        READ_ACCESS,
        "Who may read",
        "Private: this account, and whoever is given a pre-signed URL. Organization: every account "
        "of one. Public: everyone; the account's own Block Public Access must let them and, in "
        "China, its ICP recordal. Nobody but publishers may list.",
        default=PRIVATE,
        **one_of((PRIVATE, ORGANIZATION, PUBLIC)),
    )


def _organization_question() -> Question:
    return text(
        ORGANIZATION_ID,
        "Organization",
        "Id of the organization that may read, for example o-a1b2c3d4e5; `aws organizations "
        "describe-organization` says it. Empty unless the organization is chosen above.",
        default="",
        **pattern("|o-[a-z0-9]{10,32}", "An id like o-a1b2c3d4e5, or nothing."),
    )


def _publishers_question() -> Question:
    parameter = Parameter(
        PUBLISHERS,
        Type="CommaDelimitedList",
        Description="Roles and users that publish, for example "
        "arn:aws:iam::111122223333:role/release; those of other accounts need this and their own "
        "policy. Empty: whom this account's IAM allows to.",
        Default="",
        **pattern(
            "|arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+",
            "ARNs of roles and users, with commas between them, or nothing.",
        ),
    )
    return Question("Publishers", parameter)


def _log_bucket_question() -> Question:
    return text(
        LOG_BUCKET,
        "Access log bucket",
        "Bucket of this account and region that takes the access log, for example "
        "access-logs-123456789012-us-east-1. Its policy must let S3 write "
        "logs. Empty: one is made.",
        default="",
        **pattern("|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "The name of a bucket, or nothing."),
    )


def _log_retention_question() -> Question:
    return whole_number(
        LOG_RETENTION,
        "Access log retention",
        "Days to keep the access log in the bucket made for it, for example 365.",
        default=365,
        most=3650,
    )


def _add_rules(template: Template) -> None:
    by_organization = Equals(Ref(READ_ACCESS), ORGANIZATION)
    needed = f"{READ_ACCESS} is {ORGANIZATION}, and {ORGANIZATION_ID} is empty: say which may read."
    idle = f"{ORGANIZATION_ID} is given: choose {ORGANIZATION} as {READ_ACCESS}, or leave it empty."
    add_rule(
        template,
        "OrganizationIsNamed",
        [Assertion(given(ORGANIZATION_ID), needed)],
        when=by_organization,
    )
    add_rule(
        template,
        "OrganizationIsMeant",
        [Assertion(by_organization, idle)],
        when=given(ORGANIZATION_ID),
    )
    buckets = [(NAME, Ref(NAME)), (LOG_BUCKET, Ref(LOG_BUCKET))]
    mend = "a bucket's access log would be logged in turn; name another bucket."
    add_rule(template, "LogIsElsewhere", all_differ(buckets, mend), when=given(LOG_BUCKET))


def _add_conditions(template: Template) -> None:
    template.add_condition(NAME_GIVEN, given(NAME))
    template.add_condition(ORGANIZATION_READS, Equals(Ref(READ_ACCESS), ORGANIZATION))
    template.add_condition(EVERYONE_READS, Equals(Ref(READ_ACCESS), PUBLIC))
    template.add_condition(PUBLISHERS_GIVEN, given_list(PUBLISHERS))
    template.add_condition(LOG_BUCKET_GIVEN, given(LOG_BUCKET))
    template.add_condition(LOG_BUCKET_MADE, Equals(Ref(LOG_BUCKET), ""))


def _bucket(log: Bucket) -> Bucket:
    return kept_bucket(
        "Bucket",
        If(NAME_GIVEN, Ref(NAME), NoValue),
        s3_keys(),
        block_public_access(policies=If(EVERYONE_READS, False, True)),
        Metadata={"Reason": ENCRYPTION},
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
        Metadata={"Reason": NO_LOG},
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
        Effect="Allow",
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
