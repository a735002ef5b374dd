"""What launching a launch bucket asks: its name, who reads and publishes, where its log goes."""

from __future__ import annotations

from troposphere import Equals, Parameter, Ref, Template

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


def groups() -> list[Group]:
    """Return the questions, in the groups the console shows."""
    return [
        Group("Bucket", (_name_question(),)),
        Group("Access", (_read_question(), _organization_question(), _publishers_question())),
        Group("Access log", (_log_bucket_question(), _log_retention_question())),
    ]


def prepare(template: Template) -> None:
    """Add the rules and conditions that the answers are held to and looked up by."""
    _add_rules(template)
    _add_conditions(template)


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
        "China, its ICP recordal. Readers may not list.",
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
