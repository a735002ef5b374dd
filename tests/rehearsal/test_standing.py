"""What is seen after an execution, and when it is not as it must be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from embedded import HOME_REGION, Clouds
from small_pipeline import deploy, make_pipeline, pushed, stage

from rehearsal.estate import Target
from rehearsal.execution import execute
from rehearsal.outcome import Seen
from rehearsal.standing import (
    Standing,
    after_creation,
    after_deletion,
    after_refusal,
    after_update,
    look,
)

HERE, THERE = (
    Target("Prod", region, "111111111111", "app") for region in ("us-east-1", "us-east-2")
)
CREATED, UPDATED, BACK = "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"
PLACE = "Prod in us-east-1 of account 111111111111"


def stands(status: str, running: str, code: str, target: Target = HERE) -> Standing:
    return Standing(target, status, frozenset(running.split()), frozenset(code.split()))


def said(seen: Iterable[Seen]) -> tuple[bool, str]:
    (one,) = seen
    return one.holds, one.sentence


@pytest.mark.parametrize(
    ("one", "holds"),
    [
        (stands(CREATED, "i-1 i-2", "ami-1"), True),
        (stands(UPDATED, "i-1", "ami-1"), True),
        (stands(CREATED, "", ""), False),
        (stands(CREATED, "i-1 i-2", "ami-1 ami-2"), False),
        (stands(BACK, "i-1", "ami-1"), False),
        (stands("is not there", "", ""), False),
    ],
)
def test_what_was_created_runs_one_code(one: Standing, holds: bool) -> None:
    assert said(after_creation([one]))[0] is holds


def test_what_is_seen_after_a_creation_is_said() -> None:
    found = after_creation([stands(CREATED, "i-1 i-2", "ami-1")])
    assert said(found)[1] == f"{PLACE}: CREATE_COMPLETE, 2 running, of ami-1"
    found = after_creation([stands("is not there", "", "")])
    assert said(found)[1] == f"{PLACE}: is not there, 0 running, of nothing"


@pytest.mark.parametrize(
    ("old", "new", "holds"),
    [
        (stands(CREATED, "i-1", "ami-1"), stands(UPDATED, "i-2", "ami-2"), True),
        (stands(CREATED, "i-1", "ami-1"), stands(UPDATED, "i-1", "ami-2"), False),
        (stands(CREATED, "i-1", "ami-1"), stands(UPDATED, "i-2", "ami-1"), False),
        (stands(CREATED, "i-1", "ami-1"), stands(UPDATED, "", ""), False),
        (stands(CREATED, "i-1", "ami-1"), stands(BACK, "i-2", "ami-2"), False),
        (stands(CREATED, "app", "code"), stands(UPDATED, "app", "other"), True),
        (stands(CREATED, "app", "code"), stands(UPDATED, "app", "code"), False),
    ],
)
def test_an_update_brings_other_code_in_other_instances(
    old: Standing, new: Standing, holds: bool
) -> None:
    assert said(after_update([old], [new]))[0] is holds


def test_what_is_seen_after_an_update_is_said() -> None:
    old, new = stands(CREATED, "i-1", "ami-1"), stands(UPDATED, "i-2", "ami-2")
    words = "UPDATE_COMPLETE, instances replaced: ami-1 before, ami-2 now"
    assert said(after_update([old], [new])) == (True, f"{PLACE}: {words}")


@pytest.mark.parametrize(
    ("new", "holds"),
    [
        (stands(BACK, "i-3", "ami-1"), True),
        (stands(BACK, "i-3", "ami-2"), False),
        (stands(UPDATED, "i-1", "ami-1"), False),
        (stands("is not there", "", ""), False),
    ],
)
def test_who_refuses_is_rolled_back(new: Standing, holds: bool) -> None:
    old = stands(UPDATED, "i-1", "ami-1")
    assert said(after_refusal([old], [new], HERE))[0] is holds


@pytest.mark.parametrize(
    ("new", "holds", "what"),
    [
        (stands(UPDATED, "i-1", "ami-1", THERE), True, "as it was"),
        (stands(UPDATED, "i-1", "ami-2", THERE), True, "now ami-2"),
        (stands(BACK, "i-1", "ami-1", THERE), False, "as it was"),
    ],
)
def test_who_does_not_refuse_stands(new: Standing, holds: bool, what: str) -> None:
    old = stands(UPDATED, "i-1", "ami-1", THERE)
    found, words = said(after_refusal([old], [new], HERE))
    assert found is holds
    assert words.endswith(what)


APP = """\
Resources:
  App:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Role: { "Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/function" }
      Runtime: python3.12
      Code: { ZipFile: "def handler(event, context): return NUMBER" }
"""


@pytest.mark.slow
def test_a_function_is_seen_before_and_after_its_update(clouds: Clouds, tmp_path: Path) -> None:
    pipeline = make_pipeline(clouds, tmp_path, stage("Deploy", deploy("App")))
    target = Target("Deploy", HOME_REGION, pipeline.account, "app")
    assert look(clouds.both, [target])[0].status == "is not there"
    stood = []
    for number in "12":
        execute(pipeline, pushed({"app.yaml": APP.replace("NUMBER", number)}))
        stood += look(clouds.both, [target])
    assert said(after_creation(stood[:1]))[0]
    assert said(after_update(stood[:1], stood[1:]))[0]
    assert not said(after_update(stood[1:], stood[1:]))[0]
    holds, words = said(after_deletion(clouds.both, [target]))
    assert holds
    assert words.endswith("deleted for good: DELETE_COMPLETE")
