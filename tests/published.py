"""The library as a version that is published, for tests of its links and its page."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from templates.committed import TEMPLATES

from launch.manifest import Bucket, Manifest, Parameter, Published
from launch.version import Version
from review.fitness import fitness
from template_reader.file import Template, read_template
from template_reader.nodes import below

VERSION = Version((1, 4, 0))
COMMIT = "0123456789abcdef0123456789abcdef01234567"
HOME = Bucket("launch-111122223333", "us-east-1")
CHINA = Bucket("launch-444455556666", "cn-north-1")
INTERFACE = "AWS::CloudFormation::Interface"
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
def documents() -> Mapping[str, Template]:
    """Return every committed template by its name."""
    return {path.stem: read_template(path) for path in sorted(TEMPLATES.glob("*.yaml"))}


def manifest(*buckets: Bucket) -> Manifest:
    """Return the manifest of the library, published in these buckets, or in those of two."""
    templates = tuple(_published(name, each) for name, each in documents().items())
    return Manifest(VERSION, COMMIT, NOTES, templates, buckets or (HOME, CHINA))


def _published(name: str, template: Template) -> Published:
    content = template.path.read_bytes()
    fit = fitness(template.document)
    return Published(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        description=template.description,
        parameters=tuple(_parameters(template)),
        regions=fit.regions,
        unproven=fit.unproven,
    )


def _parameters(template: Template) -> Iterator[Parameter]:
    for group in below(template.document, "Metadata", INTERFACE, "ParameterGroups"):
        for name in group["Parameters"]:
            yield _parameter(template, name, group["Label"]["default"])


def _parameter(template: Template, name: str, group: str) -> Parameter:
    said: Mapping[str, Any] = template.section("Parameters")[name]
    default = said.get("Default")
    return Parameter(
        name=name,
        type=said["Type"],
        description=said["Description"],
        default=None if default is None else str(default),
        no_echo=bool(said.get("NoEcho")),
        label=template.document["Metadata"][INTERFACE]["ParameterLabels"][name]["default"],
        group=group,
    )
