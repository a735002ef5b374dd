"""Every object of a version, by its key: pure, so that anybody makes the same bytes of the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from launch import button, manifest
from launch.describe import Sources, digest
from launch.errors import LaunchError
from launch.manifest import Manifest, write_manifest
from launch.page import render_page
from semantic_version import Version

PAGE = "index.html"
HTML = "text/html; charset=utf-8"
JSON = "application/json"
SVG = "image/svg+xml"
PLAIN = "text/plain; charset=utf-8"  # browsers show it; a template's own type they only save
NEVER_CHANGES = "max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class PublishedObject:
    """What is put under a key."""

    content: bytes
    content_type: str
    cache_control: str = NEVER_CHANGES
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The SHA-256 of its content."""
        return digest(self.content)


def folder(version: Version) -> str:
    """Return what the keys of a version begin with."""
    return f"{version}/"


def claim_key(version: Version) -> str:
    """Return the key of a version's manifest: whoever writes it has fixed what the version is."""
    return folder(version) + manifest.NAME


def page_key(version: Version) -> str:
    """Return the key of a version's launch page."""
    return folder(version) + PAGE


def objects(described: Manifest, sources: Sources) -> Mapping[str, PublishedObject]:
    """Return every object of a version by its key, its manifest first.

    Raises `LaunchError` if the templates are not those of the manifest.
    """
    for each in described.templates:
        if digest(sources.texts.get(each.name, b"")) != each.sha256:
            raise LaunchError(f"{each.file}: is not as the manifest says; mend: run it again")
    page = render_page(described, sources.documents)
    named = {
        manifest.NAME: PublishedObject(write_manifest(described).encode(), JSON),
        **{
            each.file: PublishedObject(sources.texts[each.name], PLAIN)
            for each in described.templates
        },
        button.NAME: PublishedObject(button.BUTTON.encode(), SVG),
        PAGE: PublishedObject(page.encode(), HTML),
    }
    return {folder(described.version) + name: each for name, each in named.items()}


def latest_page(version: Version, content: bytes) -> PublishedObject:
    """Return what is put under latest/: a version's page, and of which version it is."""
    return PublishedObject(content, HTML, ASK_AGAIN, {"version": str(version)})
