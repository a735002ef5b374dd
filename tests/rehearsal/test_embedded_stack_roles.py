"""CloudFormation in the embedded AWS: what it makes, it makes with the role it is given."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import CHINA_REGION, HOME_REGION, Account, Clouds
from launching import key_of, launch, wait
from templates.committed import text

from rehearsal.calls import read_calls

pytestmark = pytest.mark.slow

OTHERS = ("us-east-2", "ap-south-1")
LAMBDA_APP = Path("examples/lambda-app/cloudformation_template.yaml")
PIPELINE = "multi-region-pipeline"
_NAMES = itertools.count(1)


@dataclass(frozen=True)
class Deployment:
    """A template deployed with a role, again and again, under a stack name the role allows."""

    account: Account
    role: str
    stack: str
    body: str

    @property
    def client(self) -> Any:
        return self.account.client("cloudformation")

    def create(self, **parameters: str) -> dict[str, Any]:
        self.client.create_stack(**self.asked(parameters), RoleARN=self.role)
        return wait(self.client, self.stack)

    def update(self, **parameters: str) -> dict[str, Any]:
        self.client.update_stack(**self.asked(parameters))
        return wait(self.client, self.stack)

    def delete(self) -> dict[str, Any]:
        id_ = self.client.describe_stacks(StackName=self.stack)["Stacks"][0]["StackId"]
        self.client.delete_stack(StackName=self.stack)
        return wait(self.client, id_)

    def why(self) -> str:
        """Return what was said of the first thing that failed."""
        events = self.client.describe_stack_events(StackName=self.stack)["StackEvents"]
        failed = [each for each in reversed(events) if "FAILED" in each["ResourceStatus"]]
        return str(failed[0]["ResourceStatusReason"]) if failed else ""

    def without(self, action: str) -> None:
        """Take an action away from the role, wherever it is granted."""
        iam, name = self.account.client("iam"), self.role.rpartition("/")[2]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            found = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for each in found["Statement"]:
                each["Action"] = [one for one in each["Action"] if one != action] or ["none:Of"]
            document = json.dumps(found)
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)

    def asked(self, parameters: dict[str, str]) -> dict[str, Any]:
        """Return what a call asks for."""
        return {
            "StackName": self.stack,
            "TemplateBody": self.body,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        }


@pytest.fixture(name="web")
def _web(clouds: Clouds) -> Deployment:
    """Return the deployment of the first seed's application, with an image to run."""
    account = Account(clouds.home, clouds.account())
    store = launch(clouds.home, HOME_REGION, account.account, "artifact-store")
    given = {"S3BucketName": store["BucketName"], "KmsKeyArn": store["KeyArn"]}
    for number, region in enumerate(OTHERS, start=1):
        given[f"S3BucketNameForOtherRegion{number}"] = f"store-in-{region}"
        given[f"KmsKeyArnForOtherRegion{number}"] = store["KeyArn"].replace(HOME_REGION, region)
    roles = launch(
        clouds.home,
        HOME_REGION,
        account.account,
        "service-roles",
        PipelineStackName=PIPELINE,
        **given,
    )
    image(account)
    template = text("cross-region-deploy")
    role = roles["CloudFormationServiceRoleArn"]
    return Deployment(account, role, f"{PIPELINE}-deploy-{next(_NAMES)}", template)


def image(account: Account) -> None:
    account.client("ssm").put_parameter(
        Name="AMI_VERSION",
        Value=account.build(),
        Type="String",
        DataType="aws:ec2:image",
        Overwrite=True,
    )


@pytest.fixture(name="function")
def _function(clouds: Clouds) -> Deployment:
    """Return the deployment of the second seed's application in the account of a stage."""
    pipeline, stage = clouds.account(), Account(clouds.home, clouds.account())
    store = launch(
        *(clouds.home, HOME_REGION, pipeline, "artifact-store"),
        ParameterPrefix="/US/Dev",
        TargetAccountIds=stage.account,
    )
    objects = Account(clouds.home, pipeline).client("s3")
    for key in ("code.zip", "newer.zip"):
        objects.put_object(Bucket=store["BucketName"], Key=key, Body=code(key))
    made = launch(
        *(clouds.home, HOME_REGION, stage.account, "cross-account-role"),
        PipelineRoleArn=f"arn:aws:iam::{pipeline}:role/pipeline",
        ArtifactArns=store["ArtifactArns"],
        ArtifactKeyArns=store["KeyArn"],
    )
    bucket = store["BucketName"]
    packed = f"Code: {{S3Bucket: {bucket}, S3Key: code.zip}}"
    body = LAMBDA_APP.read_text(encoding="utf-8").replace("Code: src", packed)
    return Deployment(
        stage, made["CloudFormationServiceRoleArn"], "lambda-app-app-stack-stage", body
    )


