"""Says what a version consists of, from the committed templates and the changelog."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launch.changelog import notes
from launch.errors import LaunchError
from launch.manifest import Bucket, Manifest, Parameter, Published
from review.fitness import fitness
from semantic_version import Version, read_version
from template_reader.file import LIBRARY, Template, decode_template, read_content
from template_reader.nodes import below
from template_reader.values import is_secret

LARGEST = 1024 * 1024  # bytes that CloudFormation takes from a URL
INTERFACE = "AWS::CloudFormation::Interface"


@dataclass(frozen=True)
class Sources:
    """Templates by their names: the bytes of their files, and what these say."""

    texts: Mapping[str, bytes]
    documents: Mapping[str, Template]


def read_sources(templates: Path) -> Sources:
    """Return every template of a folder. Raise `RefusalError` for one that cannot be launched."""
    texts = {each.stem: read_content(each) for each in sorted(templates.glob("*.yaml"))}
    if not texts:
        raise LaunchError(f"{templates}: holds no template; mend: make templates")
    documents = {}
    for name, text in texts.items():
        path = templates / f"{name}.yaml"
        if len(text) > LARGEST:
            raise LaunchError(
                f"{path}: has {len(text):,} bytes, and CloudFormation takes {LARGEST:,} from a "
                "URL; mend: split it, or move what it inlines into a bucket"
            )
        documents[name] = decode_template(path, text)
    return Sources(texts, documents)


def describe(
    sources: Sources, changelog: Path, commit: str, buckets: tuple[Bucket, ...]
) -> Manifest:
    """Return the manifest of the version that the templates say they are of."""
    version = version_of(sources.documents.values())
    return Manifest(
        version=version,
        commit=commit,
        notes=notes(changelog, version),
        templates=tuple(
            _published(name, sources.texts[name], template)
            for name, template in sources.documents.items()
        ),
        buckets=buckets,
    )


def version_of(templates: Iterable[Template]) -> Version:
    """Return the version that all templates say they are of."""
    said = {template.path: _said(template) for template in templates}
    first, version = next(iter(said.items()))
    for path, other in said.items():
        if other != version:
            raise LaunchError(
                f"{path}: is of version {other}, {first.name} of {version}; mend: make templates"
            )
    return version


def digest(content: bytes) -> str:
    """Return the SHA-256 of an object, as manifests write it."""
    return hashlib.sha256(content).hexdigest()


def _said(template: Template) -> Version:
    said = below(template.document, "Metadata", LIBRARY, "Version")
    place = f"{template.path}: Metadata.{LIBRARY}.Version"
    if not isinstance(said, str):
        raise LaunchError(f"{place}: is not written; mend: make templates")
    return read_version(str(said), place)


def _published(name: str, text: bytes, template: Template) -> Published:
    if not template.partitions:
        raise LaunchError(
            f"{template.path}: does not say for which partitions it is meant; "
            f"mend: write Metadata.{LIBRARY}.Partitions"
        )
    fit = fitness(template.document)
    return Published(
        name=name,
        sha256=digest(text),
        size=len(text),
        description=str(template.description),
        parameters=tuple(_parameters(template)),
        regions=fit.regions,
        unproven=fit.unproven,
    )


def _parameters(template: Template) -> Iterator[Parameter]:
    """Yield the parameters as the console shows them: by group, then those of no group."""
    left = dict(template.section("Parameters"))
    groups = below(template.document, "Metadata", INTERFACE, "ParameterGroups")
    for group in groups if isinstance(groups, list) else ():
        title = _text(below(group, "Label", "default"))
        for name in below(group, "Parameters"):
            if name in left:
                yield _parameter(template, str(name), left.pop(name), title)
    for name, declared in left.items():
        yield _parameter(template, str(name), declared, "")


def _parameter(template: Template, name: str, declared: Any, group: str) -> Parameter:
    labels = below(template.document, "Metadata", INTERFACE, "ParameterLabels")
    default = below(declared, "Default")
    return Parameter(
        name=name,
        type=_text(below(declared, "Type")),
        description=_text(below(declared, "Description")),
        default=None if default == () else _text(default),
        no_echo=isinstance(declared, Mapping) and is_secret(declared),
        label=_text(below(labels, name, "default")),
        group=group,
    )


def _text(value: Any) -> str:
    """Return a value as CloudFormation reads it, '' for what is not there."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value in ((), None) else str(value)
