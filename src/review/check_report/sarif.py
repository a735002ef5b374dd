"""What a check found, as SARIF 2.1.0, which code scanning of GitHub and others read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from review.check import Verdict
from review.check_report.known_rules import Known, known_rules
from review.finding import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "SRCROOT"
TOOL = "Meridian"


def as_sarif(verdicts: Sequence[Verdict], version: str) -> str:
    """Return one run with every finding; paths are relative to where the check was run."""
    rules = known_rules(verdicts)
    numbers = {each.id: number for number, each in enumerate(rules)}
    findings = [finding for each in verdicts for finding in each.findings]
    notices = [_notice(each, words) for each in verdicts for words in each.not_judged]
    driver = {"name": TOOL, "version": version, "rules": [_rule(each) for each in rules]}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {HOME: {"description": {"text": "Where the check was run."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notices}],
        "results": [_result(each, numbers) for each in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Known) -> dict[str, Any]:
    help_ = " ".join(each for each in (rule.reason, rule.mend and f"Mend: {rule.mend}.") if each)
    made: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": rule.sentence or rule.id},
        "fullDescription": {"text": rule.reason or rule.sentence or rule.id},
        "help": {"text": help_ or rule.sentence or rule.id},
        "defaultConfiguration": {"level": rule.level},
    }
    return {**made, "helpUri": rule.link} if rule.link.startswith("https://") else made


def _result(finding: Finding, numbers: dict[str, int]) -> dict[str, Any]:
    mend = f"; mend: {finding.mend}" if finding.mend else ""
    place = {
        "artifactLocation": _location(finding.path),
        "region": {"startLine": max(finding.line, 1)},
    }
    resource = {"name": finding.resource, "kind": "resource"}
    return {
        "ruleId": finding.rule,
        "ruleIndex": numbers[finding.rule],
        "level": finding.level,
        "message": {"text": finding.message + mend},
        "locations": [
            {
                "physicalLocation": place,
                **({"logicalLocations": [resource]} if finding.resource else {}),
            }
        ],
    }


def _notice(verdict: Verdict, words: str) -> dict[str, Any]:
    place = {"physicalLocation": {"artifactLocation": _location(str(verdict.path))}}
    text = f"{verdict.path}: not judged: {words}"
    return {"level": "note", "message": {"text": text}, "locations": [place]}


def _location(path: str) -> dict[str, str]:
    """Return where a file is: below where the check was run, or by its whole path."""
    pure = PurePath(path)
    if pure.is_absolute():
        return {"uri": pure.as_uri()}
    return {"uri": quote(pure.as_posix()), "uriBaseId": HOME}
