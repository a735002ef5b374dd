"""What is known of each rule that findings name, whoever's it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from review import gate
from review.check import Verdict
from review.finding import Level
from review.rule import Rule, all_rules

LEVELS: Mapping[str, Level] = {"E": "error", "W": "warning"}


@dataclass(frozen=True)
class Known:
    """A rule: what it asks for, why, and how to mend what it finds; `link` is '' without one."""

    id: str
    sentence: str
    reason: str
    mend: str = ""
    link: str = ""
    level: Level = "error"


def known_rules(verdicts: Iterable[Verdict]) -> list[Known]:
    """Return the rules that findings name, by id."""
    reports = [each.report for each in verdicts if each.report]
    linted = (
        Known(each.id, each.sentence, each.reason, "", each.source, LEVELS.get(each.id[0], "note"))
        for report in reports
        for each in report.rules
    )
    of_gate = (Known(id_, *words) for id_, words in gate.RULES.items())
    known = {each.id: each for each in (*linted, *of_gate, *map(_known, all_rules()))}
    named = {finding.rule for each in verdicts for finding in each.findings}
    return [known.get(each) or Known(each, each, "") for each in sorted(named)]


def _known(rule: Rule) -> Known:
    source = f" ({rule.source})" if rule.source else ""
    return Known(rule.id, rule.sentence, f"{rule.reason}{source}", rule.mend, level=rule.level)
