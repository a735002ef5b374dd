"""The page of rules is what the rules say."""

from __future__ import annotations

from aws_reference.shipped import read_json
from review.rule import all_rules
from review.rules_page import FAMILIES, SCORE, page, planted_rules

MEND = "make rules"


def test_the_committed_page_is_what_the_rules_say() -> None:
    committed = SCORE.with_name("rules.md").read_text(encoding="utf-8")
    assert committed == page(read_json(SCORE)), f"mend: {MEND}"


def test_every_rule_is_on_the_page() -> None:
    shown = page({})
    assert [each.id for each in all_rules() if f"### {each.id}\n" not in shown] == []
    assert {each.id[:2] for each in all_rules()} <= set(FAMILIES)


def test_it_says_what_other_tools_find() -> None:
    shown = page({"cfn-lint 1": ["MR101"], "checkov 3": []})
    assert f"| cfn-lint 1 | 1 of {len(planted_rules())} |" in shown
    assert shown.count("- found by cfn-lint too") == 1
