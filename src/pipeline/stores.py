"""The artifact store of each region: what a pipeline calls it, who may use it, what is asked.

CodePipeline wants one bucket in every region it works in, its own included. A region of the
topology therefore always has a store; a region without one cannot be written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from awacs import kms, s3
from awacs.aws import Action, ForAnyValueStringEquals, Statement
from troposphere import AWSHelperFn, If, NoValue, Ref, Sub, Template
from troposphere.codepipeline import ArtifactStore as ArtifactStoreProperty
from troposphere.codepipeline import ArtifactStoreMap, EncryptionKey
from troposphere.iam import Policy

from pipeline.names import (
    PACKAGES,
    STORE_NAME,
    arn,
    bucket_parameter,
    key_parameter,
    value,
)
from pipeline.parameters import (
    Assertion,
    add_rule,
    all_differ,
    any_of,
    given,
)
from pipeline.policies import allow, policy
from pipeline.topology import ArtifactStores, Region, Topology
from pipeline.unrehearsed import WITH_VERSION

KEYS_GIVEN = "ArtifactKeysGiven"
ALIAS = "alias/"


@dataclass(frozen=True)
class ArtifactStore:
    """A region's artifact bucket and the key it encrypts with, as texts inside `Fn::Sub`.

    `key_given` names the condition under which there is a key of the account's own; without one
    CodePipeline uses the AWS managed key of S3, which needs no grant. '' means always.
    """

    region: Region
    bucket: str
    key: str
    key_given: str


def artifact_store(topology: Topology, region: Region) -> ArtifactStore:
    """Return the store of one region, as this topology knows its stores."""
    if topology.artifact_stores is ArtifactStores.NAMED:
        bucket = f"{STORE_NAME}-${{AWS::AccountId}}-{region.text}"
        return ArtifactStore(region, bucket, f"{ALIAS}{STORE_NAME}", key_given="")
    key = key_parameter(region)
    bucket = f"${{{bucket_parameter(region)}}}"
    asked = topology.artifact_stores is ArtifactStores.ASKED
    return ArtifactStore(region, bucket, f"${{{key}}}", key_given=f"{key}Given" if asked else "")


def artifact_stores(topology: Topology) -> tuple[ArtifactStore, ...]:
    """Return the stores of all the regions a topology works in, home first."""
    return tuple(artifact_store(topology, region) for region in topology.regions)


def store_map(store: ArtifactStore) -> ArtifactStoreMap:
    """Return the store as the pipeline lists it."""
    return ArtifactStoreMap(
        Region=value(store.region.text),
        ArtifactStore=ArtifactStoreProperty(
            Type="S3",
            Location=value(store.bucket),
            EncryptionKey=encryption_key(store),
        ),
    )


def encryption_key(store: ArtifactStore) -> EncryptionKey | If:
    """Return the key as the pipeline names it: in its own account an alias may stand for it."""
    key = EncryptionKey(Id=key_arn(store), Type="KMS")
    return If(store.key_given, key, NoValue) if store.key_given else key


def key_arn(store: ArtifactStore) -> str | AWSHelperFn:
    """Return the ARN of the store's key, or of the alias that stands for it."""
    by_alias = store.key.startswith(ALIAS)
    return arn("kms", store.key, store.region.text) if by_alias else value(store.key)


def bucket_arn(store: ArtifactStore) -> Sub:
    """Return the ARN of the store's bucket."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::{store.bucket}")


def objects_arn(store: ArtifactStore) -> Sub:
    """Return the ARN of every object in the store's bucket."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::{store.bucket}/*")


def read_artifacts(store: ArtifactStore) -> Statement:
    """Return what a build needs to fetch its input artifact."""
    return allow(
        "ReadArtifacts",
        [s3.GetObject, s3.GetObjectVersion],
        [objects_arn(store)],
        unrehearsed={WITH_VERSION: [s3.GetObjectVersion]},
    )


def write_artifacts(store: ArtifactStore) -> Statement:
    """Return what a build needs to hand on its output artifacts."""
    return allow("WriteArtifacts", [s3.PutObject], [objects_arn(store)])


def keep_packages(others: Sequence[ArtifactStore]) -> list[Statement]:
    """Return what `aws cloudformation package` needs in stores but that of the build's artifacts.

    There the build may read and write all; the command uploads what is not there yet.
    """
    keep = [s3.GetObject, s3.PutObject]
    return [allow("KeepPackages", keep, _packages(others))] if others else []


