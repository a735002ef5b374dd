"""Runs cfn-lint over templates, informational rules included, for every region each is fit for.

A template says in its Metadata for which partitions it is meant. It is fit for a region of those
when every resource type it uses exists there, by cfn-lint's own data. Rules are loaded once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.decode.decode import decode_str
from cfnlint.helpers import REGION_PRIMARY, REGIONS
from cfnlint.rules._rules import Rules
from cfnlint.runner import Runner, run_template_by_data
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

LIBRARY = "Meridian"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing cfn-lint found. `line` counts from 1."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule} {self.message}"


@dataclass(frozen=True)
class Report:
    """What linting one file came to.

    `regions` were linted for; `unfit` maps the partition's other regions to a type they lack;
    `unproven` are those linted for which cfn-lint holds no data of its own.
    """

    path: str
    regions: tuple[str, ...]
    unfit: Mapping[str, str]
    unproven: tuple[str, ...]
    findings: tuple[Finding, ...]


def lint(path: Path) -> Report:
    """Lint one template file; `OSError` if it cannot be read."""
    text = path.read_text(encoding="utf-8")
    document, errors = decode_str(text)
    if errors or not isinstance(document, dict) or not _below(document, "Resources"):
        nothing = Finding(str(path), 1, "E1001", "is no template: it has no Resources")
        return Report(str(path), (), {}, (), _findings(path, errors) or (nothing,))
    regions, unfit = _fit(document)
    config = ConfigMixIn(**_settings(regions))
    matches = run_template_by_data(document, config, _rules())
    return Report(str(path), regions, unfit, _unproven(regions), _findings(path, matches))


def _findings(path: Path, matches: Iterable[Any]) -> tuple[Finding, ...]:
    found = {
        Finding(str(path), match.linenumber, match.rule.id, match.message) for match in matches
    }
    return tuple(sorted(found))


def _settings(regions: Iterable[str]) -> ManualArgs:
    return ManualArgs(include_checks=["I"], regions=list(regions))


@functools.cache
def _rules() -> Rules:
    return Runner(ConfigMixIn(**_settings([REGION_PRIMARY]))).rules


@functools.cache
def _types(region: str) -> frozenset[str]:
    return frozenset(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))


@functools.cache
def _partition(region: str) -> str:
    return str(botocore.session.get_session().get_partition_for_region(region))


def _fit(document: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the regions to lint for, and those meant but lacking a type, with the type.

    A template that does not say for which partitions it is meant is linted for one region.
    """
    partitions = _below(document, "Metadata", LIBRARY, "Partitions")
    types = (_below(each, "Type") for each in document["Resources"].values())
    used = {each for each in types if isinstance(each, str)}
    meant = [region for region in sorted(REGIONS) if _partition(region) in partitions]
    if not meant:
        return (REGION_PRIMARY,), {}
    unfit = {region: min(used - _types(region)) for region in meant if used - _types(region)}
    return tuple(region for region in meant if region not in unfit), unfit


def _below(node: Any, *keys: str) -> Any:
    """Return what lies below a node, or nothing where the way there is not of mappings."""
    for key in keys:
        node = node.get(key, ()) if isinstance(node, Mapping) else ()
    return node


def _unproven(regions: Iterable[str]) -> tuple[str, ...]:
    own = _types(REGION_PRIMARY)
    return tuple(each for each in regions if each != REGION_PRIMARY and _types(each) == own)
