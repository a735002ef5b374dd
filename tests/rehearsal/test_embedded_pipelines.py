"""CodePipeline in the embedded AWS: what a stack makes of a pipeline, and who answers it."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError
from embedded import HOME_REGION, Clouds
from launching import launch_text

from rehearsal.desk import Decision, Desk, JobAnswer
from rehearsal.embedded_aws import Credentials, root
from rehearsal.errors import RehearsalError

NAME = "orders"
DETAILS = {"type": "JobFailed", "message": "it is too late"}


def action(name: str, category: str, provider: str, **more: Any) -> dict[str, Any]:
    kind = {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}
    return {"Name": name, "ActionTypeId": kind, **more}


SOURCE = {
    "Name": "Source",
    "Actions": [
        action(
            *("Get", "Source", "S3"),
            Configuration={"S3Bucket": "sources", "S3ObjectKey": "a.zip"},
            OutputArtifacts=[{"Name": "Code"}],
            RunOrder="1",
        )
    ],
}
ASK = {"Name": "Ask", "Actions": [action("Approve", "Approval", "Manual")]}


def template(*stages: Any, **more: Any) -> str:
    stores = [
        {"Region": HOME_REGION, "ArtifactStore": {"Type": "S3", "Location": "here"}},
        {"Region": "ap-south-1", "ArtifactStore": {"Type": "S3", "Location": "there"}},
    ]
    properties = {
        "Name": NAME,
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "ArtifactStores": stores,
        "Stages": stages,
        **more,
    }
    pipeline = {"Type": "AWS::CodePipeline::Pipeline", "Properties": properties}
    out = {"Name": {"Value": {"Ref": "Pipeline"}}}
    service = {"Service": "codepipeline.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    document = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}
    role = {"Type": "AWS::IAM::Role", "Properties": document}
    return json.dumps({"Resources": {"Role": role, "Pipeline": pipeline}, "Outputs": out})


def made(clouds: Clouds, *stages: Any, **more: Any) -> tuple[str, dict[str, str]]:
    """Return an account with a pipeline, and the outputs of its stack."""
    account = clouds.account()
    body = template(*(stages or (SOURCE, ASK)), **more)
    return account, launch_text(clouds.home, HOME_REGION, account, "pipeline", body)


def caller(clouds: Clouds, account: str, actions: str, resource: str) -> Credentials:
    """Return the credentials of a role with one statement."""
    iam = clouds.home.client("iam", HOME_REGION, root(account))
    own = {"Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    may = {"Action": actions, "Resource": resource}
    trust, policy = (
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each}]})
        for each in (own, may)
    )
    iam.create_role(RoleName="caller", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="caller", PolicyName="may", PolicyDocument=policy)
    arn = f"arn:aws:iam::{account}:role/caller"
    return clouds.home.assume(arn, root(account), HOME_REGION)


def client_of(clouds: Clouds, account: str) -> Any:
    return clouds.home.client("codepipeline", HOME_REGION, root(account))


def test_a_stack_makes_a_pipeline_that_reads_as_the_api_has_it(clouds: Clouds) -> None:
    account, outputs = made(clouds)
    assert outputs["Name"] == NAME
    codepipeline = client_of(clouds, account)
    found = codepipeline.get_pipeline(name=NAME)
    pipeline, get = found["pipeline"], found["pipeline"]["stages"][0]["actions"][0]
    assert found["metadata"]["pipelineArn"].endswith(f":{HOME_REGION}:{account}:{NAME}")
    assert pipeline["artifactStores"]["ap-south-1"] == {"type": "S3", "location": "there"}
    assert get["runOrder"] == 1
    assert get["configuration"] == {"S3Bucket": "sources", "S3ObjectKey": "a.zip"}
    assert [each["name"] for each in codepipeline.list_pipelines()["pipelines"]] == [NAME]


def test_a_changed_pipeline_is_one_version_on_and_a_deleted_one_is_gone(clouds: Clouds) -> None:
    account, outputs = made(clouds)
    codepipeline = client_of(clouds, account)
    cloudformation = clouds.home.client("cloudformation", HOME_REGION, root(account))
    body = template(SOURCE, ASK, PipelineType="V2")
    asked = {"StackName": outputs["Stack"], "Capabilities": ["CAPABILITY_IAM"]}
    cloudformation.update_stack(**asked, TemplateBody=body)
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=outputs["Stack"], WaiterConfig={"Delay": 0}
    )
    pipeline = codepipeline.get_pipeline(name=NAME)["pipeline"]
    assert (pipeline["version"], pipeline["pipelineType"]) == (2, "V2")
    cloudformation.delete_stack(StackName=outputs["Stack"])
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=outputs["Stack"], WaiterConfig={"Delay": 0}
    )
    with pytest.raises(codepipeline.exceptions.PipelineNotFoundException):
        codepipeline.get_pipeline(name=NAME)


@pytest.mark.parametrize(
    ("stages", "more", "why"),
    [
        ((SOURCE,), {}, "only 1 stage"),
        ((SOURCE, {"Name": "Ask", "Action": []}), {}, r"extraneous key \[Action\]"),
        ((SOURCE, {"Name": "Ask"}), {}, 'Missing required parameter in stages.1.: "actions"'),
        ((SOURCE, ASK), {"Kind": "V2"}, r"extraneous key \[Kind\]"),
    ],
)
def test_a_definition_aws_refuses_fails_the_stack(
    clouds: Clouds, stages: Any, more: dict[str, str], why: str
) -> None:
    with pytest.raises(RehearsalError, match=why):
        made(clouds, *stages, **more)


def test_a_name_is_one_pipelines_alone(clouds: Clouds) -> None:
    account, _ = made(clouds)
    with pytest.raises(RehearsalError, match="already exists"):
        launch_text(clouds.home, HOME_REGION, account, "pipeline", template(SOURCE, ASK))


def test_a_job_is_answered_once_by_who_may(clouds: Clouds) -> None:
    account = clouds.account()
    desk = Desk(clouds.home, account, HOME_REGION)
    granted = caller(clouds, account, "codepipeline:PutJobSuccessResult", "*")
    codepipeline = clouds.home.client("codepipeline", HOME_REGION, granted)
    desk.open_job("1")
    assert desk.read_job("1") is None
    with pytest.raises(ClientError, match="not authorized to perform: codepipeline:PutJobFailure"):
        codepipeline.put_job_failure_result(jobId="1", failureDetails=DETAILS)
    with pytest.raises(codepipeline.exceptions.JobNotFoundException):
        codepipeline.put_job_success_result(jobId="2")
    answer = {"continuationToken": "on", "executionDetails": {"percentComplete": 50}}
    codepipeline.put_job_success_result(jobId="1", **answer)
    assert desk.read_job("1") == JobAnswer(succeeded=True, given=answer)
    with pytest.raises(codepipeline.exceptions.InvalidJobStateException):
        codepipeline.put_job_success_result(jobId="1")
    desk.open_job("1")
    client_of(clouds, account).put_job_failure_result(jobId="1", failureDetails=DETAILS)
    assert desk.read_job("1") == JobAnswer(succeeded=False, given={"failureDetails": DETAILS})


def test_an_approval_takes_its_token_and_who_may_give_it(clouds: Clouds) -> None:
    account, _ = made(clouds)
    desk = Desk(clouds.home, account, HOME_REGION)
    place = f"arn:aws:codepipeline:{HOME_REGION}:{account}:{NAME}"
    granted = caller(clouds, account, "codepipeline:PutApprovalResult", f"{place}/Ask/Approve")
    codepipeline = clouds.home.client("codepipeline", HOME_REGION, granted)
    asked = {"pipelineName": NAME, "stageName": "Ask", "actionName": "Approve"}
    result = {"summary": "seen", "status": "Approved"}
    token = desk.open_approval(NAME, "Ask", "Approve")
    with pytest.raises(ClientError, match="not authorized"):
        codepipeline.get_pipeline_state(name=NAME)
    with pytest.raises(ClientError, match="not authorized"):
        other = {**asked, "actionName": "Other"}
        codepipeline.put_approval_result(**other, result=result, token=token)
    with pytest.raises(codepipeline.exceptions.InvalidApprovalTokenException):
        codepipeline.put_approval_result(**asked, result=result, token="another")  # noqa: S106
    assert desk.read_approval(NAME, "Ask", "Approve") is None
    state = client_of(clouds, account).get_pipeline_state(name=NAME)["stageStates"][1]
    assert state["actionStates"][0]["latestExecution"]["token"] == token
    codepipeline.put_approval_result(**asked, result=result, token=token)
    by = f"arn:aws:sts::{account}:assumed-role/caller/rehearsal"
    assert desk.read_approval(NAME, "Ask", "Approve") == Decision(True, "seen", by)
    with pytest.raises(codepipeline.exceptions.ApprovalAlreadyCompletedException):
        codepipeline.put_approval_result(**asked, result=result, token=token)


@pytest.mark.parametrize(
    ("place", "error"),
    [
        (("other", "Ask", "Approve"), "PipelineNotFound"),
        ((NAME, "Other", "Approve"), "StageNotFound"),
        ((NAME, "Ask", "Other"), "ActionNotFound"),
        ((NAME, "Source", "Get"), "ActionNotFound"),
    ],
)
def test_an_approval_that_is_none_is_not_answered(
    clouds: Clouds, place: tuple[str, str, str], error: str
) -> None:
    account, _ = made(clouds)
    names = dict(zip(("pipelineName", "stageName", "actionName"), place, strict=True))
    with pytest.raises(ClientError, match=error):
        client_of(clouds, account).put_approval_result(
            **names,
            result={"summary": "", "status": "Approved"},
            token="any",  # noqa: S106
        )


def test_a_start_is_noted_with_who_may_ask_for_it(clouds: Clouds) -> None:
    account, _ = made(clouds)
    desk = Desk(clouds.home, account, HOME_REGION)
    place = f"arn:aws:codepipeline:{HOME_REGION}:{account}"
    granted = caller(clouds, account, "codepipeline:StartPipelineExecution", f"{place}:{NAME}")
    codepipeline = clouds.home.client("codepipeline", HOME_REGION, granted)
    with pytest.raises(ClientError, match="not authorized"):
        codepipeline.start_pipeline_execution(name="other")
    assert desk.read_starts(NAME) == []
    execution = codepipeline.start_pipeline_execution(name=NAME)["pipelineExecutionId"]
    (start,) = desk.read_starts(NAME)
    assert (start.id, start.given["name"]) == (execution, NAME)
    assert start.by == f"arn:aws:sts::{account}:assumed-role/caller/rehearsal"


def test_only_the_root_has_the_desk(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    account = clouds.account()
    everything = caller(clouds, account, "*", "*")
    monkeypatch.setattr("rehearsal.desk_call.root", lambda _account: everything)
    with pytest.raises(HTTPError, match="403"):
        Desk(clouds.home, account, HOME_REGION).open_job("1")
