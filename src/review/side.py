"""One side of a comparison: what a commit, a folder, a file or a published version holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from git_reader import GitError, ask_git
from refusals import RefusalError, quoted
from semantic_version import Version, VersionError, read_version

SUFFIXES = (".yaml", ".yml", ".json", ".template")
LARGEST = 4_000_000  # bytes; CloudFormation takes a million, and what is more is no template
CLONE = "run it in a clone, made by git clone"
LINK = b"120000"


class SideError(RefusalError):
    """A side cannot be read."""


@dataclass(frozen=True)
class Side:
    """The content of files that may be templates, by their paths below one folder.

    `name` is what people call the side; `too_large` are the files that were not read. `version` is
    the newest that was released of it, None for the one its templates say; `is_released` says
    whether there may be any at all: a shallow clone without tags cannot tell.
    """

    name: str
    files: Mapping[str, bytes]
    too_large: tuple[str, ...] = ()
    version: Version | None = None
    is_released: bool = True


def of_folder(folder: Path, name: str) -> Side:
    """Return what a folder holds, those below it included. Raise `SideError`."""
    if not folder.is_dir():
        raise SideError(f"{folder}: is no folder here; mend: name yours with --templates")
    found = sorted(each for each in folder.rglob("*") if _is_meant(each.name) and each.is_file())
    hidden = (each for each in found if not _is_hidden(each.relative_to(folder).parts))
    kept = {each.relative_to(folder).as_posix(): each for each in hidden}
    large = tuple(key for key, each in kept.items() if each.stat().st_size > LARGEST)
    return Side(name, {key: _read(kept[key]) for key in kept if key not in large}, large)


def of_file(path: Path, key: str) -> Side:
    """Return a side of one file, under the name it is compared by. Raise `SideError`."""
    return Side(str(path), {key: _read(path)})


def of_commit(clone: Path, commit: str, folder: str, name: str) -> Side:
    """Return what a commit holds below a folder of the clone. Raise `GitError`."""
    listed = ask_git(clone, "ls-tree", "-r", "-z", "-l", commit, "--", f"{folder}/", mend=CLONE)
    blobs: dict[str, bytes] = {}
    large = []
    for line in filter(None, listed.split(b"\0")):
        facts, _, raw = line.partition(b"\t")
        mode, _, blob, size = facts.split()
        path = PurePosixPath(raw.decode(errors="surrogateescape"))
        key = path.relative_to(PurePosixPath(folder)).as_posix()
        if mode == LINK or not size.isdigit() or not _is_meant(path.name):
            continue
        if int(size) > LARGEST:
            large.append(key)
        else:
            blobs[key] = blob
    released = newest_release(clone, commit)
    is_released = released is not None or _is_shallow(clone)
    return Side(name, _contents(clone, blobs), tuple(large), released, is_released)


def newest_release(clone: Path, commit: str) -> Version | None:
    """Return the newest stable version that a tag at or before a commit names, as v1.4.0."""
    tags = ask_git(clone, "tag", "--merged", commit, mend=CLONE).decode(errors="replace").split()
    versions = (each for each in map(_version, tags) if each and each.stable)
    return max(versions, default=None)


def resolve_commit(clone: Path, revision: str) -> str:
    """Return the id of the commit that a branch, a tag or a commit is. Raise `SideError`."""
    if revision.startswith("-"):
        raise SideError(f"{quoted(revision)}: is no commit; mend: name a branch, a tag or a commit")
    asked = f"{revision}^{{commit}}"
    try:
        found = ask_git(clone, "rev-parse", "--verify", "--quiet", asked, mend=CLONE)
    except GitError as error:
        if "not a git repository" in str(error):
            raise
        raise SideError(
            f"{quoted(revision)}: is no commit, file or folder here; mend: {_way_there(clone)}"
        ) from None
    return found.decode().strip()


def merge_base(clone: Path, one: str, other: str) -> str:
    """Return the newest commit that two commits have both grown from. Raise `SideError`."""
    try:
        return ask_git(clone, "merge-base", one, other, mend=CLONE).decode().strip()
    except GitError:
        raise SideError(
            f"{one[:12]} and {other[:12]} have no commit in common here; mend: {_way_there(clone)}"
        ) from None


def _way_there(clone: Path) -> str:
    """Return how a clone gets commits that it lacks."""
    unshallow = "git fetch --unshallow --tags (this clone is shallow)"
    return f"{unshallow if _is_shallow(clone) else 'git fetch --all'}, or name another"


def _is_shallow(clone: Path) -> bool:
    said = ask_git(clone, "rev-parse", "--is-shallow-repository", mend=CLONE)
    return said.strip() == b"true"


def _contents(clone: Path, blobs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the content of blobs, asked for at once: a header line each, then so many bytes."""
    asked = b"".join(blob + b"\n" for blob in blobs.values())
    told = ask_git(clone, "cat-file", "--batch", told=asked, mend=CLONE)
    found, start = {}, 0
    for key in blobs:
        end = told.index(b"\n", start)
        size = int(told[start:end].split()[2])
        found[key] = told[end + 1 : end + 1 + size]
        start = end + 1 + size + 1
    return found


def _version(tag: str) -> Version | None:
    try:
        return read_version(tag.removeprefix("v"), "tag")
    except VersionError:
        return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SideError(f"{path}: cannot be read: {error.strerror}; mend: name a file") from None


def _is_meant(name: str) -> bool:
    return name.endswith(SUFFIXES)


def _is_hidden(parts: Iterable[str]) -> bool:
    return any(each.startswith(".") for each in parts)
