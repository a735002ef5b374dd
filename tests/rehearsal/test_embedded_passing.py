"""Roles that are handed to services of the embedded AWS: by whom, to whom, and which."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import HOME_REGION, Account, Clouds
from launching import key_of, wait

from rehearsal.calls import missing, read_calls
from rehearsal.embedded_aws import root

TOPIC = "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}"
AMAZONS = "ami-0c2023a1b2c3d4e5f"
SERVICES = ("cloudformation", "codebuild", "lambda", "events", "scheduler", "ec2")


@dataclass(frozen=True)
class Handing:
    """A user who may do anything but hand on roles, until it is allowed, in a new account."""

    account: Account

    def client(self, service: str) -> Any:
        keys = key_of(self.account.aws, HOME_REGION, self.account.account, "someone")
        return self.account.aws.client(service, HOME_REGION, keys)

    def allow(self, service: str) -> None:
        condition = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
        more = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
        self._put("pass", {**more, "Condition": condition})

    def everything(self) -> None:
        but = {"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "*"}
        self._put("everything", but)

    def role(self, service: str, name: str = "handed") -> str:
        """Make a role that a service may assume; return its ARN."""
        principal = {"Service": f"{service}.amazonaws.com"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        made = self.account.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
        )
        return str(made["Role"]["Arn"])

    def _put(self, name: str, statement: dict[str, Any]) -> None:
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.account.client("iam").put_user_policy(
            UserName="someone", PolicyName=name, PolicyDocument=document
        )


@pytest.fixture(name="handing")
def _handing(clouds: Clouds) -> Handing:
    handing = Handing(Account(clouds.home, clouds.account()))
    handing.account.client("iam").create_user(UserName="someone")
    handing.everything()
    return handing


def hand(client: Any, service: str, role: str) -> None:
    """Hand a role to a service by one of its calls."""
    if service == "cloudformation":
        client.create_stack(StackName="s", TemplateBody=TOPIC, RoleARN=role)
    elif service == "codebuild":
        client.create_project(
            name="project",
            source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "i",
                "computeType": "BUILD_LAMBDA_1GB",
            },
            serviceRole=role,
        )
    elif service == "lambda":
        client.create_function(
            FunctionName="f",
            Runtime="python3.13",
            Handler="a.b",
            Role=role,
            Code={"ImageUri": "an image"},
            PackageType="Image",
        )
    elif service == "events":
        client.put_rule(Name="r", EventPattern='{"source": ["aws.s3"]}')
        target = {"Id": "t", "Arn": "arn:aws:codepipeline:us-east-1:1:p", "RoleArn": role}
        client.put_targets(Rule="r", Targets=[target])
    elif service == "scheduler":
        client.create_schedule(
            Name="s",
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:lambda:us-east-1:1:function:f", "RoleArn": role},
        )


@pytest.mark.parametrize("service", SERVICES[:5])
def test_whoever_hands_on_a_role_must_be_allowed_it_for_that_service(
    handing: Handing, service: str
) -> None:
    role, client = handing.role(service), handing.client(service)
    handing.allow("another")
    words = rf"someone is not authorized to perform: iam:PassRole on resource: {role} because"
    with pytest.raises(ClientError, match=rf"AccessDenied.*{words}"):
        hand(client, service, role)
    refused = next(each for each in read_calls(handing.account.aws) if each.resource == role)
    assert refused.context["iam:passedtoservice"] == f"{service}.amazonaws.com"
    assert "Action: iam:PassRole" in missing(refused).statement
    handing.allow(service)
    hand(client, service, role)


@pytest.mark.parametrize("service", SERVICES[:5])
@pytest.mark.parametrize("there", [True, False])
def test_a_role_is_handed_to_a_service_it_trusts_and_must_be_there(
    handing: Handing, service: str, there: bool
) -> None:
    role = handing.role("sns") if there else f"arn:aws:iam::{handing.account.account}:role/none"
    with pytest.raises(ClientError, match=r"assume|authorized to perform: sts:AssumeRole"):
        hand(handing.account.client(service), service, role)


def test_an_instance_is_handed_the_role_of_its_profile(handing: Handing) -> None:
    role, iam = handing.role("ec2"), handing.account.client("iam")
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="handed")
    asked = {
        "ImageId": AMAZONS,
        "MinCount": 1,
        "MaxCount": 1,
        "IamInstanceProfile": {"Name": "profile"},
    }
    client = handing.client("ec2")
    with pytest.raises(
        ClientError, match=rf"UnauthorizedOperation.*iam:PassRole on resource: {role}"
    ):
        client.run_instances(**asked)
    handing.allow("ec2")
    assert client.run_instances(**asked)["Instances"]


def test_a_role_in_a_template_is_handed_on_by_whoever_makes_the_stack(handing: Handing) -> None:
    role, client = handing.role("events"), handing.client("cloudformation")
    target = {"Id": "t", "Arn": "arn:aws:codepipeline:us-east-1:1:p", "RoleArn": role}
    rule = {
        "Type": "AWS::Events::Rule",
        "Properties": {"EventPattern": {"source": ["aws.s3"]}, "Targets": [target]},
    }
    body = json.dumps({"Resources": {"Rule": rule}})
    client.create_stack(StackName="s", TemplateBody=body)
    assert wait(client, "s")["StackStatus"] == "ROLLBACK_COMPLETE"
    events = client.describe_stack_events(StackName="s")["StackEvents"]
    said = " ".join(each.get("ResourceStatusReason", "") for each in events)
    assert f"iam:PassRole on resource: {role}" in said
    handing.allow("events")
    client.create_stack(StackName="t", TemplateBody=body)
    assert wait(client, "t")["StackStatus"] == "CREATE_COMPLETE"


def test_the_role_of_another_account_is_handed_to_nobody(clouds: Clouds, handing: Handing) -> None:
    other = Handing(Account(clouds.home, clouds.account()))
    role = other.role("cloudformation")
    client = clouds.home.client("cloudformation", HOME_REGION, root(handing.account.account))
    with pytest.raises(ClientError, match="cannot be assumed"):
        hand(client, "cloudformation", role)
