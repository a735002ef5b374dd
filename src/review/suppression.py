"""Which rules a resource, or the template, says it breaks on purpose, each with the reason.

Metadata:
  Meridian:
    Suppress:
      MR101: Its log group is another stack's.

In a resource's Metadata it is said of the resource; in the template's, of parameters, outputs and
whatever else is no resource.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.finding import Finding
from template_reader.file import LIBRARY, Template
from template_reader.nodes import below

KEY = "Suppress"


@dataclass(frozen=True)
class Suppression:
    """One entry: `holder` says it ('' the template), and it `finds` what it is about, or not.

    `known` are the ids of all rules.
    """

    holder: str
    rule: str
    reason: Any
    finds: bool
    known: Collection[str]
    node: Any


def suppressed(template: Template, holder: str) -> Mapping[str, Any]:
    """Return what a resource ('' the template) says of rules, {} where it says nothing."""
    found = below(_node(template, holder), "Metadata", LIBRARY, KEY)
    return found if isinstance(found, Mapping) else {}


def suppressions(
    template: Template, found: Collection[Finding], known: Collection[str]
) -> Iterator[Suppression]:
    """Yield every entry of a template, given what was found in it; one of a list has no reason."""
    broken = {(each.resource, each.rule) for each in found}
    for holder in ("", *map(str, template.section("Resources"))):
        written = below(_node(template, holder), "Metadata", LIBRARY, KEY)
        listed = written if isinstance(written, list) else []
        entries = written if isinstance(written, Mapping) else dict.fromkeys(map(str, listed))
        for rule, reason in entries.items():
            finds = (holder, str(rule)) in broken
            yield Suppression(holder, str(rule), reason, finds, known, rule)


def _node(template: Template, holder: str) -> Any:
    return template.section("Resources").get(holder) if holder else template.document
