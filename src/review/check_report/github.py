"""What a check found, as workflow commands of GitHub Actions, which it shows beside the lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from review.check import Verdict
from review.finding import Finding, Level

COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def as_github(verdicts: Sequence[Verdict]) -> str:
    """Return a command for each finding, and for what was not judged; '' where there is nothing."""
    return "\n".join(command for each in verdicts for command in _commands(each))


def _commands(verdict: Verdict) -> Iterator[str]:
    for finding in verdict.findings:
        yield _command(finding)
    for words in verdict.not_judged:
        yield f"::notice file={_property(str(verdict.path))}::{_data(f'not judged: {words}')}"


def _command(finding: Finding) -> str:
    mend = f"; mend: {finding.mend}" if finding.mend else ""
    properties = {
        "file": finding.path,
        "line": str(finding.line),
        "title": f"{finding.rule} {finding.resource}".strip(),
    }
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{COMMANDS[finding.level]} {said}::{_data(finding.message + mend)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
