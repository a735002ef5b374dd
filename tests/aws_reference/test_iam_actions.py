"""What IAM's actions are called and how far each goes."""

from __future__ import annotations

import pytest

from aws_reference.iam_actions import every_action, highest_level, level_of, matching, spelled


@pytest.mark.parametrize(
    ("action", "level"),
    [
        ("iam:passrole", "Permissions management"),
        ("s3:putobject", "Write"),
        ("s3:getobject", "Read"),
        ("s3:listbucket", "List"),
        ("ec2:createtags", "Tagging"),
        ("ec2:dosomethingnew", "not known"),
        ("nobody:knows", "not known"),
        ("", "not known"),
    ],
)
def test_an_action_has_an_access_level(action: str, level: str) -> None:
    assert level_of(action) == level


def test_the_highest_level_of_several_is_the_one_that_counts() -> None:
    assert highest_level(["s3:getobject", "iam:passrole", "s3:putobject"]) == (
        "Permissions management"
    )
    assert highest_level([]) == "List"


@pytest.mark.parametrize(
    ("pattern", "included", "left_out"),
    [
        pytest.param("S3:GetObject", {"s3:getobject"}, {"s3:getobjectacl"}, id="an action"),
        pytest.param("s3:GetObject*", {"s3:getobjectacl"}, {"s3:putobject"}, id="any characters"),
        pytest.param("s3:GetObjec?", {"s3:getobject"}, {"s3:getobjectacl"}, id="one character"),
        pytest.param("*", {"s3:getobject", "iam:passrole"}, set(), id="everything"),
        pytest.param(
            "s*:Get*",
            {"s3:getobject", "sns:gettopicattributes"},
            {"kms:getkeypolicy"},
            id="services",
        ),
        pytest.param("nobody:*", {"nobody:*"}, {"s3:getobject"}, id="what nobody knows"),
    ],
)
def test_a_pattern_names_actions(pattern: str, included: set[str], left_out: set[str]) -> None:
    found = matching(pattern)
    assert included <= found
    assert not left_out & found


def test_what_cfn_lint_alone_knows_counts_too() -> None:
    assert len(every_action()) > 20_000
    assert {level_of(each) for each in every_action()} >= {"Write", "not known"}


def test_an_action_is_spelled_as_the_reference_does() -> None:
    assert spelled("s3:getobject") == "s3:GetObject"
    assert spelled("nobody:knows") == "nobody:knows"
