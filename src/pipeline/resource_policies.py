"""Statements of policies that stand on a bucket or a key, rather than on who uses it.

What a bucket refuses it refuses everyone, its administrators included.
"""

from __future__ import annotations

from collections.abc import Sequence

from awacs import s3
from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    ConditionElement,
    Deny,
    Null,
    NumericLessThan,
    Principal,
    Statement,
    StringEquals,
    StringNotEquals,
)
from troposphere import AccountId, AWSHelperFn, GetAtt, Sub
from troposphere.s3 import Bucket

from pipeline.names import arn
from pipeline.policies import Resource

ALGORITHM_NAMED = "s3:x-amz-server-side-encryption"
KEY_NAMED = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def objects_of(bucket: Bucket) -> Sub:
    """Return the ARN of every object in a bucket."""
    return Sub(f"${{{bucket.title}.Arn}}/*")


def allow_accounts(
    sid: str,
    accounts: AWSHelperFn,
    actions: Sequence[Action],
    resources: Sequence[Resource],
    *conditions: ConditionElement,
) -> Statement:
    """Return a statement that lets accounts, given by id or ARN, allow their roles the actions."""
    return _about(Allow, Principal("AWS", accounts), sid, actions, resources, *conditions)


def deny(
    sid: str,
    actions: Sequence[Action],
    resources: Sequence[Resource],
    *conditions: ConditionElement,
) -> Statement:
    """Return a statement that refuses everyone the actions, under all the conditions."""
    return _about(Deny, Principal("*"), sid, actions, resources, *conditions)


def _about(
    effect: str,
    whom: Principal,
    sid: str,
    actions: Sequence[Action],
    resources: Sequence[Resource],
    *conditions: ConditionElement,
) -> Statement:
    limits = {"Condition": Condition(list(conditions))} if conditions else {}
    return Statement(
        Sid=sid,
        Effect=effect,
        Principal=whom,
        Action=list(actions),
        Resource=list(resources),
        **limits,
    )


def administer_key() -> Statement:
    """Return the statement without which nobody could ever change or delete a key again."""
    account = arn("iam", "root", region="")
    return allow_accounts(
        "AccountAdministersKeyLestNobodyCan", account, [Action("kms", "*")], ["*"]
    )


def allow_access_log(log: Bucket, of: Bucket) -> Statement:
    """Return a statement that lets S3 write one bucket's access log into another."""
    service = Principal("Service", "logging.s3.amazonaws.com")
    return _about(
        *(Allow, service, "S3WritesTheAccessLog", [s3.PutObject], [objects_of(log)]),
        ArnLike("aws:SourceArn", GetAtt(of, "Arn")),
        StringEquals("aws:SourceAccount", AccountId),
    )


def refuse_weak_connections(bucket: Bucket) -> list[Statement]:
    """Return statements that refuse plain HTTP and TLS before 1.2."""
    everything = [GetAtt(bucket, "Arn"), objects_of(bucket)]
    anything = [Action("s3", "*")]
    plain, old = Bool("aws:SecureTransport", "false"), NumericLessThan("s3:TlsVersion", "1.2")
    return [
        deny("DenyPlainHttp", anything, everything, plain),
        deny("DenyTlsBefore12", anything, everything, old),
    ]


def refuse_kms(bucket: Bucket) -> Statement:
    """Return a statement that refuses uploads under a KMS key, which readers could not use."""
    return _deny_upload("DenyOtherEncryption", bucket, ALGORITHM_NAMED, ["AES256"])


def refuse_other_keys(bucket: Bucket, names_of_key: Sequence[Resource]) -> list[Statement]:
    """Return statements that refuse uploads which ask for another key, or for no KMS key.

    An upload that asks for nothing is left to the bucket's default. S3 compares what a request
    says, so the key is given by every name it has.
    """
    return [
        _deny_upload("DenyOtherEncryption", bucket, ALGORITHM_NAMED, ["aws:kms"]),
        _deny_upload("DenyOtherKeys", bucket, KEY_NAMED, names_of_key),
    ]


def _deny_upload(sid: str, bucket: Bucket, header: str, allowed: Sequence[Resource]) -> Statement:
    # StringNotEquals alone also holds for a header that is not there.
    present, other = Null(header, "false"), StringNotEquals(header, list(allowed))
    return deny(sid, [s3.PutObject], [objects_of(bucket)], present, other)
