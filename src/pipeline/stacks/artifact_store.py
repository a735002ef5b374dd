"""One region's artifact store: a bucket and its key, readable by the accounts deployed to."""

from __future__ import annotations

from awacs import kms, s3
from awacs.aws import StringEquals
from troposphere import (
    AccountId,
    AWSHelperFn,
    GetAtt,
    If,
    NoValue,
    Output,
    Parameter,
    Ref,
    Sub,
    Template,
)
from troposphere.kms import Alias, Key
from troposphere.s3 import (
    Bucket,
    BucketPolicy,
    EventBridgeConfiguration,
    LoggingConfiguration,
    NotificationConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
)
from troposphere.ssm import Parameter as StoredParameter

from pipeline.buckets import KEPT, private_bucket
from pipeline.names import (
    DEPLOYMENT_BUCKET,
    DEPLOYMENT_KEY,
    ROLE_PREFIX,
    STORE_NAME,
    arn,
    value,
)
from pipeline.parameters import Group, Question, given, given_list, pattern, text, whole_number
from pipeline.policies import Resource, document
from pipeline.resource_policies import (
    administer_key,
    allow_accounts,
    objects_of,
    refuse_other_keys,
    refuse_weak_connections,
)
from pipeline.template import console_url, new_template, url_output

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc")
DESCRIPTION = (
    "A pipeline's artifact store in one region: an encrypted, versioned, private bucket and its "
    "key. Launch it in every region the pipeline works in, its own included. Bucket and key "
    "outlive the stack."
)
NAME = "StoreName"
TARGETS = "TargetAccountIds"
TARGETS_GIVEN = "TargetAccountsGiven"
RETENTION = "ArtifactRetentionInDays"
LOG_BUCKET = "AccessLogBucket"
LOG_BUCKET_GIVEN = "AccessLogBucketGiven"

PREFIX = "ParameterPrefix"
PREFIX_GIVEN = "ParameterPrefixGiven"

BUCKET_NAME = f"${{{NAME}}}-${{AWS::AccountId}}-${{AWS::Region}}"
ALIAS_NAME = f"alias/${{{NAME}}}"
# A bucket's name has 63 characters at most; account, longest region and two hyphens take 28.
STORE_NAME_PATTERN = "[a-z0-9][a-z0-9-]{1,33}[a-z0-9]"


def build() -> Template:
    """Return the artifact store of the region it is launched in."""
    template = new_template(DESCRIPTION, PARTITIONS, _groups())
    template.add_condition(TARGETS_GIVEN, given_list(TARGETS))
    template.add_condition(LOG_BUCKET_GIVEN, given(LOG_BUCKET))
    template.add_condition(PREFIX_GIVEN, given(PREFIX))
    key = _key()
    alias = Alias("KeyAlias", AliasName=Sub(ALIAS_NAME), TargetKeyId=Ref(key), **KEPT)
    bucket = _bucket(key)
    stored = _stored({DEPLOYMENT_BUCKET: Ref(bucket), DEPLOYMENT_KEY: GetAtt(key, "Arn")})
    for resource in (key, alias, bucket, _bucket_policy(bucket, key), *stored):
        template.add_resource(resource)
    for output in _outputs(bucket, key, alias):
        template.add_output(output)
    return template


def _groups() -> list[Group]:
    return [
        Group("Store", (_name_question(), _retention_question(), _prefix_question())),
        Group("Access", (_targets_question(), _log_bucket_question())),
    ]


def _name_question() -> Question:
    return text(
        NAME,
        "Store name",
        f"First part of the bucket's name and name of the key's alias, for example {STORE_NAME}; "
        "the same in every region. Pipelines that find their stores by name expect the default.",
        default=STORE_NAME,
        **pattern(STORE_NAME_PATTERN, "3 to 35 lower-case letters, digits and inner hyphens."),
    )


def _retention_question() -> Question:
    return whole_number(
        RETENTION,
        "Artifact retention",
        "Days to keep an artifact, for example 30. After that, older executions can "
        "be neither retried nor rolled back to, and a source kept here must be uploaded anew.",
        default=30,
        most=3650,
    )


def _prefix_question() -> Question:
    return text(
        PREFIX,
        "Prefix of the store's parameters",
        "Parameter Store path below which the names of bucket and key are written, for example "
        f"{ROLE_PREFIX}, where a multi-account pipeline in this region looks them up. "
        "Empty: they are not written.",
        default="",
        **pattern("|(/[A-Za-z0-9_.-]+){1,10}", "A path like /US/Dev, without a final '/'."),
    )


