"""The bucket into which an application is packaged where no artifact store can be read."""

from __future__ import annotations

from troposphere import Ref
from troposphere.s3 import Bucket, BucketPolicy

from pipeline import names
from pipeline.buckets import KEPT, private_bucket, s3_keys
from pipeline.parameters import Question, whole_number
from pipeline.policies import document
from pipeline.resource_policies import refuse_weak_connections

RETENTION = "PackageRetentionInDays"
REASON = (
    "Encrypted with S3's own keys, which the upload of `aws cloudformation package` asks for; a "
    "key of the account's own would cost one more grant and guard nothing that is secret."
)


def retention_question() -> Question:
    """Return the question how long a package is kept."""
    return whole_number(
        RETENTION,
        "Package retention",
        "Days to keep a package, for example 365. After that a stack can no longer be rolled back "
        "to it.",
        default=365,
        most=3650,
    )


def bucket(stage: str) -> Bucket:
    """Return the bucket of a stage, under a name the pipeline knows."""
    return private_bucket(
        "DeploymentBucket",
        names.value(names.of_stage(stage, "${AWS::AccountId}-${AWS::Region}")),
        s3_keys(),
        RETENTION,
        Metadata={"Reason": REASON},
    )


def bucket_policy(of: Bucket) -> BucketPolicy:
    """Return what the bucket refuses everyone."""
    return BucketPolicy(
        "DeploymentBucketPolicy",
        **KEPT,
        Bucket=Ref(of),
        PolicyDocument=document(refuse_weak_connections(of)),
    )
