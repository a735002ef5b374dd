"""Granted minus used: by action, by resource, over the stacks of a template, and why it stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from embedded import HOME_REGION, Account, Clouds
from estates import Ear
from noted import ROLE, noted

from rehearsal.calls import Call, read_calls
from rehearsal.embedded_aws import Credentials
from rehearsal.grants import Statement, read_statements
from rehearsal.launching import Launcher, Order
from rehearsal.outcome import Grant
from rehearsal.privileges import unused

OTHER = "arn:aws:iam::222222222222:role/build"


def statement(actions: str, resources: str = "*", **more: Any) -> Statement:
    """Return a statement of the role `Build`."""
    return Statement(
        **{
            "template": "service-roles",
            "holder": "Build",
            "sid": "Some",
            "actions": tuple(actions.split()),
            "resources": tuple(resources.split()),
            "because": {},
            "principals": frozenset([ROLE]),
            **more,
        }
    )


GET = noted("s3:GetObject", "arn:aws:s3:::one/a")


def left(*statements: Statement, calls: tuple[Call, ...] = (GET,)) -> list[tuple[str, str]]:
    """Return action and resource of what is unused."""
    return [(each.action, each.resource) for each in unused(statements, calls)]


@pytest.mark.parametrize(
    ("actions", "resources", "found"),
    [
        ("s3:GetObject", "*", []),
        ("s3:getobject", "arn:aws:s3:::one/*", []),
        ("s3:Get*", "arn:aws:s3:::???/a", []),
        ("s3:GetObject s3:PutObject", "*", [("s3:PutObject", "*")]),
        ("s3:GetObject", "arn:aws:s3:::two/*", [("s3:GetObject", "arn:aws:s3:::two/*")]),
        ("s3:GetObject", "arn:aws:s3:::ONE/*", [("s3:GetObject", "arn:aws:s3:::ONE/*")]),
        (
            "s3:GetObject",
            "arn:aws:s3:::one/* arn:aws:s3:::two/*",
            [("*", "arn:aws:s3:::two/*")],
        ),
        (
            "s3:PutObject",
            "arn:aws:s3:::one/* arn:aws:s3:::two/*",
            [("s3:PutObject", "arn:aws:s3:::one/*, arn:aws:s3:::two/*")],
        ),
        ("s3:GetObject", "arn:aws:s3:::one/[a]", [("s3:GetObject", "arn:aws:s3:::one/[a]")]),
    ],
)
def test_what_no_call_needed_is_unused(
    actions: str, resources: str, found: list[tuple[str, str]]
) -> None:
    assert left(statement(actions, resources)) == found


def test_calls_of_others_and_refused_ones_use_nothing() -> None:
    others = noted(GET.action, GET.resource, principal=OTHER)
    refused = noted(GET.action, GET.resource, denied_by="trust policy")
    assert left(statement("s3:GetObject"), calls=(others, refused)) == [("s3:GetObject", "*")]


def test_a_statement_is_used_if_it_is_in_one_of_the_stacks_of_its_template() -> None:
    one = statement("s3:GetObject s3:PutObject", "arn:aws:s3:::one/*")
    other = statement(
        "s3:GetObject s3:PutObject", "arn:aws:s3:::other/*", principals=frozenset([OTHER])
    )
    put = noted("s3:PutObject", "arn:aws:s3:::other/a", principal=OTHER)
    assert left(one, other, calls=(GET, put)) == []
    assert left(one, other) == [("s3:PutObject", "arn:aws:s3:::one/*")]


@pytest.mark.parametrize(
    ("because", "reasons"),
    [
        ({}, ["", ""]),
        ({"*": "for people"}, ["for people", "for people"]),
        ({"s3:PutObject": "for big ones"}, ["for big ones", ""]),
        ({"s3:PutObject": "for big ones", "*": "for people"}, ["for big ones", "for people"]),
    ],
)
def test_a_grant_that_stays_says_why(because: dict[str, str], reasons: list[str]) -> None:
    found = unused([statement("s3:PutObject s3:DeleteObject", because=because)], [])
    assert [each.because for each in found] == reasons
    assert found[0] == Grant(
        "service-roles", "Build", "Some", "s3:PutObject", "*", because=reasons[0]
    )


def policy(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Resource": "*", **each} for each in statements],
    }
    return {"PolicyName": name, "PolicyDocument": document}


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "codebuild.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
REASONS = {"Write": "a person does it", "Read": {"ssm:GetParameters": "of older templates"}}
TEMPLATE = {
    "Resources": {
        "Build": {
            "Type": "AWS::IAM::Role",
            "Metadata": {"Unrehearsed": REASONS},
            "Properties": {
                "AssumeRolePolicyDocument": TRUST,
                "Policies": [
                    policy(
                        "one",
                        {"Sid": "Read", "Action": ["ssm:GetParameter", "ssm:GetParameters"]},
                        {"Sid": "Write", "Action": "ssm:PutParameter"},
                        {"Sid": "Never", "Effect": "Deny", "Action": "ssm:DeleteParameter"},
                    ),
                    policy("two", {"Action": "sqs:SendMessage"}, {"Action": "sns:Publish"}),
                ],
            },
        },
        "Person": {
            "Type": "AWS::IAM::User",
            "Properties": {"Policies": [policy("own", {"Sid": "Ask", "Action": "iam:GetUser"})]},
        },
        "Shared": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "PolicyDocument": policy("", {"Sid": "Log", "Action": "logs:*"})["PolicyDocument"],
                "Roles": [{"Ref": "Build"}],
            },
        },
    },
    "Outputs": {"Role": {"Value": {"Fn::GetAtt": ["Build", "Arn"]}}},
}


def test_statements_of_roles_and_users_are_read_with_reasons_and_measured(
    clouds: Clouds, tmp_path: Path
) -> None:
    (tmp_path / "roles.yaml").write_text(yaml.safe_dump(TEMPLATE), encoding="utf-8")
    account = clouds.account()
    order = Order("roles", "roles", account, HOME_REGION)
    launch = Launcher(tmp_path, clouds.both, Ear()).launch(order)
    role = clouds.home.serve(launch.outputs["Role"], "codebuild", HOME_REGION)
    _read(clouds, role)
    _list(clouds, account, launch.resources["Person"])
    statements = read_statements(clouds.both, [launch], tmp_path)
    found = unused(statements, read_calls(clouds.home))
    assert [(each.role, each.statement, each.action, each.because) for each in found] == [
        ("Build", "Read", "ssm:GetParameters", "of older templates"),
        ("Build", "Write", "ssm:PutParameter", "a person does it"),
        ("Build", "statement 3", "sqs:SendMessage", ""),
        ("Build", "statement 4", "sns:Publish", ""),
        ("Build", "Log", "logs:*", ""),
    ]


def _read(clouds: Clouds, who: Credentials) -> None:
    ssm = clouds.home.client("ssm", HOME_REGION, who)
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/a")


def _list(clouds: Clouds, account: str, user: str) -> None:
    made = Account(clouds.home, account).client("iam").create_access_key(UserName=user)
    key = made["AccessKey"]
    who = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    clouds.home.client("iam", HOME_REGION, who).get_user(UserName=user)
