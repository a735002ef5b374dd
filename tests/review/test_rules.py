"""Each rule finds its failing case, alone, and has nothing against its passing one."""

from __future__ import annotations

from pathlib import Path

import pytest
from planting import GOOD, planted

from review.judge import judge
from review.rule import Rule, all_rules
from template_reader.file import read_template

TEMPLATES = sorted((Path(__file__).parents[2] / "templates").glob("*.yaml"))


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_finds_its_failing_case(rule: Rule) -> None:
    assert {each.rule for each in judge(planted(rule.fails))} == {rule.id}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_no_rule_has_anything_against_a_passing_case(rule: Rule) -> None:
    assert judge(planted(rule.passes)) == []


@pytest.mark.parametrize("path", [GOOD, *TEMPLATES], ids=lambda path: path.stem)
def test_no_rule_has_anything_against_a_good_template(path: Path) -> None:
    assert judge(read_template(path)) == []


def test_no_two_rules_have_one_id() -> None:
    ids = [rule.id for rule in all_rules()]
    assert ids == sorted(set(ids))
