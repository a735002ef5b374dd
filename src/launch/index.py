"""The list of all versions that are whole: `index.json`, in which nothing is ever taken away."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass

from launch.errors import LaunchError
from launch.release import ASK_AGAIN, JSON, PublishedObject
from semantic_version import Version, read_version

KEY = "index.json"
FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """A version that is whole: the SHA-256 of its manifest; `yanked` is the reason, if it is."""

    version: Version
    commit: str
    manifest_sha256: str
    yanked: str | None = None


@dataclass(frozen=True)
class Index:
    """All versions that are whole, the newest first."""

    entries: tuple[Entry, ...] = ()

    def entry(self, version: Version) -> Entry | None:
        """Return what is listed of a version."""
        return next((each for each in self.entries if each.version == version), None)

    def including(self, entry: Entry) -> Index:
        """Return the list with an entry in place of that of its version, if there is one."""
        others = [each for each in self.entries if each.version != entry.version]
        return Index(tuple(sorted([*others, entry], key=_version, reverse=True)))


def _version(entry: Entry) -> Version:
    return entry.version


def write_index(index: Index) -> PublishedObject:
    """Return the object that is put."""
    listed = [{**dataclasses.asdict(each), "version": str(each.version)} for each in index.entries]
    text = json.dumps({"format": FORMAT, "versions": listed}, indent=2, ensure_ascii=False)
    return PublishedObject(f"{text}\n".encode(), JSON, ASK_AGAIN)


def read_index(content: bytes, place: str) -> Index:
    """Return what the list says. Raise `LaunchError`, which names the place it was read from."""
    try:
        told = json.loads(content)
        if told["format"] != FORMAT:
            raise LaunchError(f"{place}: is of another format; use a newer release of this tool")
        return Index(tuple(_entries(told["versions"], place)))
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise LaunchError(
            f"{place}: is no list of versions ({error}); mend: restore the version of the object "
            "that was there before (aws s3api list-object-versions)"
        ) from None


def _entries(told: Iterable[dict[str, str]], place: str) -> Iterable[Entry]:
    for each in told:
        rest = dict(each)
        yield Entry(version=read_version(rest.pop("version"), place), **rest)