def code(says: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", f"def handler(*_):\n    return {says!r}\n")
    return packed.getvalue()


def test_the_role_of_the_first_seed_makes_changes_and_removes_its_application(
    web: Deployment,
) -> None:
    assert web.create()["StackStatus"] == "CREATE_COMPLETE", web.why()
    image(web.account)
    changed = {"InstanceCount": "3", "HealthCheckPath": "/health", "InstanceType": "t3.small"}
    assert web.update(**changed)["StackStatus"] == "UPDATE_COMPLETE", web.why()
    assert web.delete()["StackStatus"] == "DELETE_COMPLETE", web.why()
    assert refused(web) == []


def refused(deployment: Deployment) -> list[str]:
    """Return what the role was refused and needed."""
    calls = [e for e in read_calls(deployment.account.aws) if e.principal == deployment.role]
    assert calls
    return [each.action for each in calls if not each.allowed and not each.optional]


def test_the_role_of_a_stage_makes_changes_and_removes_its_application(
    function: Deployment,
) -> None:
    assert function.create(StageName="stage")["StackStatus"] == "CREATE_COMPLETE", function.why()
    changed = {"StageName": "stage", "LogRetentionInDays": "7"}
    assert function.update(**changed)["StackStatus"] == "UPDATE_COMPLETE", function.why()
    function = replace(function, body=function.body.replace("code.zip", "newer.zip"))
    assert function.update(**changed)["StackStatus"] == "UPDATE_COMPLETE", function.why()
    assert function.delete()["StackStatus"] == "DELETE_COMPLETE", function.why()
    assert refused(function) == []


OF_THE_WEB = (
    *("ec2:CreateVpc", "ec2:RunInstances", "elasticloadbalancing:CreateListener"),
    *("ec2:CreateSubnet", "ec2:AssociateRouteTable", "ec2:AttachInternetGateway"),
    *("ec2:CreateRoute", "ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress"),
    *("ec2:CreateTags", "ec2:CreateVpcEndpoint", "route53:AssociateVPCWithHostedZone"),
    *("ec2:CreateLaunchTemplate", "autoscaling:CreateAutoScalingGroup", "ec2:CreateSecurityGroup"),
    *("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"),
    *("elasticloadbalancing:ModifyLoadBalancerAttributes", "ec2:ModifyVpcAttribute"),
    *("elasticloadbalancing:ModifyTargetGroupAttributes", "iam:CreateServiceLinkedRole"),
    *("ec2:DescribeVpcs", "elasticloadbalancing:DescribeListeners"),
)


@pytest.mark.parametrize(
    "action",
    OF_THE_WEB,
)
def test_without_a_statement_the_application_of_the_first_seed_is_not_made(
    web: Deployment, action: str
) -> None:
    web.without(action)
    assert web.create()["StackStatus"] == "ROLLBACK_COMPLETE"
    name = web.role.rpartition("/")[2]
    who = f"arn:aws:sts::{web.account.account}:assumed-role/{name}/AWSCloudFormation"
    assert f"User: {who} is not authorized to perform: {action} on resource: " in web.why()
    assert f"because no identity-based policy allows the {action} action" in web.why()
    assert refused(web) == [action]


@pytest.mark.parametrize(
    "action",
    [
        *("iam:CreateRole", "iam:PutRolePolicy", "iam:PassRole", "lambda:CreateFunction"),
        *("logs:CreateLogGroup", "logs:PutRetentionPolicy", "s3:GetObject"),
        "logs:DescribeLogGroups",
    ],
)
def test_without_a_statement_the_application_of_a_stage_is_not_made(
    function: Deployment, action: str
) -> None:
    function.without(action)
    assert function.create(StageName="stage")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"is not authorized to perform: {action} on resource: arn:" in function.why()
    assert refused(function) == [action]


def test_code_that_is_not_there_makes_no_function(function: Deployment) -> None:
    function = replace(function, body=function.body.replace("code.zip", "other.zip"))
    assert function.create(StageName="stage")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "The specified key does not exist" in function.why()


def test_a_role_is_made_under_its_boundary_alone(function: Deployment) -> None:
    boundless = replace(
        function, body=function.body.replace("      PermissionsBoundary:", "      #")
    )
    assert boundless.create(StageName="stage")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "is not authorized to perform: iam:CreateRole" in boundless.why()


def test_what_cannot_be_removed_fails_the_removal(function: Deployment) -> None:
    function.create(StageName="stage")
    function.without("lambda:DeleteFunction")
    assert function.delete()["StackStatus"] == "DELETE_FAILED"
    assert "is not authorized to perform: lambda:DeleteFunction" in function.why()


def test_what_cannot_be_changed_fails_the_update(web: Deployment) -> None:
    web.create()
    web.without("ec2:CreateLaunchTemplateVersion")
    image(web.account)
    assert web.update()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "is not authorized to perform: ec2:CreateLaunchTemplateVersion" in web.why()


def test_a_parameter_is_read_with_the_role(web: Deployment) -> None:
    web.without("ssm:GetParameters")
    with pytest.raises(
        ClientError, match=r"ssm:GetParameters on resource: .*parameter/AMI_VERSION"
    ):
        web.create()


def change(client: Any, deployment: Deployment, kind: str, **parameters: str) -> dict[str, Any]:
    """Make a change set with the role and execute it without a word of it; return the stack."""
    name = f"change-{next(_NAMES)}"
    client.create_change_set(
        **deployment.asked({"StageName": "stage", **parameters}),
        RoleARN=deployment.role,
        ChangeSetName=name,
        ChangeSetType=kind,
    )
    client.execute_change_set(StackName=deployment.stack, ChangeSetName=name)
    return wait(client, deployment.stack)


def test_a_change_set_is_executed_with_the_role_it_was_made_with(function: Deployment) -> None:
    function.without("logs:PutRetentionPolicy")
    assert change(function.client, function, "CREATE")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "logs:PutRetentionPolicy" in function.why()
    function.without("lambda:DeleteFunction")
    function.delete()
    assert refused(function) == ["logs:PutRetentionPolicy"]


def test_the_deployer_of_china_makes_and_changes_the_application(clouds: Clouds) -> None:
    account = Account(clouds.china, clouds.account())
    made = launch(clouds.china, CHINA_REGION, account.account, "china-access")
    user = made["Deployer"].removeprefix("user/")
    keys = key_of(clouds.china, CHINA_REGION, account.account, user)
    bucket = made["DeploymentBucketName"]
    clouds.china.client("s3", CHINA_REGION, keys).put_object(
        Bucket=bucket, Key="packages/code.zip", Body=code("code")
    )
    packed = f"Code: {{S3Bucket: {bucket}, S3Key: packages/code.zip}}"
    body = LAMBDA_APP.read_text(encoding="utf-8").replace("Code: src", packed)
    role = made["CloudFormationServiceRoleArn"]
    there = Deployment(account, role, "lambda-app-app-stack-dev", body)
    client = clouds.china.client("cloudformation", CHINA_REGION, keys)
    assert change(client, there, "CREATE", StageName="dev")["StackStatus"] == "CREATE_COMPLETE"
    changed = change(client, there, "UPDATE", StageName="dev", LogRetentionInDays="7")
    assert changed["StackStatus"] == "UPDATE_COMPLETE"
    assert refused(there) == []


def test_without_a_role_a_stack_is_made_by_whoever_asks_for_it(clouds: Clouds) -> None:
    account = Account(clouds.home, clouds.account())
    topic = "Resources: {Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicName: news}}}"
    iam = account.client("iam")
    iam.create_user(UserName="deployer")
    iam.put_user_policy(
        UserName="deployer",
        PolicyName="deploy",
        PolicyDocument=json.dumps(
            {"Statement": [{"Effect": "Allow", "Action": "cloudformation:*", "Resource": "*"}]}
        ),
    )
    keys = key_of(clouds.home, HOME_REGION, account.account, "deployer")
    client = clouds.home.client("cloudformation", HOME_REGION, keys)
    client.create_stack(StackName="news", TemplateBody=topic)
    assert wait(client, "news")["StackStatus"] == "ROLLBACK_COMPLETE"
    events = client.describe_stack_events(StackName="news")["StackEvents"]
    said = " ".join(each.get("ResourceStatusReason", "") for each in events)
    place = f"arn:aws:sns:{HOME_REGION}:{account.account}:news"
    assert (
        f"user/deployer is not authorized to perform: sns:CreateTopic on resource: {place}" in said
    )
