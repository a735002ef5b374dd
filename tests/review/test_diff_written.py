"""What a macro or a loop writes at the launch is said not to be judged, if it changed."""

from __future__ import annotations

import pytest
from changing import lines, seen

from review.diff.written import changes

LOOP = "'Fn::ForEach::Queues': [Name, [A, B], {'Queue${Name}': {Type: 'AWS::SQS::Queue'}}]"
LONGER = LOOP.replace("[A, B]", "[A, B, C]")
MACRO = "Role: {Properties: {'Fn::Transform': {Name: Own}}}"
SAM = "{Transform: 'AWS::Serverless-2016-10-31'}"


@pytest.mark.parametrize(
    ("before", "after", "verdicts"),
    [
        pytest.param(LOOP, LONGER, ["not judged Fn::ForEach::Queues"], id="a loop changed"),
        pytest.param(LOOP, LOOP, [], id="a loop that did not"),
        pytest.param("{}", MACRO, ["not judged Role"], id="a macro within a resource"),
        pytest.param(LOOP, f"{LOOP}\nRole: null", [], id="another resource changed"),
    ],
)
def test_what_is_written_at_the_launch(before: str, after: str, verdicts: list[str]) -> None:
    assert lines(seen(changes, before, after)) == verdicts


def test_a_macro_of_the_whole_template() -> None:
    assert lines(seen(changes, "{}", "Role: null", (SAM, SAM))) == ["not judged Transform"]
    assert seen(changes, "{}", "{}", (SAM, SAM)) == []
