"""Marks a version that nobody should launch any more: it stays, for stacks that were made of it."""

from __future__ import annotations

import dataclasses

from launch import pointers
from launch.bucket import LaunchBucket
from launch.errors import LaunchError
from launch.index import Index
from semantic_version import Version


def yank(bucket: LaunchBucket, version: Version, reason: str) -> bool:
    """Mark a version as yanked; return whether that changed anything.

    Raises `LaunchError` if there is no reason, no such version, or it is the latest.
    """
    said = " ".join(reason.split())
    if not said:
        raise LaunchError("--reason: is empty; say in a line why nobody should launch it")
    pointers.require(bucket, version)
    _refuse_latest(bucket, version)
    changed = pointers.update(bucket, lambda index: _marked(index, version, said))
    _refuse_latest(bucket, version)
    return changed


def _marked(index: Index, version: Version, reason: str) -> Index:
    entry = index.entry(version)
    return index.including(dataclasses.replace(entry, yanked=reason)) if entry else index


def _refuse_latest(bucket: LaunchBucket, version: Version) -> None:
    """Raise if it is what everybody is offered; asked after marking, too, as both take a while."""
    latest, _ = pointers.latest(bucket)
    if latest != str(version):
        return
    others = [
        str(each.version)
        for each in pointers.read(bucket).entries
        if each.version.stable and each.version != version and each.yanked is None
    ]
    which = f"promote {' or '.join(others[:1])}" if others else "publish a new version, promote it"
    raise LaunchError(f"{version}: is the latest; mend: {which}, and then yank this one")
