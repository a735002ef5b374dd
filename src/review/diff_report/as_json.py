"""Shows a comparison to programs, as docs/diff.schema.json describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from review.comparison import Comparison, Judged, TemplateComparison
from review.diff.change import Bump, NotJudged
from review.diff_report.facts import verdict, weight

FORMAT = 1


def as_json(comparison: Comparison) -> str:
    """Return one JSON object."""
    said = comparison.version
    told = {
        "format": FORMAT,
        "verdict": verdict(comparison),
        "failed": comparison.failed,
        "decide": comparison.open,
        "before": comparison.before,
        "after": comparison.after,
        "same": comparison.same,
        "version": {
            "change": _weight(said.bump),
            "before": said.before and str(said.before),
            "after": said.after and str(said.after),
            "wanted": said.wanted and str(said.wanted),
            "problem": said.problem,
            "words": said.words,
        },
        "templates": [_template(each) for each in comparison.templates],
        "unreadable": [{"file": key, "why": why} for key, why in comparison.unreadable.items()],
        "notJudged": _not_judged(comparison.not_judged),
        "acceptedAndNotFound": [vars(each) for each in comparison.unused],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _template(template: TemplateComparison) -> dict[str, Any]:
    return {
        "file": template.name,
        "change": _weight(template.bump),
        "decide": template.open,
        "changes": [_change(each) for each in template.changes],
        "notJudged": _not_judged(template.not_judged),
    }


def _change(judged: Judged) -> dict[str, Any]:
    change = judged.change
    return {
        "section": str(change.section),
        "what": change.what,
        "where": change.where,
        "property": change.property,
        "before": change.before,
        "after": change.after,
        "why": change.why,
        "change": _weight(change.bump),
        "decide": judged.open,
        "accepted": judged.accepted and judged.accepted.reason,
        "lines": list(change.lines),
    }


def _not_judged(found: Iterable[NotJudged]) -> list[dict[str, str]]:
    return [{"where": each.where, "reason": each.reason} for each in found]


def _weight(bump: Bump) -> str:
    return "none" if bump is Bump.NONE else weight(bump)
