"""Releases a version: nothing goes out that is not committed, tested, new, told and as rendered."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launch import clone, rendering
from launch.bucket import LaunchBucket
from launch.describe import Sources, describe, read_sources
from launch.errors import LaunchError
from launch.manifest import Bucket, Manifest
from launch.publish import make_plan
from semantic_version import Version, read_version

STANDARD_ERROR = 2
Say = Callable[[str], None]


@dataclass(frozen=True)
class Ready:
    """What may be published: all that stands against it was looked for, and not found."""

    manifest: Manifest
    sources: Sources


def prepare(project: Path, buckets: tuple[Bucket, ...]) -> Ready:
    """Return what the commit publishes. Raise `RefusalError` if not everything is committed."""
    commit = clone.head(project)
    clone.refuse_changes(project)
    sources = read_sources(_shown(project / "templates"))
    changelog = _shown(project / "CHANGELOG.md")
    return Ready(describe(sources, changelog, commit, buckets), sources)


def inspect(project: Path, bucket: LaunchBucket, buckets: tuple[Bucket, ...], say: Say) -> Ready:
    """Return what may be released; the quick looks come first. Raise `RefusalError`."""
    ready = prepare(project, buckets)
    version = ready.manifest.version
    say(f"clean     commit {ready.manifest.commit}, and the changelog tells of {version}")
    _refuse_other_version(_shown(project / "setup.cfg"), version)
    _refuse_listed(bucket, ready)
    say(f"new       {bucket.at.name} has no {version}")
    _refuse_drift(project, ready.sources)
    say("rendered  every template is what its sources render")
    _refuse_failures(project)
    say("tested    make test")
    clone.refuse_changes(project)
    if clone.head(project) != ready.manifest.commit:
        raise LaunchError(f"{project}: has another commit than before the tests; run it again")
    return ready


def _refuse_other_version(setup: Path, version: Version) -> None:
    settings = configparser.ConfigParser()
    try:
        settings.read(setup, encoding="utf-8")
        said = read_version(settings["metadata"]["version"], f"{setup}: version")
    except (KeyError, configparser.Error):
        raise LaunchError(f"{setup}: says no version; mend: write it under [metadata]") from None
    if said != version:
        raise LaunchError(
            f"{setup}: is of version {said}, the templates of {version}; mend: make templates, "
            "and commit them"
        )


def _refuse_listed(bucket: LaunchBucket, ready: Ready) -> None:
    """Raise for a version that is whole; one that was cut short is completed."""
    version = ready.manifest.version
    if make_plan(bucket, ready.manifest, ready.sources).entry:
        raise LaunchError(
            f"{bucket.at.name}: {version} is published there already; mend: raise the version in "
            f"setup.cfg, or make it the latest: generate.py promote {version}"
        )


def _refuse_drift(project: Path, sources: Sources) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rendering.render(project, Path(folder))
        rendered = {each.stem: each.read_bytes() for each in Path(folder).glob("*.yaml")}
    names = sorted(rendered.keys() | sources.texts.keys())
    drifted = [each for each in names if rendered.get(each) != sources.texts.get(each)]
    if drifted:
        raise LaunchError(
            f"templates: not as their sources render them: {', '.join(drifted)}; "
            "mend: make templates, and commit them"
        )


def _refuse_failures(project: Path) -> None:
    """Run the tests, whose words go to standard error."""
    program = shutil.which("make")
    if program is None:
        raise LaunchError("make: is not installed; mend: install it, as it runs the tests")
    kept = {name: each for name, each in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(  # noqa: S603 - make, our own words
        [program, "test"], cwd=project, env=kept, stdout=STANDARD_ERROR, check=False
    )
    if done.returncode:
        raise LaunchError(
            f"make test: failed with exit code {done.returncode}, and nothing was published; "
            "mend: what it names above"
        )


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
