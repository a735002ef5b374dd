"""What is asked about the artifact stores: a bucket and a key for each region."""

from __future__ import annotations

from pipeline.names import (
    DEPLOYMENT_BUCKET,
    DEPLOYMENT_KEY,
    OWN_STAGE,
    STORE_NAME,
    bucket_parameter,
    key_parameter,
    label,
)
from pipeline.names import stored as stored_name
from pipeline.parameters import Question, pattern, stored, text
from pipeline.partitions import partition_of
from pipeline.topology import ArtifactStores, Region, Topology

BUCKET_NAME = pattern(
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "A bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, without s3://.",
)
KEY_ARN = pattern(
    r"|arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
    "The ARN of a KMS key (not of an alias), or nothing.",
)


def questions(topology: Topology) -> tuple[Question, ...]:
    """Return what a launch template asks about its stores: nothing where they are named."""
    if topology.artifact_stores is ArtifactStores.NAMED:
        return ()
    stored = topology.artifact_stores is ArtifactStores.STORED
    bucket, key = (_stored_bucket, _stored_key) if stored else (_bucket_question, _key_question)
    return (*map(bucket, topology.regions), *map(key, topology.regions))


def home_key_questions(topology: Topology) -> tuple[Question, ...]:
    """Return what a template asks that knows only the home store's key."""
    return tuple(
        each for each in questions(topology) if each.parameter.title == key_parameter(topology.home)
    )


def _stored_bucket(region: Region) -> Question:
    what = f"the name of the artifact bucket in {_place(region)}"
    path = _stored_name(DEPLOYMENT_BUCKET, region)
    return stored(bucket_parameter(region), f"Artifact bucket in {_label(region)}", what, path)


def _stored_key(region: Region) -> Question:
    what = f"the ARN of the key of the artifact bucket in {_place(region)}"
    path = _stored_name(DEPLOYMENT_KEY, region)
    return stored(key_parameter(region), f"Artifact key in {_label(region)}", what, path)


def _stored_name(thing: str, region: Region) -> str:
    """Return the seed's name for home's, and a name below it for another region's."""
    name = stored_name(partition_of(region.name), OWN_STAGE, thing)
    return f"{name}/{region.name}" if label(region) else name


def _label(region: Region) -> str:
    return label(region) or "this region"


def _place(region: Region) -> str:
    return label(region) or "the region this stack is launched in"


def _bucket_question(region: Region) -> Question:
    return text(
        bucket_parameter(region),
        f"Artifact bucket in {label(region) or 'this region'}",
        f"Bucket in {_place(region)} for the pipeline's artifacts: output BucketName of "
        f"artifact-store.yaml launched there, for example {STORE_NAME}-123456789012-{region.name}. "
        "No default: it is yours alone, worldwide.",
        default=None,
        **BUCKET_NAME,
    )


def _key_question(region: Region) -> Question:
    return text(
        key_parameter(region),
        f"Artifact key in {label(region) or 'this region'}",
        f"ARN of the KMS key of that bucket in {_place(region)}: output KeyArn of "
        "artifact-store.yaml, for example arn:aws:kms:"
        f"{region.name}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab. "
        "Empty: the AWS managed key of S3, which no other account can use.",
        default="",
        **KEY_ARN,
    )
