"""What every report of a comparison says, in the same words: verdicts, counts, single changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from review.comparison import Comparison, Judged, TemplateComparison
from review.diff.change import Bump, Change, Section

NOT_LOOKED_AT = (
    "Stacks as they are: parameters given at launch, drift, imports by other stacks.",
    "What an update interrupts, how long it takes, quotas of the account.",
)


def verdict(comparison: Comparison) -> str:
    """Return the verdict in one sentence."""
    if comparison.unreadable:
        return f"Failed: {_counted(len(comparison.unreadable), 'file')} can no longer be read."
    if comparison.version.failed:
        return f"Failed: {comparison.version.problem}."
    count = sum(each.open for each in comparison.templates) + bool(comparison.version.problem)
    if count:
        return f"{_counted(count, 'change')} to decide on."
    return "Nothing to decide on." if comparison.templates else "No template differs."


def compared(comparison: Comparison) -> str:
    """Return what was compared, in one sentence."""
    differ = len(comparison.templates) + len(comparison.unreadable)
    verb = "differs" if differ == 1 else "differ"
    return (
        f"{comparison.before} compared with {comparison.after}: "
        f"{_counted(differ, 'template')} {verb}, {comparison.same} the same."
    )


def version(comparison: Comparison) -> str:
    """Return what is to be said of the version, in one sentence; '' if that is the verdict."""
    said = comparison.version
    if said.failed and not comparison.unreadable:
        return ""
    if said.problem:
        return f"Version: {said.problem}."
    if said.bump is Bump.NONE:
        return "Version: nothing asks for another."
    return f"Version: {weight(said.bump)}; {said.words}."


def weight(bump: Bump) -> str:
    """Return what a change weighs, in one word."""
    return "no change" if bump is Bump.NONE else bump.name.lower()


def headline(template: TemplateComparison) -> str:
    """Return the verdict on one template."""
    decide = f", {template.open} to decide on" if template.open else ""
    return f"{weight(template.bump)}{decide}"


def by_section(changes: Iterable[Judged]) -> Iterator[tuple[Section, list[Judged]]]:
    """Yield the changes of each section; they come in the order of the sections."""
    for section, found in groupby(changes, key=lambda each: each.change.section):
        yield section, list(found)


def place(change: Change) -> str:
    """Return where a change is."""
    return f"{change.where}.{change.property}" if change.property else change.where


def turned(change: Change) -> str:
    """Return what was before and what is after, '' where neither is said."""
    if not (change.before or change.after):
        return ""
    return f"{change.before or 'nothing'} → {change.after or 'nothing'}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
