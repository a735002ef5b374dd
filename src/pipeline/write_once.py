"""What makes a bucket write-once: its policy refuses to overwrite, to remove and to let expire.

Source: "Enforce conditional writes on Amazon S3 buckets" in the S3 user guide. A part of an upload
in parts carries no condition and creates no object, which `s3:ObjectCreationOperation` tells.
"""

from __future__ import annotations

from collections.abc import Sequence

from awacs import s3
from awacs.aws import (
    Bool,
    Condition,
    Deny,
    ForAllValuesStringNotEquals,
    Null,
    Principal,
    Statement,
)
from troposphere import GetAtt, Sub
from troposphere.s3 import Bucket

from pipeline.resource_policies import deny, objects_of

UNLESS_NEW, UNLESS_KNOWN = "s3:if-none-match", "s3:if-match"
CREATES = Bool("s3:ObjectCreationOperation", "true")
CLOUD_FORMATION = "cloudformation.amazonaws.com"


def refuse_changes(bucket: Bucket, pointers: Sequence[str]) -> list[Statement]:
    """Return the statements; `pointers` are the keys that are ever written again.

    These are written only by whoever knows what stands there, or that nothing does.
    """
    named = [Sub(f"${{{bucket.title}.Arn}}/{key}") for key in pointers]
    blind = Null({UNLESS_NEW: "true", UNLESS_KNOWN: "true"})
    return [
        _deny_overwriting(named),
        deny("DenyBlindMovesOfPointers", [s3.PutObject], named, blind, CREATES),
        *_deny_removing(bucket),
    ]


def _deny_overwriting(pointers: Sequence[Sub]) -> Statement:
    return Statement(
        Sid="DenyOverwriting",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[s3.PutObject],
        NotResource=list(pointers),
        Condition=Condition([Null(UNLESS_NEW, "true"), CREATES]),
    )


def _deny_removing(bucket: Bucket) -> list[Statement]:
    """Return what refuses to delete, at once or by expiry, and to replicate over what is there.

    Lifecycle rules are put by tools that look after all buckets of an account; through
    CloudFormation, which keeps this stack as its template says, they may be put.
    """
    ways = [s3.DeleteObject, s3.DeleteObjectVersion, s3.ReplicateDelete, s3.ReplicateObject]
    elsewhere = ForAllValuesStringNotEquals("aws:CalledVia", [CLOUD_FORMATION])
    arn = [GetAtt(bucket, "Arn")]
    return [
        deny("DenyRemoving", ways, [objects_of(bucket)]),
        deny("DenyExpiry", [s3.PutLifecycleConfiguration], arn, elsewhere),
    ]
