"""What becomes of a resource that leaves a stack: DeletionPolicy and UpdateReplacePolicy.

A resource that is removed goes by the DeletionPolicy the stack has, which is the old version's.
By which version's UpdateReplacePolicy a replaced one goes, AWS does not say: both have to agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from template_reader.nodes import mapping

DELETION = "DeletionPolicy"
REPLACEMENT = "UpdateReplacePolicy"
# Of these CloudFormation makes a snapshot where nothing else is said.
CLUSTER = "AWS::RDS::DBCluster"
INSTANCE = "AWS::RDS::DBInstance"


class Fate(StrEnum):
    """What becomes of a resource, as reports say it."""

    DELETED = "is deleted"
    SNAPSHOT = "is deleted, a snapshot of it is kept"
    KEPT = "is kept, outside the stack"
    UNKNOWN = "is kept or deleted: the two versions do not agree on it"


FATES = {
    "Delete": Fate.DELETED,
    "Snapshot": Fate.SNAPSHOT,
    "Retain": Fate.KEPT,
    "RetainExceptOnCreate": Fate.KEPT,
}


def fate(resource: Mapping[Any, Any], policy: str) -> Fate:
    """Return what a policy of a resource says."""
    written = resource.get(policy)
    if isinstance(written, str):
        return FATES.get(written, Fate.UNKNOWN)
    if written is not None:
        return Fate.UNKNOWN
    if policy == DELETION and _is_saved_unless_told(resource):
        return Fate.SNAPSHOT
    return Fate.DELETED


def fate_of_replaced(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Fate:
    """Return what becomes of a resource that another one takes the place of."""
    one, other = fate(before, REPLACEMENT), fate(after, REPLACEMENT)
    return one if one is other else Fate.UNKNOWN


def is_dropped(before: Mapping[Any, Any], after: Mapping[Any, Any], policy: str) -> bool:
    """Return whether a policy kept a resource, or a snapshot of it, and does so no more."""
    return fate(before, policy) is not Fate.DELETED and fate(after, policy) is Fate.DELETED


def _is_saved_unless_told(resource: Mapping[Any, Any]) -> bool:
    type_ = resource.get("Type")
    alone = "DBClusterIdentifier" not in mapping(resource.get("Properties"))
    return type_ == CLUSTER or (type_ == INSTANCE and alone)
