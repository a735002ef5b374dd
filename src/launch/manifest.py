"""What a published version consists of: `manifest.json`, the same bytes wherever it is made."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from launch.errors import LaunchError
from semantic_version import Version, read_version

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Bucket:
    """A launch bucket: one of a partition, as no template's URL leads from one to another."""

    name: str
    region: str


@dataclass(frozen=True)
class Parameter:
    """A parameter; `default` is None where whoever launches must give a value.

    `label` and `group` are what the console shows; both '' where the template does not say.
    """

    name: str
    type: str
    description: str
    default: str | None
    no_echo: bool
    label: str
    group: str


@dataclass(frozen=True)
class Published:
    """A template as published; `size` in bytes.

    `regions` are those with every resource type it uses; `unproven` are those of them of which no
    more is known than that their partition is meant.
    """

    name: str
    sha256: str
    size: int
    description: str
    parameters: tuple[Parameter, ...]
    regions: tuple[str, ...]
    unproven: tuple[str, ...]

    @property
    def file(self) -> str:
        """The name of its file, in templates/ and below the version."""
        return f"{self.name}.yaml"


@dataclass(frozen=True)
class Manifest:
    """A version: the commit it was made from, what changed, its templates, where it is launched.

    `notes` is Markdown, the version's section of the changelog. `buckets` are those of all
    partitions, that of this bucket's own the first.
    """

    version: Version
    commit: str
    notes: str
    templates: tuple[Published, ...]
    buckets: tuple[Bucket, ...]

    def template(self, name: str) -> Published | None:
        """Return the template of a name, if there is one."""
        return next((each for each in self.templates if each.name == name), None)


def write_manifest(manifest: Manifest) -> str:
    """Return the text of `manifest.json`."""
    told = {"format": FORMAT, **dataclasses.asdict(manifest), "version": str(manifest.version)}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def read_manifest(text: str, place: str) -> Manifest:
    """Return what a manifest says. Raise `LaunchError`, which names the place it was read from."""
    try:
        told = json.loads(text)
        if told.pop("format") != FORMAT:
            raise LaunchError(f"{place}: is of another format; use a newer release of this tool")
        return Manifest(
            version=read_version(told.pop("version"), place),
            templates=tuple(map(_published, told.pop("templates"))),
            buckets=tuple(Bucket(**each) for each in told.pop("buckets")),
            **told,
        )
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise LaunchError(f"{place}: is no manifest ({error}); publish the version anew") from None


def _published(told: Mapping[str, Any]) -> Published:
    rest = {**told, "regions": tuple(told["regions"]), "unproven": tuple(told["unproven"])}
    parameters = tuple(Parameter(**each) for each in rest.pop("parameters"))
    return Published(**rest, parameters=parameters)
