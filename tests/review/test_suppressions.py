"""What a template suppresses: of a resource or of itself, and what is wrong with an entry."""

from __future__ import annotations

import pytest
from planting import planted

from review.judge import judge

FOR_EVER = "Properties: {RetentionInDays: null}"


def found(case: str) -> list[tuple[str, str]]:
    """Return rule and resource of each finding in the good template with a case laid over it."""
    return [(each.rule, each.resource) for each in judge(planted(case))]


def logs(suppress: str, fault: str = FOR_EVER) -> str:
    return f"Logs: {{Metadata: {{Meridian: {{Suppress: {suppress}}}}}, {fault}}}"


@pytest.mark.parametrize(
    ("suppress", "rules"),
    [
        ("{MR101: The auditors want every line.}", []),
        ("{MR101: ''}", ["MS101"]),
        ("{MR101: '  '}", ["MS101"]),
        ("{MR101: null}", ["MS101"]),
        ("{MR101: [why]}", ["MS101"]),
        ("{MR101: true}", ["MS101"]),
        ("{MR102: It is not that one.}", ["MR101", "MS103"]),
        ("{MR1O1: It is misspelt.}", ["MR101", "MS102"]),
        ("[MR101]", ["MR101", "MS101"]),
        ("MR101", ["MR101"]),
        ("{101: A number.}", ["MR101", "MS102"]),
    ],
)
def test_an_entry_of_a_resource(suppress: str, rules: list[str]) -> None:
    assert sorted(found(logs(suppress))) == [(rule, "Logs") for rule in rules]


def test_an_entry_is_of_its_own_resource_only() -> None:
    case = "Key: {Metadata: {Meridian: {Suppress: {MR101: Not this one.}}}}\nLogs: {" + FOR_EVER
    assert found(case + "}") == [("MS103", "Key"), ("MR101", "Logs")]


def test_the_template_speaks_of_what_is_no_resource() -> None:
    asked = "Parameters: {Token: {Type: String}}"
    said = "\nMetadata: {Meridian: {Suppress: {RULE: It is no secret here.}}}"
    assert found(asked) == [("MR105", "")]
    assert found(asked + said.replace("RULE", "MR105")) == []
    of_a_resource = f"Resources: {{Logs: {{{FOR_EVER}}}}}" + said.replace("RULE", "MR101")
    assert sorted(found(of_a_resource)) == [("MR101", "Logs"), ("MS103", "")]


def test_an_unknown_rule_is_told_what_is_near() -> None:
    (finding,) = judge(planted(logs("{MR1011: Misspelt.}", "Type: AWS::Logs::LogGroup")))
    assert finding.message == "Logs: suppresses 'MR1011', which is no rule (did you mean MR101?)"
