"""The library as a version that is published, for tests of its links and its page."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from pathlib import Path

from templates.committed import TEMPLATES

from launch.describe import Sources, describe, read_sources, version_of
from launch.manifest import Bucket, Manifest
from template_reader.file import Template

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HOME = Bucket("launch-111122223333", "us-east-1")
CHINA = Bucket("launch-444455556666", "cn-north-1")
NOTES = """\
### Added

- `artifact-store.yaml`: one region's bucket and key, **encrypted**.
  - below it, a [link](https://example.com/notes)

### Fixed

1. a thing that was *not* right

```sh
make templates
```
"""


@functools.cache
def _sources() -> Sources:
    return read_sources(TEMPLATES)


def documents() -> Mapping[str, Template]:
    """Return every committed template by its name."""
    return _sources().documents


@functools.cache
def manifest(*buckets: Bucket) -> Manifest:
    """Return the manifest of the library, published in these buckets, or in those of two."""
    with tempfile.TemporaryDirectory() as folder:
        changelog = Path(folder, "CHANGELOG.md")
        title = f"## [{version_of(documents().values())}] - 2026-01-31"
        changelog.write_text(f"{title}\n\n{NOTES}", encoding="utf-8")
        return describe(_sources(), changelog, COMMIT, buckets or (HOME, CHINA))
