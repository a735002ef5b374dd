"""Which regions are alike for a template, so that linting it for one of them says it for all.

Alike are regions of one partition whose registry says the same of every type the template uses,
which stand in the same lists of allowed values and nowhere else where a region's name decides
something, and between which nothing tells that whoever lints knows of.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_reference.regions import partition_by_region
from aws_reference.registry import same_schemas
from template_reader.nodes import below

ALLOWED = "AllowedValues"
# Where a region's name decides something: what is compared or asserted, and what is looked up.
COMPARING = ("Conditions", "Rules")
DECIDING = (*COMPARING, "Mappings")


@dataclass(frozen=True)
class Named:
    """The words that decide something, and the lists of values that a parameter may have."""

    words: frozenset[str]
    lists: tuple[frozenset[str], ...]

    def tells(self, region: str) -> Hashable:
        """Return what the names in a template tell a region by."""
        return region if region in self.words else tuple(region in each for each in self.lists)


def one_of_each(
    document: Mapping[str, Any], regions: Sequence[str], told_by: Callable[[str], Hashable]
) -> tuple[str, ...]:
    """Return a region of each kind, in their order: that with the shortest name.

    `told_by` returns what else there is to tell a region by.
    """
    alike = defaultdict(list)
    named, types = _named(document), used_types(document)
    for region in regions:
        known = partition_by_region().get(region), same_schemas(region, types)
        alike[known, named.tells(region), told_by(region)].append(region)
    chosen = {min(each, key=len) for each in alike.values()}
    return tuple(each for each in regions if each in chosen)


def used_types(document: Mapping[str, Any]) -> frozenset[str]:
    """Return the types of a template's resources."""
    types = (below(each, "Type") for each in _values(document, "Resources"))
    return frozenset(each for each in types if isinstance(each, str))


def _named(document: Mapping[str, Any]) -> Named:
    """Return the names that decide; a parameter's only where a region is compared with one."""
    parameters: list[Any] = []
    if "AWS::Region" in _text([document.get(each) for each in COMPARING]):
        parameters = [each for each in _values(document, "Parameters") if isinstance(each, Mapping)]
    lists = [frozenset(filter(_is_region, _allowed(each))) for each in parameters]
    others = [value for each in parameters for value in _allowed(each) if not _is_region(value)]
    rest = [{key: each[key] for key in each if key != ALLOWED} for each in parameters]
    text = _text([*(document.get(each) for each in DECIDING), others, rest])
    return Named(frozenset(re.findall(r"[a-z0-9-]+", text)), tuple(lists))


def _allowed(parameter: Mapping[str, Any]) -> list[Any]:
    found = parameter.get(ALLOWED)
    return found if isinstance(found, list) else [found]


def _is_region(value: Any) -> bool:
    return isinstance(value, str) and value in partition_by_region()


def _values(document: Mapping[str, Any], section: str) -> Iterable[Any]:
    found = document.get(section)
    return found.values() if isinstance(found, Mapping) else ()


def _text(node: Any) -> str:
    return json.dumps(node, default=str)
