"""What linting one file came to. Apart from `lint`, so that nobody imports cfn-lint to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.finding import Finding


@dataclass(frozen=True)
class LintRule:
    """What cfn-lint says of a rule of its own."""

    id: str
    sentence: str
    reason: str
    source: str


@dataclass(frozen=True)
class Report:
    """What linting one file came to.

    `regions` were linted for; `is_fit` says that they are those of the partitions the template says
    it is meant for; `unfit` maps the partition's other regions to a type they lack;
    `unproven` are those linted for which cfn-lint holds no data of its own. `rules` are those
    that the findings name.
    """

    path: str
    regions: tuple[str, ...]
    is_fit: bool
    unfit: Mapping[str, str]
    unproven: tuple[str, ...]
    findings: tuple[Finding, ...]
    rules: tuple[LintRule, ...] = ()
