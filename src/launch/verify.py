"""Compares a published version, byte for byte, with what its own commit renders."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from launch import clone, pointers, rendering
from launch.bucket import AT_ONCE, LaunchBucket
from launch.describe import digest
from launch.manifest import Manifest
from launch.published import read_claim
from launch.release import claim_key, folder, page_key
from semantic_version import Version


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one object; `problem` is '' where it is as it should be."""

    key: str
    sha256: str
    problem: str


@dataclass(frozen=True)
class Verification:
    """What came of comparing a version. `listed` says whether it is whole, by the list."""

    manifest: Manifest
    listed: bool
    verdicts: tuple[Verdict, ...]

    @property
    def same(self) -> bool:
        """Whether it is whole, and every object is as it should be."""
        return self.listed and not any(each.problem for each in self.verdicts)


def verify(bucket: LaunchBucket, version: Version, project: Path) -> Verification:
    """Download a version and make it anew from its commit. Raise `LaunchError` if that cannot be.

    `project` is the clone that has the commit.
    """
    manifest, text = read_claim(bucket, version)
    key = claim_key(version)
    made = _made(project, manifest, text)
    published = {**_download(bucket, bucket.keys(folder(version))), key: text}
    entry = pointers.read(bucket).entry(version)
    claims = {folder(version) + each.file: each.sha256 for each in manifest.templates}
    if entry:
        claims[key] = entry.manifest_sha256
    verdicts = tuple(_verdicts(published, made, claims))
    page = _latest(bucket, version, made) if entry else ()
    return Verification(manifest, entry is not None, (*verdicts, *page))


def _made(project: Path, manifest: Manifest, text: bytes) -> Mapping[str, bytes]:
    """Return the version's objects as its own commit makes them."""
    with tempfile.TemporaryDirectory() as scratch:
        tree, templates, out = (Path(scratch, each) for each in ("tree", "templates", "objects"))
        told = Path(scratch, "manifest.json")
        told.write_bytes(text)
        clone.extract(project, manifest.commit, tree)
        rendering.render(tree, templates)
        rendering.assemble(tree, told, templates, out)
        files = [each for each in out.rglob("*") if each.is_file()]
        return {each.relative_to(out).as_posix(): each.read_bytes() for each in files}


def _download(bucket: LaunchBucket, keys: Iterable[str]) -> dict[str, bytes]:
    wanted = sorted(keys)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = zip(wanted, pool.map(bucket.get, wanted), strict=True)
        return {key: each.content for key, each in found if each}


def _verdicts(
    published: Mapping[str, bytes], made: Mapping[str, bytes], claims: Mapping[str, str]
) -> Iterable[Verdict]:
    for key in sorted(published.keys() | made.keys() | claims.keys()):
        content = published.get(key)
        if content is None:
            yield Verdict(key, "", "is not in the bucket")
            continue
        sha256 = digest(content)
        problems = []
        if claims.get(key, sha256) != sha256:
            problems.append("its SHA-256 is not the one that was published")
        if key not in made:
            problems.append("the commit has no such object")
        elif made[key] != content:
            problems.append("differs from what the commit renders")
        yield Verdict(key, sha256, "; ".join(problems))


def _latest(bucket: LaunchBucket, version: Version, made: Mapping[str, bytes]) -> list[Verdict]:
    """Return what is to be said of the latest page, if it is of this version."""
    latest, found = pointers.latest(bucket)
    if found is None or latest != str(version):
        return []
    problem = (
        ""
        if made.get(page_key(version)) == found.content
        else "differs from the page that the commit renders"
    )
    return [Verdict(pointers.LATEST, digest(found.content), problem)]
