"""For which regions a template is fit: those of its partitions that have every type it uses.

A template says in its Metadata for which partitions it is meant. Which types a region has is
cfn-lint's own data, a copy of CloudFormation's registry.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session
from cfnlint.helpers import REGION_PRIMARY, REGIONS
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from template_reader.nodes import below

LIBRARY = "Meridian"


@dataclass(frozen=True)
class Fitness:
    """`unfit` maps a region of the template's partitions to a type it lacks.

    `unproven` are those of the fit `regions` for which cfn-lint holds no data of its own. All are
    empty for a template that does not say for which partitions it is meant.
    """

    regions: tuple[str, ...]
    unfit: Mapping[str, str]
    unproven: tuple[str, ...]


def fitness(document: Mapping[str, Any]) -> Fitness:
    """Return for which regions a template is fit, by its content."""
    partitions = below(document, "Metadata", LIBRARY, "Partitions")
    types = (below(each, "Type") for each in document["Resources"].values())
    used = {each for each in types if isinstance(each, str)}
    meant = [region for region in sorted(REGIONS) if _partition(region) in partitions]
    unfit = {region: min(used - _types(region)) for region in meant if used - _types(region)}
    regions = tuple(region for region in meant if region not in unfit)
    return Fitness(regions, unfit, _unproven(regions))


@functools.cache
def _types(region: str) -> frozenset[str]:
    return frozenset(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))


@functools.cache
def _session() -> Any:
    """Return the one session that is asked: each reads what it knows of regions anew."""
    return botocore.session.get_session()


@functools.cache
def _partition(region: str) -> str:
    return str(_session().get_partition_for_region(region))


def _unproven(regions: Iterable[str]) -> tuple[str, ...]:
    own = _types(REGION_PRIMARY)
    return tuple(each for each in regions if each != REGION_PRIMARY and _types(each) == own)
