"""Faults the embedded AWS makes on demand, and how AWS says them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from embedded import HOME_REGION, Account, Clouds
from launching import wait

from rehearsal.embedded_aws import root

OTHER_REGION = "ap-south-1"
FUNCTION = """
import boto3

pytestmark = pytest.mark.slow

def handler(event, context):
    ssm = boto3.client("ssm")
    for number in range(1, 4):
        ssm.put_parameter(Name=f"call-{number}", Value="made", Type="String", Overwrite=True)
    return "done"
"""
TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}}}


@pytest.fixture(name="account")
def _account(clouds: Clouds) -> Account:
    return Account(clouds.home, clouds.account())


def once(account: Account, service: str, region: str = HOME_REGION) -> Any:
    """Return a client that asks once."""
    who = root(account.account)
    return boto3.Session().client(
        service,
        region_name=region,
        endpoint_url=account.aws.url,
        aws_access_key_id=who.access_key,
        aws_secret_access_key=who.secret_key,
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.mark.parametrize(
    ("service", "call", "action", "code"),
    [
        ("ec2", "describe_images", "ec2:DescribeImages", "RequestLimitExceeded"),
        ("ssm", "describe_parameters", "ssm:DescribeParameters", "ThrottlingException"),
        ("cloudformation", "list_stacks", "cloudformation:ListStacks", "Throttling"),
        ("lambda", "list_functions", "lambda:ListFunctions", "TooManyRequestsException"),
        ("s3", "list_buckets", "s3:ListAllMyBuckets", "SlowDown"),
        ("codepipeline", "list_pipelines", "codepipeline:ListPipelines", "ThrottlingException"),
    ],
)
def test_a_call_is_throttled_as_often_as_planned(
    account: Account, service: str, call: str, action: str, code: str
) -> None:
    account.desk().plan_throttling(action, 2)
    ask = getattr(once(account, service), call)
    for _ in range(2):
        with pytest.raises(ClientError) as refused:
            ask()
        assert refused.value.response["Error"]["Code"] == code
    ask()


def test_what_is_planned_for_a_region_happens_in_no_other(account: Account) -> None:
    account.desk().plan_throttling("ssm:DescribeParameters", 1)
    once(account, "ssm", OTHER_REGION).describe_parameters()
    account.desk().end_faults()
    once(account, "ssm").describe_parameters()


def test_a_client_that_asks_again_gets_an_answer(account: Account) -> None:
    account.desk().plan_throttling("ssm:DescribeParameters", 1)
    assert account.client("ssm").describe_parameters()["Parameters"] == []


def deploy(account: Account, region: str, name: str) -> str:
    client = account.client("cloudformation", region)
    client.create_stack(StackName=name, TemplateBody=json.dumps(TOPIC))
    return str(wait(client, name)["StackStatus"])


def test_a_type_that_is_refused_fails_its_stack_in_that_region(account: Account) -> None:
    account.desk().plan_refusal("AWS::SNS::Topic")
    assert deploy(account, HOME_REGION, "one") == "ROLLBACK_COMPLETE"
    events = account.client("cloudformation").describe_stack_events(StackName="one")
    said = [each.get("ResourceStatusReason", "") for each in events["StackEvents"]]
    assert any("Service quota exceeded" in each for each in said)
    assert deploy(account, OTHER_REGION, "two") == "CREATE_COMPLETE"
    account.desk().end_faults()
    assert deploy(account, HOME_REGION, "three") == "CREATE_COMPLETE"


def function(account: Account) -> Any:
    """Make a function that makes three calls; return a client to invoke it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", FUNCTION)
    service = {"Service": "lambda.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    may = {"Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*"}
    iam = account.client("iam")
    made = iam.create_role(
        RoleName="caller", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_role_policy(RoleName="caller", PolicyName="call", PolicyDocument=policy)
    client = account.client("lambda")
    client.create_function(
        FunctionName="three",
        Runtime="python3.13",
        Handler="app.handler",
        Role=made["Role"]["Arn"],
        Code={"ZipFile": packed.getvalue()},
        Timeout=30,
    )
    return client


def test_a_function_is_killed_in_place_of_a_call_and_runs_again(account: Account) -> None:
    client, ssm = function(account), account.client("ssm")
    account.desk().plan_kill("three", 2)
    answer = client.invoke(FunctionName="three")
    said = json.loads(answer["Payload"].read())
    assert answer["FunctionError"] == "Unhandled"
    assert said["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert said["errorType"] == "Runtime.ExitError"
    assert [each["Name"] for each in ssm.describe_parameters()["Parameters"]] == ["call-1"]
    assert json.loads(client.invoke(FunctionName="three")["Payload"].read()) == "done"
    assert len(ssm.describe_parameters()["Parameters"]) == 3
