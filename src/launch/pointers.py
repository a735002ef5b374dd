"""Reads and rewrites `index.json`, by compare-and-swap: who writes has seen what stood there."""

from __future__ import annotations

from collections.abc import Callable

from launch.bucket import Found, LaunchBucket
from launch.errors import LaunchError
from launch.index import KEY, Entry, Index, read_index, write_index
from launch.release import PAGE
from refusals import nearest
from semantic_version import Version

LATEST = f"latest/{PAGE}"
VERSION = "version"
ATTEMPTS = 50  # each that fails is one in which somebody else has written


def read(bucket: LaunchBucket) -> Index:
    """Return the list of versions, empty if there is none yet."""
    return _decode(bucket, bucket.get(KEY))


def update(bucket: LaunchBucket, change: Callable[[Index], Index]) -> bool:
    """Change the list of versions, anew if somebody else has meanwhile; return whether it did."""
    for _ in range(ATTEMPTS):
        found = bucket.get(KEY)
        before = _decode(bucket, found)
        after = change(before)
        if after == before:
            return False
        if bucket.replace(KEY, write_index(after), found):
            return True
    raise LaunchError(
        f"{bucket.place(KEY)}: was changed by others {ATTEMPTS} times in a row; "
        "mend: run it again when they are done"
    )


def require(bucket: LaunchBucket, version: Version) -> Entry:
    """Return what is listed of a version. Raise `LaunchError` if it is not."""
    index = read(bucket)
    entry = index.entry(version)
    if entry is None:
        listed = [str(each.version) for each in index.entries]
        near = nearest(str(version), listed)
        raise LaunchError(
            f"{bucket.at.name}: {version} is not listed there as whole{near}; mend: publish it, "
            f"or name one of {', '.join(listed) or 'those that will be'}"
        )
    return entry


def latest(bucket: LaunchBucket) -> tuple[str, Found | None]:
    """Return the version that is the latest, '' if none is, and the page that says so."""
    found = bucket.get(LATEST)
    return (found.metadata.get(VERSION, "") if found else ""), found


def _decode(bucket: LaunchBucket, found: Found | None) -> Index:
    return read_index(found.content, bucket.place(KEY)) if found else Index()
