"""The report at a terminal, and what all reports have in common."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace

import pytest
import yaml
from outcomes import BARE, COMMIT, DENIED, GREEN, HOME, KEPT, OUTCOMES, RED, SECRET, STATEMENT

from rehearsal.report import show
from rehearsal.report_facts import LISTS, verdict

ARN = re.compile("arn:")
FORMS = ("text", "json", "md", "html")


def words(shown: str) -> str:
    return " ".join(shown.split())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", OUTCOMES)
def test_no_report_shows_a_secret_or_moves_the_cursor(name: str, form: str) -> None:
    shown = show(OUTCOMES[name], form)
    assert SECRET not in shown
    assert all(each.isprintable() or each in "\n\u200b" for each in shown)


@pytest.mark.parametrize("name", ["green", "red"])
def test_lines_are_no_wider_than_eighty_columns_but_for_the_verdict(name: str) -> None:
    shown = show(OUTCOMES[name], "text")
    wide = [line.split() for line in shown.splitlines()[:-1] if len(line) > 80]
    # But for an ARN, alone or in a statement, which can be broken nowhere.
    assert all(len(words) <= 3 and any(map(ARN.search, words)) for words in wide)
    assert all(line == line.rstrip() for line in shown.splitlines())


@pytest.mark.parametrize("name", OUTCOMES)
def test_colours_change_no_word(name: str) -> None:
    painted = show(OUTCOMES[name], "text", colour=True)
    assert "\033[" in painted
    assert re.sub(r"\033\[\d*m", "", painted) == show(OUTCOMES[name], "text")


def test_the_failure_stands_before_the_verdict_with_its_place_its_reason_and_its_mend() -> None:
    shown = show(OUTCOMES["red"], "text")
    _before, _, wrong = shown.partition("\n\nWRONG ")
    first, _, rest = wrong.partition("\n\nWRONG ")
    assert first.startswith("    Deploy.ap-south-1 failed\n")
    assert not set(rest.splitlines()) & {title for title, _name in LISTS}
    said = words(first)
    for fact in (
        *("multi-region-pipeline", "execution 'second push'", "region ap-south-1"),
        *(f"account {HOME}", "stack multi-region-pipeline-deploy", DENIED.why, DENIED.mend),
        *("multi-region-cloudformation may not call ec2:RunInstances", DENIED.refused[0].resource),
        *(DENIED.refused[0].reason, "CloudFormationRole in templates/service-roles.yaml"),
        *("stack service-roles in us-east-1", "AWS_SECRET_ACCESS_KEY=**** it was refused"),
    ):
        assert fact in said, fact


def test_the_statement_can_be_pasted() -> None:
    shown = show(OUTCOMES["red"], "text")
    pasted = shown.partition(":\n\n")[2].partition("\n\n")[0]
    assert textwrap.dedent(pasted) == STATEMENT.rstrip("\n")
    (statement,) = yaml.safe_load(pasted.replace("!Sub ", ""))
    assert statement["Action"] == "ec2:RunInstances"


def test_the_last_line_is_the_verdict() -> None:
    for outcomes in OUTCOMES.values():
        assert show(outcomes, "text").splitlines()[-1].startswith(verdict(outcomes)[:5])
    assert show((RED,), "text").splitlines()[-1] == verdict((RED,))


def test_a_failure_that_had_to_be_is_told_and_is_no_problem() -> None:
    shown = show((GREEN,), "text")
    assert "WRONG" not in shown
    assert re.search(r"a rejected approval\n +Failed, as it had to, in 0.6 s\n", shown)
    assert re.search(
        rf"FAILED +Prod +Approve +us-east-1 +{HOME} +0.1 s\s+Rejected: not today", shown
    )
    assert re.search(rf"not run +us-east-1 +us-east-1 +{HOME}\n", shown)
    assert "  ok       looked: nothing was changed in prod" in shown


def test_grants_nobody_used_stand_apart_by_whether_there_is_a_reason() -> None:
    more = replace(KEPT, action="logs:PutRetentionPolicy")
    shown = show((replace(RED, unused=(KEPT, BARE, more)),), "text")
    bare, _, kept = shown.partition("kept for a reason")
    assert "s3:DeleteObject on * (statement 3)" in bare.partition("nothing says why")[2]
    assert f"- logs:CreateLogGroup, logs:PutRetentionPolicy: {KEPT.because}" in words(kept)
    assert "nothing says why" not in show((GREEN,), "text")


def test_each_stage_is_named_once_and_each_action_has_its_row() -> None:
    execution = show((GREEN,), "text").partition("first push")[2].partition("looked")[0]
    rows = [line.split() for line in execution.splitlines() if f"  {HOME}  " in line]
    assert [row[1:-3] for row in rows] == [
        *(["Source", "Source", "us-east-1"], ["Build", "Build", "us-east-1"]),
        *(["Deploy", "us-east-1", "us-east-1"], ["us-east-2", "us-east-2"]),
        ["ap-south-1", "ap-south-1"],
    ]
    assert f"commit {COMMIT} of branch main" in execution


def test_what_was_launched_and_where_the_time_went_is_said_in_short() -> None:
    said = words(show((GREEN,), "text"))
    assert "6 stacks launched in 1.7 s" in said
    assert f"artifact-store {HOME} us-east-1, us-east-2, ap-south-1" in said
    assert "15 s: 30 % the embedded AWS, 61 % the builds' commands, 9 % our own code" in said
    for item in (*GREEN.stood_in, *GREEN.not_shown):
        assert f"- {item}" in said
