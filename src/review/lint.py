"""Runs cfn-lint over templates, informational rules included, for every region each is fit for.

One that does not say for which partitions it is meant is linted for one region. Rules are loaded
once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.decode.decode import decode_str
from cfnlint.helpers import REGION_PRIMARY
from cfnlint.rules._rules import Rules
from cfnlint.runner import Runner, run_template_by_data

from review.fitness import fitness
from template_reader.nodes import below


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
    if errors or not isinstance(document, dict) or not below(document, "Resources"):
        nothing = Finding(str(path), 1, "E1001", "is no template: it has no Resources")
        return Report(str(path), (), {}, (), _findings(path, errors) or (nothing,))
    fit = fitness(document)
    regions = fit.regions if fit.regions or fit.unfit else (REGION_PRIMARY,)
    config = ConfigMixIn(**_settings(regions))
    matches = run_template_by_data(document, config, _rules())
    return Report(str(path), regions, fit.unfit, fit.unproven, _findings(path, matches))


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
