"""What callers of a template meet, where no single change of the table shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from review.diff.callers import changes
from review.diff.change import Bump, Change
from template_reader.file import Template


def said(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, Bump]]:
    """Return what is said of two templates, in short."""
    one, other = (Template(Path("t.yaml"), {"Resources": {}, **each}) for each in (before, after))
    found = changes(one, other)
    return [(each.what, each.where, each.bump) for each in found if isinstance(each, Change)]


def release(version: str, shown: str) -> dict[str, Any]:
    return {"Metadata": {"Meridian": {"Version": version}}, "Outputs": {"V": {"Value": shown}}}


def test_the_version_of_a_release_is_no_change() -> None:
    assert said(release("1.0.0", "1.0.0"), release("1.1.0", "1.1.0")) == []


def test_an_output_that_is_not_the_version_is_one() -> None:
    found = said(release("1.0.0", "1.0.0"), release("1.1.0", "1.2.0"))
    assert found == [("output changed", "V", Bump.MINOR)]


def iam(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Resources": {"R": {"Type": type_, "Properties": properties}}}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(
            {},
            iam("AWS::IAM::Role"),
            [("capability added", "CAPABILITY_IAM", Bump.MAJOR)],
            id="a role",
        ),
        pytest.param(
            iam("AWS::IAM::Role"),
            iam("AWS::IAM::Policy", PolicyName="p"),
            [],
            id="a policy has no name of its own",
        ),
        pytest.param(
            iam("AWS::IAM::Role", RoleName="r"),
            iam("AWS::IAM::Role"),
            [("capability dropped", "CAPABILITY_NAMED_IAM", Bump.PATCH)],
            id="a name less",
        ),
        pytest.param(
            iam("AWS::IAM::User"),
            {},
            [("capability dropped", "CAPABILITY_IAM", Bump.PATCH)],
            id="a user less",
        ),
        pytest.param(
            {},
            {"Resources": {"A": {"Properties": {"Fn::Transform": {"Name": "AWS::Include"}}}}},
            [("capability added", "CAPABILITY_AUTO_EXPAND", Bump.MAJOR)],
            id="a macro in a resource",
        ),
    ],
)
def test_capabilities_are_those_cloudformation_asks_for(
    before: dict[str, Any], after: dict[str, Any], found: list[tuple[str, str, Bump]]
) -> None:
    assert said(before, after) == found


def parameter(**keys: Any) -> dict[str, Any]:
    return {"Parameters": {"P": {"Type": "String", **keys}}}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(
            parameter(AllowedPattern="[a"),
            parameter(AllowedPattern="[b"),
            [("parameter may be narrower", "P", Bump.MINOR)],
            id="patterns that are none",
        ),
        pytest.param(
            parameter(MinLength="few"),
            parameter(MinLength="many"),
            [("parameter may be narrower", "P", Bump.MINOR)],
            id="bounds that are no numbers",
        ),
        pytest.param(
            parameter(AllowedValues="a"),
            parameter(AllowedValues={"a": 1}),
            [],
            id="values that are no list",
        ),
        pytest.param(
            parameter(Default="A", AllowedPattern="[a-z]*"),
            parameter(Default="A", AllowedPattern="[a-z]+"),
            [("parameter may be narrower", "P", Bump.MINOR)],
            id="a default that was refused before",
        ),
        pytest.param(parameter(Default=1), parameter(Default="1"), [], id="a number as a text"),
        pytest.param(
            parameter(Default=""),
            parameter(),
            [("default dropped", "P", Bump.MAJOR)],
            id="an empty default",
        ),
        pytest.param(
            {"Parameters": None},
            {"Parameters": []},
            [],
            id="parameters that are none",
        ),
        pytest.param(
            {"Parameters": {"P": None}},
            {"Parameters": {"P": "String"}},
            [],
            id="a parameter that is none",
        ),
    ],
)
def test_parameters_of_any_shape_are_told_of(
    before: dict[str, Any], after: dict[str, Any], found: list[tuple[str, str, Bump]]
) -> None:
    assert said(before, after) == found


def test_a_list_of_numbers_becomes_any_list() -> None:
    before = {"Parameters": {"P": {"Type": "List<Number>"}}}
    after = {"Parameters": {"P": {"Type": "CommaDelimitedList"}}}
    assert said(before, after) == [("parameter retyped", "P", Bump.MINOR)]
    assert said(after, before) == [("parameter retyped", "P", Bump.MAJOR)]
