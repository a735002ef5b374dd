"""For which regions a template is fit: those of its partitions that have every type it uses.

A template says in its Metadata for which partitions it is meant. Which types a region has is
cfn-lint's own data, a copy of CloudFormation's registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aws_reference.regions import partition_by_region
from aws_reference.registry import PRIMARY, types_of
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
    partitions = partitions if isinstance(partitions, list) else ()
    types = (below(each, "Type") for each in document["Resources"].values())
    used = {str(each) for each in types if isinstance(each, str) and not _is_own(each)}
    meant = [name for name, its in sorted(partition_by_region().items()) if its in partitions]
    unfit = {region: min(used - types_of(region)) for region in meant if used - types_of(region)}
    regions = tuple(region for region in meant if region not in unfit)
    return Fitness(regions, unfit, unproven(regions))


def _is_own(type_: str) -> bool:
    """Return whether a type is of no region's registry: a custom resource, or a module."""
    return type_.startswith("Custom::") or type_.endswith("::MODULE")


def unproven(regions: Iterable[str]) -> tuple[str, ...]:
    """Return those of some regions for which cfn-lint holds no data of its own."""
    own = types_of(PRIMARY)
    return tuple(each for each in regions if each != PRIMARY and types_of(each) == own)
