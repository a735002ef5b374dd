"""What every report says: whether it is green, and if not why and what mends it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from outcomes import (
    BARE,
    DENIED,
    DEPLOYED,
    FIRST,
    GREEN,
    HOME,
    KEPT,
    LAUNCHES,
    OTHER,
    OUTCOMES,
    RED,
    REFUSED,
    REJECTED,
    STAGE,
)

from rehearsal.layout import duration
from rehearsal.outcome import ActionResult, Grant, Outcome, Seen, Shares, Status
from rehearsal.report_facts import (
    note,
    problems,
    shares,
    together,
    verdict,
    went,
)
from rehearsal.report_refusals import mend, refusal, role_name


@pytest.mark.parametrize(
    ("wanted", "status", "holds", "grants", "actions"),
    [
        *product(
            *(Status, Status, [True, False]),
            *([(), (KEPT,), (BARE,)], [(), (*DEPLOYED[:2], DENIED)]),
        )
    ],
)
def test_an_outcome_is_red_exactly_if_there_is_a_problem(
    wanted: Status,
    status: Status,
    holds: bool,
    grants: tuple[Grant, ...],
    actions: tuple[ActionResult, ...],
) -> None:
    seen = (Seen(True, "one"), Seen(holds, "two"))
    execution = replace(FIRST, wanted=wanted, status=status, seen=seen, actions=actions)
    outcome = replace(GREEN, executions=(execution,), unused=grants)
    assert outcome.green is not bool(problems([outcome]))
    assert verdict([outcome]).startswith("Green" if outcome.green else "Red")


def test_a_rehearsal_that_ran_nothing_is_red() -> None:
    assert verdict(()) == "Red: nothing was rehearsed."
    assert problems(OUTCOMES["nothing run"])
    assert not OUTCOMES["nothing run"][0].green


def test_the_verdict_names_the_first_problem_and_counts_the_others() -> None:
    assert verdict([RED, OTHER]) == (
        "Red: multi-region-pipeline, second push: Deploy.ap-south-1 failed in ap-south-1, "
        f"account {HOME}, and 2 problems more."
    )
    assert verdict([OTHER]).startswith("Green: 1 execution of global-china-pipeline went")


def test_a_failure_a_later_attempt_made_good_is_no_problem() -> None:
    good = replace(DEPLOYED[2], attempt=2)
    other = replace(DENIED, name="eu-west-1")
    failed = replace(FIRST, status=Status.FAILED, actions=(DENIED, good, other))
    (problem,) = problems([replace(GREEN, executions=(failed,))])
    assert problem.action == other


@pytest.mark.parametrize(
    ("wanted", "status", "expected"),
    [
        (Status.SUCCEEDED, Status.SUCCEEDED, "Succeeded, as it had to"),
        (Status.FAILED, Status.FAILED, "Failed, as it had to"),
        (Status.SUCCEEDED, Status.FAILED, "Failed, and had to succeed"),
        (Status.FAILED, Status.SUCCEEDED, "Succeeded, and had to fail"),
    ],
)
def test_how_an_execution_went(wanted: Status, status: Status, expected: str) -> None:
    assert went(replace(REJECTED, wanted=wanted, status=status)) == expected


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("deploy", "deploy"),
        (f"arn:aws:iam::{HOME}:role/deploy", "deploy"),
        (f"arn:aws-cn:iam::{HOME}:role/a/path/deploy", "deploy"),
        (f"arn:aws:iam::{HOME}:user/deploy", "deploy"),
        (f"arn:aws:sts::{HOME}:assumed-role/deploy/session", "deploy"),
    ],
)
def test_the_name_of_a_principal(principal: str, name: str) -> None:
    assert role_name(principal) == name


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("deploy", "deploy may not call ec2:RunInstances"),
        (f"arn:aws:iam::{HOME}:role/deploy", "role deploy may not call ec2:RunInstances"),
        (f"arn:aws:iam::{HOME}:user/deploy", "user deploy may not call ec2:RunInstances"),
        (
            f"arn:aws:sts::{STAGE}:assumed-role/deploy/session",
            f"role deploy of account {STAGE} may not call ec2:RunInstances",
        ),
    ],
)
def test_a_refusal_names_whom_and_an_account_that_is_another(principal: str, expected: str) -> None:
    assert refusal(replace(REFUSED, principal=principal)) == expected


def test_the_mend_says_where_the_role_stands() -> None:
    assert mend(REFUSED, [OTHER, GREEN]) == (
        "add this statement to the policies of CloudFormationRole in "
        f"templates/service-roles.yaml (stack service-roles in us-east-1, account {HOME})"
        "; to keep it, add it to what the first line of that file says it is rendered from:"
    )
    elsewhere = replace(REFUSED, principal=REFUSED.principal.replace(HOME, STAGE))
    assert mend(elsewhere, [GREEN]).endswith(f"the policies of {elsewhere.principal}:")
    assert mend(replace(REFUSED, statement=""), [GREEN]).startswith("another grant would not help")


@pytest.mark.parametrize(
    ("resource", "logical_id"),
    [
        ("arn:aws:s3:::artifacts/app.zip", "Bucket"),
        (f"arn:aws:kms:us-east-1:{HOME}:key/1234", "Key"),
        (f"arn:aws:iam::{HOME}:role/path/deploy", "Role"),
    ],
)
def test_a_statement_with_a_principal_belongs_to_the_resource(
    resource: str, logical_id: str
) -> None:
    made = {"Bucket": "artifacts", "Key": "1234", "Role": "deploy", "Other": "multi-region-build"}
    launch = replace(LAUNCHES[0], template="artifact-store", resources=made)
    statement = "- Effect: Allow\n  Principal:\n    AWS: them\n  Action: some:Call"
    lacking = replace(REFUSED, resource=resource, statement=statement)
    assert mend(lacking, [replace(GREEN, launches=(launch,))]) == (
        f"add this statement to the policy of {logical_id} in templates/artifact-store.yaml "
        f"(stack artifact-store in us-east-1, account {HOME})"
        "; to keep it, add it to what the first line of that file says it is rendered from:"
    )
    assert mend(lacking, [OTHER]) == f"add this statement to the policy of {resource}:"


def test_a_refusal_an_action_outlived_is_told() -> None:
    outlived = replace(DEPLOYED[0], refused=(REFUSED,))
    assert note(outlived).startswith(outlived.said)
    assert "may not call ec2:RunInstances" in note(outlived)
    assert note(DENIED) == DENIED.why


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (Shares(1, 1, 3), [33, 33, 34]),
        (Shares(4.4, 9.2, 15.0), [30, 61, 9]),
        (Shares(6, 18, 12), [25, 75, 0]),
        (Shares(0, 0, 0), []),
    ],
)
def test_shares_are_whole_and_come_to_a_hundred(seconds: Shares, expected: list[int]) -> None:
    parts = [part for _name, part in shares(seconds)]
    assert sorted(parts) == sorted(expected)
    assert sum(parts) in {0, 100}


def test_what_pipelines_say_alike_is_said_once() -> None:
    said = together([GREEN, OTHER], "stood_in")
    assert said[0] == GREEN.stood_in[0]
    assert said[1] == f"{GREEN.stood_in[1]} (multi-region-pipeline)"
    assert said[2] == f"{OTHER.stood_in[1]} (global-china-pipeline)"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (12.4, "12 s"),
        (59.6, "1 min 0 s"),
        (123.4, "2 min 3 s"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_an_outcome_by_hand_is_what_its_name_says() -> None:
    named: dict[str, tuple[Outcome, ...]] = OUTCOMES
    assert all(each.green for each in named["green"])
    assert [each.green for each in named["red"]] == [False, True]
