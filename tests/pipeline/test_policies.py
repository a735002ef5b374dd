"""What the statement builder refuses."""

import pytest
from awacs import s3
from awacs.aws import StringEquals, StringLike

from pipeline.policies import allow


def test_two_conditions_of_one_operator_are_refused_for_awacs_would_drop_one() -> None:
    with pytest.raises(ValueError, match="ReadThings"):
        allow("ReadThings", [s3.GetObject], ["*"], StringEquals("a", "b"), StringEquals("c", "d"))


def test_conditions_of_different_operators_all_stand() -> None:
    conditions = [StringEquals("a", "b"), StringLike("c", "d")]
    written = allow("ReadThings", [s3.GetObject], ["*"], *conditions).Condition.JSONrepr()
    assert written == {"StringEquals": {"a": "b"}, "StringLike": {"c": "d"}}
