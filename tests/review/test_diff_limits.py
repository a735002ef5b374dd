"""What passes a limit, or comes near one, is told of when it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from review.diff.change import Bump, Change
from review.diff.limits import changes
from template_reader.file import Template, decode_template


def template(size: int = 0, **document: Any) -> Template:
    return Template(Path("t.yaml"), {"Resources": {}, **document}, size)


def many(number: int) -> dict[str, Any]:
    return {f"N{each}": {"Type": "AWS::SNS::Topic"} for each in range(number)}


def function(size: int) -> dict[str, Any]:
    code = {"ZipFile": "x" * size}
    return {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Code": code}}}


def statement(size: int, resource: Any = "*") -> dict[str, Any]:
    return {"Statement": [{"Sid": "x" * size, "Resource": resource}]}


def role(*documents: Any, trust: Any = ()) -> dict[str, Any]:
    policies = [{"PolicyName": "p", "PolicyDocument": each} for each in documents]
    properties = {"Policies": policies, "AssumeRolePolicyDocument": trust}
    return {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}


def attached(size: int) -> dict[str, Any]:
    properties = {"Roles": [{"Ref": "R"}], "PolicyDocument": statement(size)}
    return {"P": {"Type": "AWS::IAM::Policy", "Properties": properties}}


def managed(size: int, resource: Any = "*") -> dict[str, Any]:
    properties = {"PolicyDocument": statement(size, resource)}
    return {"M": {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}}


CASES = [
    pytest.param(template(51_000), template(51_201), ("body", Bump.MINOR), id="inline"),
    pytest.param(template(900_000), template(1_048_577), ("body", Bump.MAJOR), id="body"),
    pytest.param(
        template(Description="x"),
        template(Description="é" * 600),
        ("Description", Bump.MAJOR),
        id="description",
    ),
    pytest.param(
        template(),
        template(Resources=many(501)),
        ("Resources", Bump.MAJOR),
        id="resources",
    ),
    pytest.param(
        template(Parameters=many(200)),
        template(Parameters=many(201)),
        ("Parameters", Bump.MAJOR),
        id="parameters",
    ),
    pytest.param(template(), template(Mappings=many(201)), ("Mappings", Bump.MAJOR), id="mappings"),
    pytest.param(template(), template(Outputs=many(201)), ("Outputs", Bump.MAJOR), id="outputs"),
    pytest.param(
        template(Resources=function(9)),
        template(Resources=function(4 * 1024 * 1024 + 1)),
        ("F.Code.ZipFile", Bump.MAJOR),
        id="code",
    ),
    pytest.param(
        template(Resources=role(statement(5_000))),
        template(Resources=role(statement(5_000), statement(5_300))),
        ("R.Policies", Bump.MAJOR),
        id="all inline policies of a role",
    ),
    pytest.param(
        template(Resources=role(statement(5_000))),
        template(Resources=role(statement(5_000)) | attached(5_300)),
        ("R.Policies", Bump.MAJOR),
        id="a policy of its own that a role has",
    ),
    pytest.param(
        template(Resources=role(trust=statement(9))),
        template(Resources=role(trust=statement(2_100))),
        ("R.AssumeRolePolicyDocument", Bump.MAJOR),
        id="trust",
    ),
    pytest.param(
        template(Resources=managed(5_000)),
        template(Resources=managed(5_000, {"Fn::If": ["Is", "*", "x" * 1_500]})),
        ("M.PolicyDocument", Bump.MAJOR),
        id="the longer side of a condition",
    ),
    pytest.param(
        template(Resources=managed(9)),
        template(Resources=managed(6_200)),
        ("M.PolicyDocument", Bump.MAJOR),
        id="managed policy",
    ),
]


@pytest.mark.parametrize(("before", "after", "passed"), CASES)
def test_a_limit_that_is_passed_is_to_be_decided(
    before: Template, after: Template, passed: tuple[str, Bump]
) -> None:
    (found,) = changes(before, after)
    assert isinstance(found, Change)
    assert (found.what, found.where, found.bump) == ("limit passed", *passed)
    assert found.decide


@pytest.mark.parametrize(("before", "after", "passed"), CASES)
def test_of_a_limit_that_was_passed_before_nothing_is_said(
    before: Template, after: Template, passed: tuple[str, Bump]
) -> None:
    assert list(changes(after, after)) == []


def test_the_policy_of_another_role_is_not_counted() -> None:
    other = {"Q": role()["R"]}
    policy = attached(5_300)
    policy["P"]["Properties"]["Roles"] = [{"Ref": "Q"}]
    before = template(Resources=role(statement(5_000)) | other)
    assert list(changes(before, template(Resources=role(statement(5_000)) | other | policy))) == []


def test_what_comes_near_a_limit_is_told_of_once() -> None:
    (found,) = changes(template(40_000), template(47_000))
    assert isinstance(found, Change)
    assert (found.what, found.bump, found.decide) == ("limit near", Bump.NONE, False)
    assert list(changes(template(47_000), template(48_000))) == []


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param({"Ref": "AWS::StackName"}, id="a value"),
        pytest.param({"Fn::Sub": "${" + "x" * 2_000 + "}"}, id="a name in Fn::Sub"),
        pytest.param({"Fn::ImportValue": "x" * 2_000}, id="an import"),
        pytest.param({"Fn::If": ["Is", "x", {"Ref": "AWS::NoValue"}]}, id="a condition"),
    ],
)
def test_what_only_a_stack_knows_is_not_counted(resource: Any) -> None:
    before, after = template(), template(Resources=managed(5_000, resource))
    assert list(changes(before, after)) == []


def test_a_template_that_is_read_knows_its_size() -> None:
    assert decode_template(Path("t.yaml"), b"Resources: {}").size == len(b"Resources: {}")
