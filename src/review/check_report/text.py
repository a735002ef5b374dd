"""What a check found, in words for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from review.check import Verdict
from review.finding import Finding, Level
from review.linted import Report

LEVELS: tuple[Level, ...] = ("error", "warning", "note")


def as_text(verdicts: Sequence[Verdict]) -> str:
    """Return a line for each file and each finding, and how many there are in all."""
    lines = [line for each in verdicts for line in _lines(each)]
    return "\n".join([*lines, _totals(verdicts)])


def summary(verdict: Verdict) -> str:
    """Return what was looked at, in one line."""
    if verdict.report is None or not verdict.report.regions:
        return "not linted"
    parts = [_regions(verdict, verdict.report)]
    if verdict.report.unfit:
        lacking = ", ".join(sorted(verdict.report.unfit))
        types = ", ".join(sorted(set(verdict.report.unfit.values())))
        parts.append(f"not for {lacking}, which have no {types}")
    if verdict.report.unproven:
        names = ", ".join(verdict.report.unproven)
        parts.append(f"proves nothing for {names}, whose data it lacks")
    return "; ".join(parts)


def counted(verdicts: Iterable[Verdict]) -> dict[Level, int]:
    """Return how many findings of each level there are."""
    found = Counter(finding.level for each in verdicts for finding in each.findings)
    return {level: found[level] for level in LEVELS}


def _regions(verdict: Verdict, report: Report) -> str:
    if verdict.named_by == "metadata":
        return f"cfn-lint for {len(report.regions)} regions"
    names = ", ".join(report.regions)
    why = "as --regions says" if verdict.named_by == "options" else "as nothing names others"
    return f"cfn-lint for {names}, {why}"


def _lines(verdict: Verdict) -> Iterable[str]:
    yield f"{'ok   ' if verdict.passes else 'found'} {verdict.path}: {summary(verdict)}"
    for finding in verdict.findings:
        yield f"      {_line(finding)}"
    for each in verdict.not_judged:
        yield f"      not judged: {each}"


def _line(finding: Finding) -> str:
    level = "" if finding.level == "error" else f"{finding.level}: "
    mend = f"; mend: {finding.mend}" if finding.mend else ""
    place = f"{finding.path}:{finding.line}"
    return _printable(f"{place}: {level}{finding.rule} {finding.message}{mend}")


def _printable(text: str) -> str:
    """Return a text as one line, for whatever it quotes of a template."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def _totals(verdicts: Sequence[Verdict]) -> str:
    counts = ", ".join(_number(number, level) for level, number in counted(verdicts).items())
    return f"{_number(len(verdicts), 'template')}: {counts}"


def _number(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
