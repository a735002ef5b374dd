"""Which refused calls are behind a failure, of all that were refused while it happened."""

from __future__ import annotations

import pytest
from noted import ROLE, noted

from rehearsal.blame import behind
from rehearsal.calls import Call

SAID = "User: build is not authorized to perform: s3:GetObject on resource: a"
HERE, ELSEWHERE = "111111111111", "222222222222"
DENIED = {"denied_by": "identity-based policy"}
GET = noted("s3:GetObject", "a", **DENIED)


def found(*calls: Call, said: str = SAID, region: str = "us-east-1") -> list[tuple[str, str]]:
    refused = behind(calls, said, {HERE}, region)
    return [(each.action, each.resource) for each in refused]


@pytest.mark.parametrize(
    ("call", "said", "is_behind"),
    [
        (GET, SAID, True),
        (GET, "An error occurred (AccessDenied) when calling the GetObject operation: no", True),
        (GET, "it is too late", False),
        (GET, SAID.replace("GetObject", "GetObjectVersion"), False),
        (noted("s3:GetObject", "a"), SAID, False),
        (noted("s3:GetObject", "a", optional=True, **DENIED), SAID, False),
        (noted("s3:Get", "a", **DENIED), SAID, False),
    ],
)
def test_a_refused_call_that_is_named_is_behind(call: Call, said: str, is_behind: bool) -> None:
    assert found(call, said=said) == ([(call.action, "a")] if is_behind else [])


def test_a_call_is_told_of_once() -> None:
    assert found(GET, GET) == [("s3:GetObject", "a")]


def test_what_others_are_refused_at_the_same_time_is_not_behind() -> None:
    others = {"account": ELSEWHERE, "principal": ROLE.replace(HERE, ELSEWHERE), **DENIED}
    other = noted("s3:GetObject", "theirs", **others)
    assert found(other, GET) == [("s3:GetObject", "a")]
    assert found(other) == [("s3:GetObject", "theirs")]
    into = noted("s3:GetObject", "of others", **{**others, "principal": ROLE})
    assert found(into, other) == [("s3:GetObject", "of others")]


def test_the_action_s_own_region_comes_first() -> None:
    there = noted("s3:GetObject", "there", region="us-east-2", **DENIED)
    assert [place for _, place in found(GET, there, region="us-east-2")] == ["there", "a"]


def test_what_is_refused_beside_it_on_other_resources_is_not_behind() -> None:
    here, longer, there = (
        noted("s3:GetObject", f"arn:aws:s3:::{name}", **DENIED) for name in ("a", "abc", "b")
    )
    said = SAID.replace("resource: a", "resource: arn:aws:s3:::abc because")
    assert found(here, there, longer, said=said) == [("s3:GetObject", "arn:aws:s3:::abc")]
    assert len(found(here, there, longer, said=f"{said} and arn:aws:s3:::b")) == 2
    assert len(found(here, there, said=said)) == 2
