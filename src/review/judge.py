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
    found = frozenset(
        each for kind, find in FINDERS.items() for each in _broken(kind, template, find(template))
    )
    entries = suppressions(template, found, frozenset(rule.id for rule in all_rules()))
    about = _broken(Suppression, template, ((each.holder, each) for each in entries))
    left = {each for each in found if each.rule not in suppressed(template, each.resource)}
    return sorted(left.union(about))


def _broken(
    kind: type[Any], template: Template, subjects: Iterable[tuple[str, Any]]
) -> Iterator[Finding]:
    """Yield what is wrong with the subjects of a kind; each is found once for all of its rules."""
    rules = [each for each in all_rules() if each.judges is kind]
    for holder, subject in subjects:
        for rule in rules:
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
