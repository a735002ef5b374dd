"""Makes a published version anew: `verify` runs it in the tree of the version's own commit.

    python -m launch.assemble MANIFEST TEMPLATES CHANGELOG OUT

All is made of the templates and the changelog, but for what the manifest alone knows: the commit,
the buckets, and the regions, which follow from what cfn-lint knew that day.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path

from launch.describe import describe, read_sources
from launch.manifest import Manifest, Published, read_manifest
from launch.release import PublishedObject, objects
from refusals import RefusalError


def assemble(
    published: Manifest, templates: Path, changelog: Path
) -> Mapping[str, PublishedObject]:
    """Return every object of the version that these files are of, by its key."""
    sources = read_sources(templates)
    made = describe(sources, changelog, published.commit, published.buckets)
    settled = tuple(_with_regions(each, published) for each in made.templates)
    return objects(dataclasses.replace(made, templates=settled), sources)


def _with_regions(made: Published, published: Manifest) -> Published:
    told = published.template(made.name)
    if told is None:
        return made
    return dataclasses.replace(made, regions=told.regions, unproven=told.unproven)


def main(manifest: str, templates: str, changelog: str, out: str) -> None:
    """Write every object below a folder, under its key."""
    published = read_manifest(Path(manifest).read_text(encoding="utf-8"), manifest)
    for key, what in assemble(published, Path(templates), Path(changelog)).items():
        path = Path(out, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(what.content)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except RefusalError as error:
        sys.exit(str(error))
