"""Buckets that are private, versioned and never deleted with their stack."""

from __future__ import annotations

from typing import Any

from troposphere import AWSHelperFn, Ref
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
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

RETENTION_OF_OLD_VERSIONS = 7
# A stack that fails while it is first made takes them away, or the next could not make them.
KEPT: dict[str, Any] = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}


def private_bucket(
    title: str,
    name: str | AWSHelperFn,
    encryption: ServerSideEncryptionRule,
    days: str,
    **more: Any,
) -> Bucket:
    """Return a bucket; `days` names the parameter that says how long an object is kept."""
    return Bucket(
        title,
        **KEPT,
        BucketName=name,
        BucketEncryption=BucketEncryption(ServerSideEncryptionConfiguration=[encryption]),
        VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
        PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
            BlockPublicAcls=True,
            BlockPublicPolicy=True,
            IgnorePublicAcls=True,
            RestrictPublicBuckets=True,
        ),
        OwnershipControls=OwnershipControls(
            Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
        ),
        LifecycleConfiguration=LifecycleConfiguration(Rules=[_expiry(days)]),
        **more,
    )


def _expiry(days: str) -> LifecycleRule:
    return LifecycleRule(
        Id="ExpireArtifacts",
        Status="Enabled",
        ExpirationInDays=Ref(days),
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(
            NoncurrentDays=RETENTION_OF_OLD_VERSIONS
        ),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
    )
