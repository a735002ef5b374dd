"""What the embedded AWS refuses because what is named is not there, or is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import Account, Clouds
from launching import wait

TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
}


@pytest.fixture(name="account")
def _account(clouds: Clouds) -> Account:
    return Account(clouds.home, clouds.account())


def failure(account: Account, type_: str, **properties: Any) -> str:
    """Return why a stack of one resource is not made."""
    client = account.client("cloudformation")
    body = json.dumps({"Resources": {"One": {"Type": type_, "Properties": properties}}})
    client.create_stack(StackName="s", TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
    assert wait(client, "s")["StackStatus"] == "ROLLBACK_COMPLETE"
    events = client.describe_stack_events(StackName="s")["StackEvents"]
    (why,) = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    return str(why)


@pytest.mark.parametrize("type_", ["Subnet", "SecurityGroup", "RouteTable"])
def test_nothing_is_made_in_a_network_that_is_not_there(account: Account, type_: str) -> None:
    asked = {"VpcId": "vpc-1234", "CidrBlock": "10.0.0.0/24", "GroupDescription": "a group"}
    why = failure(account, f"AWS::EC2::{type_}", **asked)
    assert why == "The vpc ID 'vpc-1234' does not exist"


def test_no_endpoint_is_made_in_a_subnet_that_is_not_there(account: Account) -> None:
    vpc = account.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    asked = {"VpcId": vpc, "ServiceName": "s", "SubnetIds": ["subnet-1234"]}
    why = failure(account, "AWS::EC2::VPCEndpoint", **asked)
    assert why == "The subnet ID 'subnet-1234' does not exist"


def test_ec2_makes_no_subnet_in_a_network_that_is_not_there(account: Account) -> None:
    with pytest.raises(ClientError, match=r"InvalidVpcID\.NotFound"):
        account.client("ec2").create_subnet(VpcId="vpc-1234", CidrBlock="10.0.0.0/24")


def test_a_role_has_a_name_that_is_free(account: Account) -> None:
    account.client("iam").create_role(RoleName="mine", AssumeRolePolicyDocument=json.dumps(TRUST))
    asked = {"RoleName": "mine", "AssumeRolePolicyDocument": TRUST}
    assert failure(account, "AWS::IAM::Role", **asked) == "Role with name mine already exists."
    assert account.client("iam").get_role(RoleName="mine")


def test_an_account_has_one_provider_for_an_issuer(account: Account) -> None:
    issuer = "https://issuer.example"
    account.client("iam").create_open_id_connect_provider(Url=issuer, ClientIDList=["one"])
    why = failure(account, "AWS::IAM::OIDCProvider", Url=issuer, ClientIdList=["other"])
    assert why == f"Provider with url {issuer} already exists."


def test_a_role_has_a_boundary_that_is_there(account: Account) -> None:
    boundary = f"arn:aws:iam::{account.account}:policy/none"
    asked = {"AssumeRolePolicyDocument": TRUST, "PermissionsBoundary": boundary}
    assert boundary in failure(account, "AWS::IAM::Role", **asked)


def test_a_role_of_a_stack_has_the_boundary_it_is_given(account: Account) -> None:
    iam, client = account.client("iam"), account.client("cloudformation")
    allow = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    arn = iam.create_policy(PolicyName="b", PolicyDocument=document)["Policy"]["Arn"]
    properties = {"AssumeRolePolicyDocument": TRUST, "RoleName": "r", "PermissionsBoundary": arn}
    body = {"Resources": {"One": {"Type": "AWS::IAM::Role", "Properties": properties}}}
    asked = {"StackName": "s", "Capabilities": ["CAPABILITY_NAMED_IAM"]}
    client.create_stack(**asked, TemplateBody=json.dumps(body))
    wait(client, "s")
    found = iam.get_role(RoleName="r")["Role"]["PermissionsBoundary"]
    assert found["PermissionsBoundaryArn"] == arn
    del properties["PermissionsBoundary"]
    client.update_stack(**asked, TemplateBody=json.dumps(body))
    wait(client, "s")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="r")["Role"]
