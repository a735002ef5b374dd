"""Judges a template by every rule of our own, and by what it suppresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from review.finding import Finding
from review.rule import Found, Rule, all_rules
from review.subjects import FINDERS
from review.suppression import Suppression, suppressed, suppressions
from template_reader.file import Template
from template_reader.text import line_of, line_of_key


def judge(template: Template) -> list[Finding]:
    """Return what our rules find in a template, by line."""
    subjects = {judged: tuple(find(template)) for judged, find in FINDERS.items()}
    found = frozenset(
        each for rule in all_rules() for each in _broken(rule, template, subjects.get(rule.judges))
    )
    entries = suppressions(template, found, frozenset(rule.id for rule in all_rules()))
    written = [(each.holder, each) for each in entries]
    about = (rule for rule in all_rules() if rule.judges is Suppression)
    return sorted(
        {each for each in found if each.rule not in suppressed(template, each.resource)}
        | {each for rule in about for each in _broken(rule, template, written)}
    )


def _broken(
    rule: Rule, template: Template, subjects: Iterable[tuple[str, Any]] | None
) -> Iterator[Finding]:
    for holder, subject in subjects or ():
        for found in rule.find(subject):
            yield _finding(rule, template, holder, found)


def _finding(rule: Rule, template: Template, holder: str, found: Found) -> Finding:
    """Return a finding; `holder` is the logical id of what it is about, '' of no resource."""
    default = line_of_key(template.section("Resources"), holder)
    return Finding(
        path=str(template.path),
        line=found.node if isinstance(found.node, int) else line_of(found.node, default),
        rule=rule.id,
        message=f"{holder}: {found.words}" if holder else found.words,
        mend=found.mend or rule.mend,
        resource=holder,
        level=rule.level,
    )
