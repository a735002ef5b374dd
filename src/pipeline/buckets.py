"""Buckets that are versioned and never deleted with their stack, and private unless said."""

from __future__ import annotations

from typing import Any

from troposphere import AWSHelperFn, If, Ref
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentVersionExpiration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

RETENTION_OF_OLD_VERSIONS = 7
# A stack that fails while it is first made takes them away, or the next could not make them.
KEPT: dict[str, Any] = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}


def private_bucket(
    title: str,
    name: str | AWSHelperFn | None,
    encryption: ServerSideEncryptionRule,
    days: str,
    what: str = "Artifacts",
    **more: Any,
) -> Bucket:
    """Return a bucket; `days` names the parameter that says how long what is in it is kept."""
    expiry = LifecycleConfiguration(Rules=[_expiry(what, days)])
    block = block_public_access()
    return kept_bucket(title, name, encryption, block, LifecycleConfiguration=expiry, **more)


def kept_bucket(
    title: str,
    name: str | AWSHelperFn | None,
    encryption: ServerSideEncryptionRule,
    block: PublicAccessBlockConfiguration,
    **more: Any,
) -> Bucket:
    """Return a bucket in which nothing expires; without a name, CloudFormation makes one up."""
    named: dict[str, Any] = {"BucketName": name} if name else {}
    return Bucket(
        title,
        **KEPT,
        **named,
        BucketEncryption=BucketEncryption(ServerSideEncryptionConfiguration=[encryption]),
        VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
        PublicAccessBlockConfiguration=block,
        OwnershipControls=OwnershipControls(
            Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
        ),
        **more,
    )


def block_public_access(policies: bool | If = True) -> PublicAccessBlockConfiguration:
    """Return what keeps the public out; `policies`: also where the bucket's policy lets it in."""
    return PublicAccessBlockConfiguration(
        BlockPublicAcls=True,
        BlockPublicPolicy=policies,
        IgnorePublicAcls=True,
        RestrictPublicBuckets=policies,
    )


def s3_keys() -> ServerSideEncryptionRule:
    """Return the encryption with S3's own keys, which whoever may read an object may use."""
    default = ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    return ServerSideEncryptionRule(ServerSideEncryptionByDefault=default)


def _expiry(what: str, days: str) -> LifecycleRule:
    return LifecycleRule(
        Id=f"Expire{what}",
        Status="Enabled",
        ExpirationInDays=Ref(days),
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(
            NoncurrentDays=RETENTION_OF_OLD_VERSIONS
        ),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
    )
