"""Runs cfn-lint over templates, informational rules included, for every region each is fit for.

One that does not say for which partitions it is meant is linted for one region. Rules are loaded
once. Nothing but the template has a say: no .cfnlintrc is read, and no rules beside cfn-lint's own.
"""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cfnlint.rules
from cfnlint.decode.decode import decode_str
from cfnlint.helpers import AVAILABILITY_ZONES, REGION_PRIMARY
from cfnlint.match import Match
from cfnlint.rules._rules import Rules
from cfnlint.rules.errors.rule import RuleError
from cfnlint.rules.jsonschema import CfnLintJsonSchemaRegional
from cfnlint.runner import run_template_by_data
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from aws_reference.shipped import data_of
from review.alike import one_of_each, used_types
from review.finding import Finding, Level
from review.fitness import fitness, unproven
from review.gate import endless, is_endless
from review.lint_speed import hasten
from review.linted import LintRule, Report
from template_reader.nodes import below

LEVELS: Mapping[str, Level] = {"error": "error", "warning": "warning"}


@dataclass
class Settings:
    """What cfn-lint asks of its settings while it lints, under its own names."""

    regions: list[str]
    ignore_checks: list[str]
    include_checks: list[str] = field(default_factory=lambda: ["W", "E", "I"])
    mandatory_checks: list[str] = field(default_factory=list)
    include_experimental: bool = False
    configure_rules: dict[str, Any] = field(default_factory=dict)
    parameters: list[Any] = field(default_factory=list)
    build_graph: bool = False

    def set_template_args(self, template: Any) -> None:
        """Take nothing from a template's Metadata: what it ignores is known already."""


def load() -> None:
    """Load cfn-lint's rules, which takes half a second, before they are needed."""
    _rules()


def lint(path: Path, regions: Sequence[str] = ()) -> Report:
    """Lint one template file; `OSError` if it cannot be read."""
    return lint_text(str(path), path.read_text(encoding="utf-8"), regions)


def lint_text(path: str, text: str, regions: Sequence[str] = ()) -> Report:
    """Lint a template's text, for the regions it is fit for where none is named."""
    document, errors = _decoded(text)
    if refused := _refused(path, document, errors):
        return Report(path, (), False, {}, (), refused)
    fit = fitness(document)
    meant = tuple(regions) or fit.regions or tuple(fit.unfit) or (REGION_PRIMARY,)
    kinds = one_of_each(document, meant, _teller(document, text))
    matches = _matches(document, kinds)
    if matches and kinds != meant:  # what is found may hold in some alone, or name all of them
        matches = _matches(_decoded(text)[0], meant)
    return Report(
        path=path,
        regions=meant,
        is_fit=bool(fit.regions or fit.unfit) and not regions,
        unfit={} if regions else fit.unfit,
        unproven=unproven(meant),
        findings=_findings(path, matches),
        rules=tuple({each.rule.id: _rule(each.rule) for each in matches}.values()),
    )


def _refused(path: str, document: Any, errors: Iterable[Match]) -> tuple[Finding, ...]:
    """Return why a text is no template that could be linted."""
    if errors:
        return _findings(path, errors)
    resources = below(document, "Resources")
    if not resources or not isinstance(resources, dict):
        return (Finding(path, 1, "E1001", "is no template: it has no Resources"),)
    return (endless(path),) if is_endless(document) else ()


def _decoded(text: str) -> tuple[Any, Sequence[Match]]:
    """Return a template's content, or what cfn-lint has against its text."""
    try:
        document, errors = decode_str(text)
    except Exception as error:  # whatever cfn-lint trips over, it is to be told
        return None, [_breakdown(error)]
    return document, errors


def _matches(document: Any, regions: Sequence[str]) -> list[Match]:
    asked = below(document, "Metadata", "cfn-lint", "config", "ignore_checks")
    ignored = [each for each in asked if isinstance(each, str)] if isinstance(asked, list) else []
    settings: Any = Settings(list(regions), ignored)
    try:
        return list(run_template_by_data(document, settings, _rules()))
    except Exception as error:  # whatever cfn-lint trips over, it is to be told
        return [_breakdown(error)]


def _breakdown(error: Exception) -> Match:
    words = f"cfn-lint broke down, and judges nothing here: {type(error).__name__}: {error}"
    return Match(words, RuleError())


def _teller(document: Mapping[str, Any], text: str) -> Callable[[str], Hashable]:
    """Return what tells regions apart beside the registry: cfn-lint's own lists of regions."""
    types, words = used_types(document), frozenset(re.findall(r"[A-Za-z0-9-]+", text))
    rules: list[Any] = [each for each in _rules().values() if types & _types_of(each)]
    schemas = [each.schema for each in rules if isinstance(each, CfnLintJsonSchemaRegional)]
    lists = [each.regions for each in rules if isinstance(getattr(each, "regions", None), list)]

    def told_by(region: str) -> Hashable:
        zones = len(AVAILABILITY_ZONES.get(region, ())) if "GetAZs" in text else 0
        allowed = tuple(_sayable(each.get(region), words) for each in schemas)
        return zones, allowed, tuple(region in each for each in lists)

    return told_by


def _sayable(schema: Any, words: frozenset[str]) -> Hashable:
    """Return what a region allows of what a template can say; m5.large is said in two words."""
    allowed = schema.get("enum") if isinstance(schema, dict) and len(schema) == 1 else None
    if allowed is None:
        return json.dumps(schema, sort_keys=True)
    return frozenset(each for each in allowed if words.issuperset(str(each).split(".")))


def _types_of(rule: Any) -> set[str]:
    """Return the types whose properties a rule is about."""
    paths = (each.split("/") for each in getattr(rule, "keywords", ()))
    return {path[1] for path in paths if len(path) > 1}


def _findings(path: str, matches: Iterable[Match]) -> tuple[Finding, ...]:
    return tuple(sorted({_finding(path, each) for each in matches}))


def _finding(path: str, match: Match) -> Finding:
    place = list(getattr(match, "path", None) or ())
    resource = str(place[1]) if len(place) > 1 and place[0] == "Resources" else ""
    return Finding(
        path=path,
        line=match.linenumber,
        rule=match.rule.id,
        message=f"{resource}: {match.message}" if resource else match.message,
        resource=resource,
        level=LEVELS.get(match.rule.severity, "note"),
    )


def _rule(rule: Any) -> LintRule:
    return LintRule(rule.id, rule.shortdesc, rule.description, rule.source_url)


@functools.cache
def _rules() -> Rules:
    logging.getLogger("cfnlint").addHandler(logging.NullHandler())  # it prints what it reports too
    rules = Rules()
    rules.update(Rules.create_from_directory(str(Path(cfnlint.rules.__file__).parent)))
    hasten(rules)
    _take_own_schemas()
    return rules


def _take_own_schemas() -> None:
    """Let cfn-lint read the registry it ships, as we do, and no newer copy of whoever runs it."""
    shipped = data_of("cfnlint") / "schemas"
    PROVIDER_SCHEMA_MANAGER._providers_dir = shipped / "providers"
    PROVIDER_SCHEMA_MANAGER._resources_dir = shipped / "resources"
    PROVIDER_SCHEMA_MANAGER.reset()