def _stored(values: dict[str, AWSHelperFn]) -> list[StoredParameter]:
    """Return what is written to Parameter Store, by the last part of its name."""
    return [
        StoredParameter(
            f"{name}Parameter",
            Condition=PREFIX_GIVEN,
            Name=Sub(f"${{{PREFIX}}}/{name}"),
            Type="String",
            Description="Of the artifact store of this region.",
            Value=value,
        )
        for name, value in values.items()
    ]


def _targets_question() -> Question:
    parameter = Parameter(
        TARGETS,
        Type="CommaDelimitedList",
        Description="Accounts whose roles may read artifacts, for example "
        "111122223333,444455556666. Empty: this account alone.",
        Default="",
        **pattern("|[0-9]{12}", "Account ids of 12 digits, with commas between them, or nothing."),
    )
    return Question("Target accounts", parameter)


def _log_bucket_question() -> Question:
    return text(
        LOG_BUCKET,
        "Access log bucket",
        "Bucket of this account and region that takes the access log, for example "
        "access-logs-123456789012-us-east-1; never the store itself. Its policy must let S3 write "
        "logs. Empty: no access log.",
        default="",
        **pattern("|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "The name of a bucket, or nothing."),
    )


def _readers() -> If:
    """Return whose roles may read: those of this account, where no other is given."""
    return If(TARGETS_GIVEN, Ref(TARGETS), AccountId)


def _key() -> Key:
    through_s3 = StringEquals("kms:ViaService", Sub("s3.${AWS::Region}.${AWS::URLSuffix}"))
    decrypt = allow_accounts(
        "TargetAccountsDecryptArtifacts", _readers(), [kms.Decrypt], ["*"], through_s3
    )
    return Key(
        "Key",
        **KEPT,
        Description=Sub(f"Encrypts the artifacts in {BUCKET_NAME}."),
        EnableKeyRotation=True,
        KeyPolicy=document([administer_key(), decrypt]),
    )


def _bucket(key: Key) -> Bucket:
    no_log = "Without AccessLogBucket no access log: one made here would be a bucket without one."
    default = ServerSideEncryptionByDefault(
        SSEAlgorithm="aws:kms", KMSMasterKeyID=GetAtt(key, "Arn")
    )
    return private_bucket(
        "Bucket",
        Sub(BUCKET_NAME),
        ServerSideEncryptionRule(BucketKeyEnabled=True, ServerSideEncryptionByDefault=default),
        RETENTION,
        Metadata={"Reason": no_log},
        NotificationConfiguration=NotificationConfiguration(
            EventBridgeConfiguration=EventBridgeConfiguration(EventBridgeEnabled=True)
        ),
        LoggingConfiguration=_access_log(),
    )


def _access_log() -> If:
    log = LoggingConfiguration(
        DestinationBucketName=Ref(LOG_BUCKET), LogFilePrefix=Sub(f"{BUCKET_NAME}/")
    )
    return If(LOG_BUCKET_GIVEN, log, NoValue)


def _bucket_policy(bucket: Bucket, key: Key) -> BucketPolicy:
    read = allow_accounts(
        "TargetAccountsReadArtifacts",
        _readers(),
        [s3.GetObject, s3.GetObjectVersion],
        [objects_of(bucket)],
    )
    refusals = [*refuse_weak_connections(bucket), *refuse_other_keys(bucket, _names_of(key))]
    return BucketPolicy(
        "BucketPolicy",
        **KEPT,
        Bucket=Ref(bucket),
        PolicyDocument=document([*refusals, read]),
    )


def _names_of(key: Key) -> list[Resource]:
    return [GetAtt(key, "Arn"), Ref(key), arn("kms", ALIAS_NAME), value(ALIAS_NAME)]


def _outputs(bucket: Bucket, key: Key, alias: Alias) -> list[Output]:
    page = f"s3/buckets/${{{bucket.title}}}?region=${{AWS::Region}}"
    return [
        Output("BucketName", Description="Name of the bucket.", Value=Ref(bucket)),
        Output(
            "ArtifactArns",
            Description="What the roles of other accounts may read: every object of the bucket.",
            Value=objects_of(bucket),
        ),
        Output("KeyArn", Description="ARN of the key.", Value=GetAtt(key, "Arn")),
        Output("KeyAlias", Description="Alias of the key.", Value=Ref(alias)),
        url_output("BucketUrl", "The bucket in the console.", console_url(page)),
    ]
