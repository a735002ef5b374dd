"""Single changes to a template are told of as a careful reviewer would, and nothing else is."""

from __future__ import annotations

import itertools

import pytest
from verdict_table import BASE, Case, cases

from review.diff import callers, limits, stacks
from review.diff.change import Change, NotJudged
from template_reader.file import Template, read_template

TABLES = ("callers", "stacks")


def said(before: Template, after: Template) -> list[Change | NotJudged]:
    """Return what the three modules say of two versions."""
    modules = (callers, stacks, limits)
    return list(itertools.chain(*(each.changes(before, after) for each in modules)))


@pytest.mark.parametrize(
    "case", [pytest.param(each, id=each.name) for table in TABLES for each in cases(table)]
)
def test_a_single_change_is_told_of(case: Case) -> None:
    found = said(case.before, case.after)
    changes = [each for each in found if isinstance(each, Change)]
    assert len(changes) == len(case.verdicts), changes
    for verdict in case.verdicts:
        assert any(map(verdict.agrees, changes)), (verdict, changes)
    unjudged = tuple(each.where for each in found if isinstance(each, NotJudged))
    assert unjudged == case.unjudged


def test_of_no_change_nothing_is_told() -> None:
    assert said(read_template(BASE), read_template(BASE)) == []
