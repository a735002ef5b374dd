"""Shows a comparison in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from review.comparison import Comparison, Judged, TemplateComparison
from review.diff_report.facts import (
    NOT_LOOKED_AT,
    by_section,
    compared,
    headline,
    place,
    turned,
    verdict,
    version,
)

OPEN, DONE = "!", " "


def as_text(comparison: Comparison) -> str:
    """Return lines: what was compared, each template, what was not judged, and the verdict."""
    lines = [compared(comparison), ""]
    for template in comparison.templates:
        lines += [*_template(template), ""]
    for name, why in comparison.unreadable.items():
        lines += [f"{name}: can no longer be read", f"  {why}", ""]
    lines += _rest(comparison)
    return "\n".join([*lines, *filter(None, [version(comparison)]), verdict(comparison)])


def _template(template: TemplateComparison) -> Iterator[str]:
    yield f"{template.name}: {headline(template)}"
    for section, changes in by_section(template.changes):
        yield f"  {section}"
        for each in changes:
            yield from _change(each)
    if template.not_judged:
        yield "  not judged"
        yield from (f"      {each.where}: {each.reason}" for each in template.not_judged)


def _change(judged: Judged) -> Iterator[str]:
    change = judged.change
    turn = turned(change)
    yield f"    {OPEN if judged.open else DONE} {change.what}: {place(change)}" + (
        f": {turn}" if turn else ""
    )
    if change.why:
        yield f"        {change.why}"
    if judged.accepted:
        yield f"        accepted: {judged.accepted.reason}"
    yield from (f"        | {line}" for line in change.lines)


def _rest(comparison: Comparison) -> Iterator[str]:
    if comparison.not_judged:
        yield "not judged"
        yield from (f"  {each.where}: {each.reason}" for each in comparison.not_judged)
        yield ""
    for each in comparison.unused:
        yield f"accepted and not found: {each.change} of {each.where} in {each.template}"
    yield "not looked at"
    yield from (f"  {each}" for each in NOT_LOOKED_AT)
    yield ""