def fetch_packages(stores: tuple[ArtifactStore, ...]) -> list[Statement]:
    """Return what CloudFormation needs to make functions of what was packaged."""
    fetch = [s3.GetObject, s3.GetObjectVersion]
    return [
        allow(
            "FetchCode",
            fetch,
            _packages(stores),
            unrehearsed={WITH_VERSION: [s3.GetObjectVersion]},
        ),
        allow("DecryptCode", [kms.Decrypt], [key_arn(store) for store in stores]),
    ]


def _packages(stores: Sequence[ArtifactStore]) -> list[Sub]:
    return [Sub(f"arn:${{AWS::Partition}}:s3:::{store.bucket}/{PACKAGES}/*") for store in stores]


def look_before_packaging(stores: tuple[ArtifactStore, ...]) -> Statement:
    """Return what it takes to say where a bucket lies, and to encrypt as it does."""
    look = [s3.GetBucketLocation, s3.GetEncryptionConfiguration]
    return allow("LookBeforePackaging", look, [bucket_arn(store) for store in stores])


def pass_artifacts(stores: tuple[ArtifactStore, ...]) -> list[Statement]:
    """Return what a pipeline needs to carry artifacts between its stores."""
    look = [s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning]
    carry = [s3.GetObject, s3.GetObjectVersion, s3.PutObject]
    return [
        allow("LookAtArtifactStores", look, [bucket_arn(store) for store in stores]),
        allow(
            "CarryArtifacts",
            carry,
            [objects_arn(store) for store in stores],
            unrehearsed={WITH_VERSION: [s3.GetObjectVersion]},
        ),
    ]


def read_key(store: ArtifactStore) -> Policy | If:
    """Return the policy to decrypt artifacts of a store, left out where it has no own key."""
    return _use_keys("use-artifact-key", (store,), store.key_given, kms.Decrypt)


def carry_keys(stores: tuple[ArtifactStore, ...]) -> Policy | If:
    """Return the policy to decrypt and encrypt artifacts of all stores that have keys of their own.

    It is one for all of them: IAM counts the characters of a role's inline policies together.
    """
    calls = (kms.Decrypt, kms.GenerateDataKey)
    return _use_keys("use-artifact-keys", stores, KEYS_GIVEN, *calls)


def _use_keys(
    name: str, stores: tuple[ArtifactStore, ...], given: str, *calls: Action
) -> Policy | If:
    """Return the policy to use the stores' keys; `given` names the condition that there is one."""
    if stores[0].key.startswith(ALIAS):
        # IAM knows keys by id only: any key of these regions, if it bears the store's alias.
        keys = [arn("kms", "key/*", store.region.text) for store in stores]
        alias = ForAnyValueStringEquals("kms:ResourceAliases", stores[0].key)
        return policy(name, [allow("UseArtifactKeys", calls, keys, alias)])
    granted = [key_arn(each) for each in stores]
    if not stores[0].key_given:
        return policy(name, [allow("UseArtifactKeys", calls, granted)])
    if given == KEYS_GIVEN:
        granted = [If(each.key_given, key_arn(each), NoValue) for each in stores]
    return If(given, policy(name, [allow("UseArtifactKeys", calls, granted)]), NoValue)


def prepare(template: Template, topology: Topology) -> None:
    """Add that no bucket is named twice and, for each key asked for, whether it was given."""
    add_rule(template, "ArtifactBucketsDiffer", _assertions(topology))
    for store in artifact_stores(topology):
        _add_condition(template, store)
    if topology.artifact_stores is ArtifactStores.ASKED:
        keys = [store.key_given for store in artifact_stores(topology)]
        template.add_condition(KEYS_GIVEN, any_of(keys))


def prepare_home(template: Template, topology: Topology) -> None:
    """Add the condition that the home store's key was given, if it is asked for."""
    _add_condition(template, artifact_store(topology, topology.home))


def _add_condition(template: Template, store: ArtifactStore) -> None:
    if store.key_given:
        template.add_condition(store.key_given, given(key_parameter(store.region)))


def _assertions(topology: Topology) -> list[Assertion]:
    if topology.artifact_stores is not ArtifactStores.ASKED:
        return []
    names = [bucket_parameter(region) for region in topology.regions]
    values = [(name, Ref(name)) for name in names]
    return all_differ(values, "a bucket lies in one region; name the bucket of each region.")
