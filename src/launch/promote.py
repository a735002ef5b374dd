"""Makes a version the latest: its page is put under latest/ by one write, so never half of it."""

from __future__ import annotations

from dataclasses import dataclass

from launch import pointers
from launch.bucket import LaunchBucket
from launch.errors import LaunchError
from launch.index import Entry
from launch.release import latest_page, page_key
from semantic_version import Version, read_version


@dataclass(frozen=True)
class Promotion:
    """What became the latest; `before` is what was, '' if nothing."""

    version: Version
    before: str
    changed: bool

    @property
    def back(self) -> bool:
        """Whether an older version became the latest."""
        return bool(self.before) and self.version < read_version(self.before, pointers.LATEST)


def promote(bucket: LaunchBucket, version: Version) -> Promotion:
    """Make a version the latest. Raise `LaunchError` if it is not stable, not whole, or yanked."""
    if not version.stable:
        raise LaunchError(
            f"{version}: is a pre-release, and the latest is for everybody; "
            f"mend: publish {Version(version.numbers)} and promote that"
        )
    _refuse_yanked(pointers.require(bucket, version))
    page = bucket.get(page_key(version))
    if page is None:
        raise LaunchError(
            f"{bucket.place(page_key(version))}: is not there; mend: publish it again"
        )
    before, found = pointers.latest(bucket)
    if found and before == str(version) and found.content == page.content:
        return Promotion(version, before, changed=False)
    if not bucket.replace(pointers.LATEST, latest_page(version, page.content), found):
        _refuse_another(bucket, version)
    _refuse_yanked(pointers.require(bucket, version))
    return Promotion(version, before, changed=True)


def _refuse_yanked(entry: Entry) -> None:
    """Raise for a version nobody should launch; asked after the promotion, too, and said then."""
    if entry.yanked is not None:
        raise LaunchError(
            f"{entry.version}: is yanked ({entry.yanked}); mend: promote another version"
        )


def _refuse_another(bucket: LaunchBucket, version: Version) -> None:
    """Raise if somebody else has promoted meanwhile; an answer that was lost is no such thing."""
    now, _ = pointers.latest(bucket)
    if now != str(version):
        raise LaunchError(
            f"{bucket.place(pointers.LATEST)}: somebody else promoted {now or 'nothing'} just "
            f"now; mend: run it again if {version} is still meant"
        )
