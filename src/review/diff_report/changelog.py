"""Drafts the entries of a release from a comparison, in the form of Keep a Changelog."""

from __future__ import annotations

from collections.abc import Iterator

from review.comparison import Comparison
from review.diff.change import Bump, Change, Section
from review.diff_report.facts import place

# The heading an entry stands under, by the first word of what it says that is among these.
HEADINGS = {
    **dict.fromkeys(("added", "add"), "Added"),
    **dict.fromkeys(("removed", "remove", "gone"), "Removed"),
}
ORDER = ("Changed", "Added", "Removed", "Security")
DRAFT = "A draft: say what it brings to those who launch it, and leave out what does not matter."


def as_changelog(comparison: Comparison) -> str:
    """Return a section; what only patches is left out."""
    entries: dict[str, list[str]] = {each: [] for each in ORDER}
    for template in comparison.templates:
        for judged in template.changes:
            if judged.change.bump > Bump.PATCH:
                entries[_heading(judged.change)].append(_entry(template.name, judged.change))
    wanted = comparison.version.wanted or "Unreleased"
    return "\n".join([f"## [{wanted}]", "", f"<!-- {DRAFT} -->", *_sections(entries)])


def _sections(entries: dict[str, list[str]]) -> Iterator[str]:
    for heading in ORDER:
        if entries[heading]:
            yield from ("", f"### {heading}", "", *dict.fromkeys(entries[heading]))


def _heading(change: Change) -> str:
    if change.section is Section.PERMISSIONS:
        return "Security"
    words = change.what.split()
    return next((HEADINGS[each] for each in words if each in HEADINGS), "Changed")


def _entry(name: str, change: Change) -> str:
    breaking = "**Breaking:** " if change.bump is Bump.MAJOR else ""
    why = f": {change.why}" if change.why else ""
    return f"- {breaking}`{name}`: {change.what} `{place(change)}`{why}."
