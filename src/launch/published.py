"""Reads the templates of a published version, each as its manifest says it must be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from launch.bucket import AT_ONCE, LaunchBucket
from launch.describe import digest
from launch.errors import LaunchError
from launch.manifest import Manifest, Published, read_manifest
from launch.release import claim_key, folder
from semantic_version import Version


def read_claim(bucket: LaunchBucket, version: Version) -> tuple[Manifest, bytes]:
    """Return the manifest of a published version, and its bytes. Raise `LaunchError`."""
    key = claim_key(version)
    found = bucket.get(key)
    if found is None:
        raise LaunchError(f"{bucket.place(key)}: is not there; mend: name a published version")
    text = found.content.decode(errors="replace")
    return read_manifest(text, bucket.place(key)), found.content


def read_published(bucket: LaunchBucket, version: Version) -> dict[str, bytes]:
    """Return the content of each template by its file. Raise `LaunchError` if one is not so."""
    manifest, _ = read_claim(bucket, version)

    def content(template: Published) -> bytes:
        return _content(bucket, folder(version) + template.file, template.sha256)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        contents = pool.map(content, manifest.templates)
        files = (each.file for each in manifest.templates)
        return dict(zip(files, contents, strict=True))


def _content(bucket: LaunchBucket, key: str, sha256: str) -> bytes:
    found = bucket.get(key)
    if found is None or digest(found.content) != sha256:
        raise LaunchError(
            f"{bucket.place(key)}: is not what was published; mend: `generate.py verify` says more"
        )
    return found.content
