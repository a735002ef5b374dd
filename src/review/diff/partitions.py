"""Where a template can no longer be launched: partitions it gave up, types that regions lack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.spelling import texts_of
from review.fitness import Fitness, fitness
from template_reader.file import LIBRARY, Template
from template_reader.nodes import below

# A partition written out: in an ARN, or in a domain of China's.
WRITTEN_OUT = re.compile(r"\barn:aws(?:-[a-z]+)*:|\.amazonaws\.com\.cn\b|\.amazonaws\.eu\b")
MEANT = f"Metadata.{LIBRARY}.Partitions"
LONGEST = 100
SECTIONS = ("Resources", "Outputs")


def changes(before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield the partitions and regions that only one of two templates can be launched in."""
    yield from _partition_changes(before, after)
    if _meant(before) != _meant(after) or _types(before) != _types(after):
        yield from _region_changes(before, after)
    for section in SECTIONS:
        yield from _text_changes(section, before, after)


def _partition_changes(before: Template, after: Template) -> Iterator[Change]:
    one, other = _meant(before), _meant(after)
    for name in one:
        if name not in other:
            why = "who launches it there is left with the old version"
            yield Change(Section.PARTITIONS, "partition dropped", name, Bump.MAJOR, True, why=why)
    for name in other:
        if name not in one:
            yield Change(Section.PARTITIONS, "partition added", name, Bump.MINOR)


def _region_changes(before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield the regions of partitions meant before and after that types decide about."""
    if not _meant(after):
        if added := _types(after) - _types(before):
            reason = f"which partitions it is for is not said, so not where {_listed(added)} is"
            yield NotJudged(MEANT, reason)
        return
    one, other = _fitness(before), _fitness(after)
    for region in other.unfit:
        if region in one.regions:
            lacking = other.unfit[region]
            why = f"the region has no {lacking}"
            yield Change(Section.PARTITIONS, "region lost", region, Bump.MAJOR, True, why=why)
    for region in one.unfit:
        if region in other.regions:
            why = f"{one.unfit[region]} is no longer needed"
            yield Change(Section.PARTITIONS, "region gained", region, Bump.MINOR, why=why)


def _meant(template: Template) -> tuple[str, ...]:
    """Return the partitions a template says it is for."""
    said = below(template.document, "Metadata", LIBRARY, "Partitions")
    return texts_of(said) if isinstance(said, list) else ()


def _fitness(template: Template) -> Fitness:
    """Return for which regions a template is fit, whatever else is in it."""
    meant = {LIBRARY: {"Partitions": list(_meant(template))}}
    return fitness({"Metadata": meant, "Resources": template.section("Resources")})


def _types(template: Template) -> set[str]:
    found = (below(each, "Type") for each in template.section("Resources").values())
    return {str(each) for each in found if isinstance(each, str)}


def _text_changes(section: str, before: Template, after: Template) -> Iterator[Change]:
    """Yield the texts that came to name a partition which the template leaves open elsewhere."""
    one, other = _parts(before, section), _parts(after, section)
    for name, node in other.items():
        if node == one.get(name):
            continue
        known = set(_texts(one.get(name)))
        for text in dict.fromkeys(each for each in _texts(node) if each not in known):
            yield Change(
                *(Section.PARTITIONS, "partition written out", name),
                *(Bump.MINOR, len(_meant(after)) != 1),
                after=text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…",
                why="it holds in one partition only; write ${AWS::Partition} or ${AWS::URLSuffix}",
            )


def _parts(template: Template, section: str) -> dict[str, Any]:
    found = template.document.get(section)
    return {str(key): each for key, each in found.items()} if isinstance(found, dict) else {}


def _texts(node: Any) -> Iterator[str]:
    """Yield the lines below a node that write a partition out."""
    if isinstance(node, dict):
        for each in node.values():
            yield from _texts(each)
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each)
    elif isinstance(node, str):
        yield from (line.strip() for line in node.splitlines() if WRITTEN_OUT.search(line))


def _listed(types: set[str]) -> str:
    return ", ".join(sorted(types))
