"""The bucket into which an application is packaged where no artifact store can be read."""

from __future__ import annotations

from troposphere import Parameter, Ref
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
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

from pipeline import names
from pipeline.parameters import Question
from pipeline.policies import document
from pipeline.resource_policies import refuse_weak_connections

RETENTION = "PackageRetentionInDays"
RETENTION_OF_OLD_VERSIONS = 7
REASON = (
    "Encrypted with S3's own keys, which the upload of `aws cloudformation package` asks for; a "
    "key of the account's own would cost one more grant and guard nothing that is secret."
)


def retention_question() -> Question:
    """Return the question how long a package is kept."""
    parameter = Parameter(
        RETENTION,
        Type="Number",
        Description="Days to keep a package, for example 365. After that a stack can no longer be "
        "rolled back to it.",
        Default=365,
        MinValue=1,
        MaxValue=3650,
        ConstraintDescription="A whole number from 1 to 3650.",
    )
    return Question("Package retention", parameter)


def bucket(stage: str) -> Bucket:
    """Return the bucket of a stage, under a name the pipeline knows."""
    default = ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    encrypted = ServerSideEncryptionRule(ServerSideEncryptionByDefault=default)
    return Bucket(
        "DeploymentBucket",
        Metadata={"Reason": REASON},
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        BucketName=names.value(names.of_stage(stage, "${AWS::AccountId}-${AWS::Region}")),
        BucketEncryption=BucketEncryption(ServerSideEncryptionConfiguration=[encrypted]),
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
        LifecycleConfiguration=LifecycleConfiguration(Rules=[_expiry()]),
    )


def _expiry() -> LifecycleRule:
    return LifecycleRule(
        Id="ExpirePackages",
        Status="Enabled",
        ExpirationInDays=Ref(RETENTION),
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(
            NoncurrentDays=RETENTION_OF_OLD_VERSIONS
        ),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
    )


def bucket_policy(of: Bucket) -> BucketPolicy:
    """Return what the bucket refuses everyone."""
    return BucketPolicy(
        "DeploymentBucketPolicy",
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        Bucket=Ref(of),
        PolicyDocument=document(refuse_weak_connections(of)),
    )
