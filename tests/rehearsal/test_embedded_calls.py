"""The audit of the embedded AWS: who asked for what, what refused it, and what it then lacks."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from embedded import HOME_REGION, Account, Clouds

from rehearsal.calls import Call, missing, read_calls
from rehearsal.embedded_aws import Credentials, root

READ = "ssm:GetParameter"


@pytest.fixture(name="account")
def _account(clouds: Clouds) -> Account:
    return Account(clouds.home, clouds.account())


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def role(account: Account, name: str, *statements: dict[str, Any], **given: str) -> Credentials:
    """Make a role that the root may assume; return a session of it."""
    iam = account.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": account.account}, "Action": "sts:AssumeRole"}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **given)
    if statements:
        iam.put_role_policy(
            RoleName=name, PolicyName="its own", PolicyDocument=document(*statements)
        )
    return account.aws.assume(made["Role"]["Arn"], root(account.account), HOME_REGION)


def read(account: Account, who: Credentials, name: str = "/a/b") -> None:
    """Read a parameter, which is refused or not there."""
    ssm = account.aws.client("ssm", HOME_REGION, who)
    with pytest.raises(ClientError):
        ssm.get_parameter(Name=name)


def of(account: Account, after: int = 0) -> list[Call]:
    return [each for each in read_calls(account.aws, after) if account.account in each.principal]


def test_a_call_is_noted_with_its_role_and_what_it_is_about(account: Account) -> None:
    read(account, role(account, "reader", allow(READ)))
    (call,) = of(account)
    assert call.principal == f"arn:aws:iam::{account.account}:role/reader"
    assert call.session == "rehearsal"
    assert call.action == READ
    assert call.resource == f"arn:aws:ssm:{HOME_REGION}:{account.account}:parameter/a/b"
    assert (call.account, call.region) == (account.account, HOME_REGION)
    assert call.allowed
    assert call.reason == ""
    assert call.seconds > 0


def test_what_was_read_is_not_read_again(account: Account) -> None:
    who = role(account, "reader", allow(READ))
    read(account, who)
    (first,) = of(account)
    read(account, who, "/c")
    (second,) = of(account, after=first.number)
    assert second.resource.endswith("parameter/c")


def test_what_the_root_does_is_not_noted(account: Account) -> None:
    read(account, root(account.account))
    assert of(account) == []


def test_a_user_is_noted_by_the_arn(account: Account) -> None:
    iam = account.client("iam")
    iam.create_user(UserName="somebody")
    made = iam.create_access_key(UserName="somebody")["AccessKey"]
    read(account, Credentials(made["AccessKeyId"], made["SecretAccessKey"]))
    (call,) = of(account)
    assert (call.principal, call.session) == (
        f"arn:aws:iam::{account.account}:user/somebody",
        "",
    )


def test_a_role_with_a_path_is_noted_with_it(account: Account) -> None:
    read(account, role(account, "reader", allow(READ), Path="/deep/"))
    (call,) = of(account)
    assert call.principal == f"arn:aws:iam::{account.account}:role/deep/reader"


def test_a_call_nobody_granted_has_the_statement_that_would_grant_it(account: Account) -> None:
    who = role(account, "reader", allow("ssm:PutParameter"))
    read(account, who)
    (call,) = of(account)
    assert call.reason == f"because no identity-based policy allows the {READ} action"
    refused = missing(call)
    (statement,) = yaml.safe_load(refused.statement)
    assert statement == {"Effect": "Allow", "Action": READ, "Resource": call.resource}
    account.client("iam").put_role_policy(
        RoleName="reader", PolicyName="more", PolicyDocument=document(statement)
    )
    read(account, who)
    assert of(account)[-1].allowed


@pytest.mark.parametrize(("sid", "named"), [({"Sid": "Never"}, "Never"), ({}, "its own")])
def test_a_call_that_is_denied_has_who_denies_it_and_no_statement(
    account: Account, sid: dict[str, str], named: str
) -> None:
    read(account, role(account, "reader", allow(READ), {**allow("ssm:*"), "Effect": "Deny", **sid}))
    (call,) = of(account)
    assert call.reason == f"with an explicit deny in an identity-based policy: {named}"
    assert missing(call).statement == ""


def test_a_boundary_that_does_not_allow_is_named(account: Account) -> None:
    made = account.client("iam").create_policy(
        PolicyName="boundary", PolicyDocument=document(allow("s3:*"))
    )
    arn = made["Policy"]["Arn"]
    read(account, role(account, "reader", allow(READ), PermissionsBoundary=arn))
    (call,) = of(account)
    assert call.reason == f"because no permissions boundary allows the {READ} action"


def test_a_session_policy_that_does_not_allow_is_named(account: Account) -> None:
    role(account, "reader", allow(READ))
    given = account.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account.account}:role/reader",
        RoleSessionName="less",
        Policy=document(allow("s3:*")),
    )["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    read(account, Credentials(*keys))
    (call,) = of(account)
    assert call.reason == f"because no session policy allows the {READ} action"


def test_a_bucket_of_another_account_refuses_by_its_own_policy(
    clouds: Clouds, account: Account
) -> None:
    other = Account(clouds.home, clouds.account())
    bucket = f"of-{other.account}"
    other.client("s3").create_bucket(Bucket=bucket)
    other.client("s3").put_object(Bucket=bucket, Key="k", Body=b"")
    who = role(account, "reader", allow("s3:GetObject"))
    with pytest.raises(ClientError):
        account.aws.client("s3", HOME_REGION, who).get_object(Bucket=bucket, Key="k")
    call = next(each for each in of(account) if each.action == "s3:GetObject")
    assert call.reason == "because no resource-based policy allows the s3:GetObject action"
    (statement,) = yaml.safe_load(missing(call).statement)
    assert statement["Principal"] == {"AWS": call.principal}
    assert statement["Resource"] == f"arn:aws:s3:::{bucket}/k"
    other.client("s3").put_bucket_policy(Bucket=bucket, Policy=document(statement))
    account.aws.client("s3", HOME_REGION, who).get_object(Bucket=bucket, Key="k")


def test_a_role_that_does_not_trust_is_noted(clouds: Clouds, account: Account) -> None:
    other = Account(clouds.home, clouds.account())
    role(other, "theirs")
    arn = f"arn:aws:iam::{other.account}:role/theirs"
    who = role(account, "reader", allow("sts:AssumeRole"))
    with pytest.raises(ClientError, match="AccessDenied"):
        account.aws.assume(arn, who, HOME_REGION)
    call = of(account)[-1]
    assert call.reason == "because no trust policy allows the sts:AssumeRole action"
    assert (call.principal.rpartition("/")[2], call.resource) == ("reader", arn)
    (statement,) = yaml.safe_load(missing(call).statement)
    principal = {"AWS": call.principal}
    assert statement == {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}


def trusting(service: str) -> dict[str, Any]:
    principal = {"Service": f"{service}.amazonaws.com"}
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}


def test_a_service_is_noted_where_a_role_trusts_it_or_not(account: Account) -> None:
    iam = account.client("iam")
    made = iam.create_role(RoleName="r", AssumeRolePolicyDocument=document(trusting("ec2")))
    arn = made["Role"]["Arn"]
    with pytest.raises(ClientError, match="AccessDenied"):
        account.aws.serve(arn, "codebuild", HOME_REGION)
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=document(trusting("codebuild")))
    account.aws.serve(arn, "codebuild", HOME_REGION)
    refused, allowed = (each for each in read_calls(account.aws) if each.resource == arn)
    assert (refused.principal, refused.denied_by) == ("codebuild.amazonaws.com", "trust policy")
    assert yaml.safe_load(missing(refused).statement) == [trusting("codebuild")]
    assert (allowed.principal, allowed.allowed) == ("codebuild.amazonaws.com", True)


def test_iam_answers_about_calls_that_are_not_offered(account: Account) -> None:
    arn = f"arn:aws:codecommit:{HOME_REGION}:{account.account}:source"
    who = role(account, "puller", allow("codecommit:GetBranch", arn))
    assert account.desk().ask(who, "codecommit:GetBranch", arn).allowed
    refused = account.desk().ask(who, "codecommit:GetBranch", f"{arn}-of-others")
    assert not refused.allowed
    assert refused.call
    assert refused.call.asked
    assert [each.number for each in of(account)][-1] == refused.call.number
    assert missing(refused.call).resource == f"{arn}-of-others"


def test_iam_answers_with_the_conditions_of_the_policy(account: Account) -> None:
    condition = {"Condition": {"StringEquals": {"aws:SourceAccount": account.account}}}
    who = role(account, "puller", {**allow("codecommit:GetBranch"), **condition})
    desk = account.desk()
    assert not desk.ask(who, "codecommit:GetBranch", "*").allowed
    given = {"aws:SourceAccount": account.account}
    verdict = desk.ask(who, "codecommit:GetBranch", "*", **given)
    assert verdict.allowed
    assert verdict.call
    assert verdict.call.context["aws:sourceaccount"] == account.account


def test_the_root_may_everything_and_is_not_noted(account: Account) -> None:
    verdict = account.desk().ask(root(account.account), "codecommit:GetBranch", "*")
    assert (verdict.allowed, verdict.call) == (True, None)
