"""Rules about what is stored: under which key, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws_reference.registry import stateful_types
from review.rule import Found, rule
from review.statements import alternatives
from review.subjects import Resource
from template_reader.file import PIPELINE

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")
# A stack keeps nothing itself: each of its resources says what becomes of it.
KEEPS_NOTHING = "AWS::CloudFormation::Stack"
CLUSTER = "DBClusterIdentifier"
KEY = "EncryptionKey"


@rule(
    judges=Resource,
    id="MR102",
    sentence="What keeps data says what becomes of it.",
    mend="add DeletionPolicy and UpdateReplacePolicy: Retain, Snapshot, or Delete if that is meant",
    reason="Without them most resources are deleted, with what is in them, as soon as they leave "
    "the template or are replaced.",
    source="CloudFormation user guide, DeletionPolicy and UpdateReplacePolicy attributes",
    passes="Queue: {DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Retain}",
    fails="Queue: {DeletionPolicy: null}",
)
def data_without_a_policy(resource: Resource) -> Iterator[Found]:
    """Yield a resource that keeps data and does not say whether it outlives the stack."""
    keeps_data = resource.type in stateful_types() - {KEEPS_NOTHING}
    if keeps_data and not resource.gives(CLUSTER):
        missing = [each for each in POLICIES if each not in resource.node]
        if missing:
            yield Found(resource.line, f"keeps data and has no {' and no '.join(missing)}")


@rule(
    judges=Resource,
    id="MR107",
    sentence="A pipeline's artifact store has a key of its own.",
    mend="add EncryptionKey: {Type: KMS, Id: the ARN of a key that target accounts may use}",
    reason="The key CodePipeline takes else is AWS's, whose policy lets no other account read: "
    "actions in other accounts fail, and nobody decides who decrypts.",
    source="CodePipeline user guide, server-side encryption for artifacts",
    passes="""
        Pipeline:
          Properties:
            ArtifactStores:
            - {Region: eu-west-1, ArtifactStore: {EncryptionKey: {Id: !Ref TwinKeyArn}}}
    """,
    fails="""
        Pipeline:
          Properties:
            ArtifactStores:
            - {Region: us-east-1, ArtifactStore: {EncryptionKey: null}}
    """,
)
def artifacts_without_a_key(resource: Resource) -> Iterator[Found]:
    """Yield an artifact store without a key, unless a condition may give it one."""
    if resource.type == PIPELINE:
        one = resource.properties.get("ArtifactStore")
        several = [each for each, _ in alternatives(resource.properties.get("ArtifactStores"))]
        for each in [one, *(_store(each) for each in several)]:
            if _has_no_key(each):
                yield Found(each, "an artifact store has no EncryptionKey")


def _store(node: Any) -> Any:
    return node.get("ArtifactStore") if isinstance(node, Mapping) else None


def _has_no_key(store: Any) -> bool:
    """Return whether each store that there may be lacks a key."""
    found = [each for each, _ in alternatives(store) if isinstance(each, Mapping)]
    return any("Location" in each for each in found) and not any(
        alternative for each in found for alternative in alternatives(each.get(KEY, []))
    )
