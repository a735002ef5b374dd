"""Says whether each committed template is what its sources render, and what cfn-lint finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from review.lint import Report, lint

RENDER = "mend: make templates"


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one file: `drift` is '' where it is as rendered."""

    path: Path
    drift: str
    report: Report | None

    @property
    def findings(self) -> list[str]:
        """Every finding, one line each."""
        found = [str(each) for each in self.report.findings] if self.report else []
        return [f"{self.path}: {self.drift}", *found] if self.drift else found

    @property
    def summary(self) -> str:
        """What was looked at, in one line."""
        if self.report is None or not self.report.regions:
            return "not linted"
        parts = [f"cfn-lint for {len(self.report.regions)} regions"]
        if self.report.unfit:
            lacking = ", ".join(sorted(self.report.unfit))
            types = ", ".join(sorted(set(self.report.unfit.values())))
            parts.append(f"not for {lacking}, which have no {types}")
        if self.report.unproven:
            parts.append(
                f"proves nothing for {', '.join(self.report.unproven)}, whose data it lacks"
            )
        return "; ".join(parts)


def check(expected: Mapping[Path, str]) -> list[Verdict]:
    """Compare files with the texts expected of them and lint those that are there."""
    return [_verdict(path, text) for path, text in expected.items()]


def stale(folder: Path, expected: Mapping[Path, str]) -> list[Verdict]:
    """Return a verdict on each template in a folder that nothing renders."""
    left = sorted(set(folder.glob("*.yaml")) - set(expected))
    return [Verdict(path, f"nothing renders it; mend: git rm {path}", None) for path in left]


def _verdict(path: Path, text: str) -> Verdict:
    if not path.exists():
        return Verdict(path, f"is not there; {RENDER}", None)
    same = path.read_bytes() == text.encode()
    drift = "" if same else f"differs from what its sources render; {RENDER}"
    return Verdict(path, drift, lint(path))
