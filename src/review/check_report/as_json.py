"""What a check found, as JSON for programs. Keys are added to it, and none is taken away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from review.check import Verdict
from review.check_report.text import counted, summary


def as_json(verdicts: Sequence[Verdict]) -> str:
    """Return what was found in each file."""
    found = {
        "format": 1,
        "passes": all(each.passes for each in verdicts),
        "counts": counted(verdicts),
        "files": [_file(each) for each in verdicts],
    }
    return json.dumps(found, indent=2)


def _file(verdict: Verdict) -> dict[str, Any]:
    report = verdict.report
    return {
        "path": str(verdict.path),
        "passes": verdict.passes,
        "summary": summary(verdict),
        "regions": list(report.regions) if report else [],
        "regions_named_by": verdict.named_by,
        "unfit": dict(report.unfit) if report else {},
        "unproven": list(report.unproven) if report else [],
        "not_judged": list(verdict.not_judged),
        "findings": [asdict(each) for each in verdict.findings],
    }
