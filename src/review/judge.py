"""Judges a template by every rule of our own, and by what its resources suppress."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from review.finding import Finding
from review.rule import Found, Rule, all_rules
from review.subjects import FINDERS
from review.suppression import suppressed
from template_reader.file import Template
from template_reader.text import line_of, line_of_key


def judge(template: Template) -> list[Finding]:
    """Return what our rules find in a template, by line."""
    found = {each for kind in FINDERS for each in _broken(kind, template)}
    resources = template.section("Resources")
    return sorted(
        each for each in found if each.rule not in suppressed(resources.get(each.resource))
    )


def _broken(kind: type[Any], template: Template) -> Iterator[Finding]:
    """Yield what is wrong with the subjects of a kind; each is found once for all of its rules."""
    rules = [each for each in all_rules() if each.judges is kind]
    for logical_id, subject in FINDERS[kind](template):
        for rule in rules:
            for found in rule.find(subject):
                yield _finding(rule, template, logical_id, found)


def _finding(rule: Rule, template: Template, logical_id: str, found: Found) -> Finding:
    default = line_of_key(template.section("Resources"), logical_id)
    return Finding(
        path=str(template.path),
        line=found.node if isinstance(found.node, int) else line_of(found.node, default),
        rule=rule.id,
        message=f"{logical_id}: {found.words}",
        mend=found.mend or rule.mend,
        resource=logical_id,
        level=rule.level,
    )
