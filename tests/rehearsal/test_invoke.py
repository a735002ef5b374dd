"""Lambda actions: jobs with continuation tokens, functions that fail, die, or never answer."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from embedded import HOME_REGION, Clouds
from small_pipeline import (
    Answers,
    Made,
    approval,
    invoke,
    make_pipeline,
    of,
    pushed,
    stage,
    statuses,
)

from rehearsal.execution import execute
from rehearsal.outcome import ActionResult, Status

pytestmark = pytest.mark.slow
PLACE = "Copy.Call"
BEGINNING = """\
import boto3
pipeline, parameters = boto3.client("codepipeline"), boto3.client("ssm")
NotThere = parameters.exceptions.ParameterNotFound

def count():
    try:
        calls = 1 + int(parameters.get_parameter(Name="calls")["Parameter"]["Value"])
    except NotThere:
        calls = 1
    parameters.put_parameter(Name="calls", Value=str(calls), Type="String", Overwrite=True)
    return calls

def handler(event, context):
    job = event["CodePipeline.job"]
    calls = count()
"""
ON = "str(calls)"
CONTINUED = """
token = job["data"].get("continuationToken", "none")
if calls < 3:
    return pipeline.put_job_success_result(jobId=job["id"], continuationToken=token + str(calls))
told = job["data"]["actionConfiguration"]["configuration"]["UserParameters"]
pipeline.put_job_success_result(jobId=job["id"], outputVariables={"TOLD": told, "TOKEN": token})
"""
FAILING = """
details = {"type": "JobFailed", "message": "it is too late"}
pipeline.put_job_failure_result(jobId=job["id"], failureDetails=details)
"""
READING = """
given = job["data"]["artifactCredentials"]
names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
keys = dict(zip(names, (given["accessKeyId"], given["secretAccessKey"], given["sessionToken"])))
(artifact,) = job["data"]["inputArtifacts"]
there = artifact["location"]["s3Location"]
body = boto3.client("s3", **keys).get_object(Bucket=there["bucketName"], Key=there["objectKey"])
size = str(len(body["Body"].read()))
told = {"SIZE": size, "NAME": artifact["name"]}
pipeline.put_job_success_result(jobId=job["id"], outputVariables=told)
"""
SILENT = 'return {"I": "did it"}'
DYING = 'raise ValueError("I die")'
DYING_ONCE = """
if calls == 1:
    raise ValueError("I die")
pipeline.put_job_success_result(jobId=job["id"])
"""
REFUSED = 'boto3.client("s3").list_buckets()'


def code(text: str) -> str:
    return BEGINNING + textwrap.indent(text, "    ")


def called(clouds: Clouds, folder: Path, text: str, account: str = "", **made: Any) -> ActionResult:
    """Return what came of an action that calls a function."""
    pipeline = make_pipeline(
        clouds,
        folder,
        stage("Copy", invoke("Call")),
        made=Made(function=code(text), **made),
        account=account,
    )
    return of(execute(pipeline, pushed()), PLACE)


def calls(clouds: Clouds, account: str) -> str:
    ssm = clouds.both.client("ssm", HOME_REGION, account)
    value: str = ssm.get_parameter(Name="calls")["Parameter"]["Value"]
    return value


def test_a_function_goes_on_until_it_is_done(clouds: Clouds, tmp_path: Path) -> None:
    answers = Answers()
    call = invoke("Call", told={"UserParameters": "#{Source.BranchName}"}, Namespace="Called")
    ask = approval("Ask", told={"CustomData": "#{Called.TOLD} #{Called.TOKEN}"})
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        *(stage("Copy", call), stage("Ask", ask)),
        made=Made(function=code(CONTINUED)),
        approves=answers,
    )
    execution = execute(pipeline, pushed())
    assert of(execution, PLACE).said == "function: done after 3 calls"
    assert answers.shown == ["main none12"]


def test_a_function_reads_its_input_with_the_keys_of_its_job(
    clouds: Clouds, tmp_path: Path
) -> None:
    call = invoke("Call", inputs=("Code",), Namespace="Called")
    ask = approval("Ask", told={"CustomData": "#{Called.SIZE} #{Called.NAME}"})
    stages = (stage("Copy", call), stage("Ask", ask))
    answers, commit = Answers(), pushed()
    made = Made(function=code(READING))
    pipeline = make_pipeline(clouds, tmp_path, *stages, made=made, approves=answers)
    execution = execute(pipeline, commit)
    assert execution.status is Status.SUCCEEDED, execution.results
    assert answers.shown == [f"{len(commit.archive)} Code"]


def test_a_function_that_is_to_make_an_artifact_is_refused(clouds: Clouds, tmp_path: Path) -> None:
    call = invoke("Call", outputs=("Out",))
    made = Made(function=code(DYING_ONCE))
    pipeline = make_pipeline(clouds, tmp_path, stage("Copy", call), made=made)
    failed = of(execute(pipeline, pushed()), PLACE)
    assert failed.why == "OutputArtifacts: Out: functions make none here"


def test_a_function_that_says_no_fails_with_its_words(clouds: Clouds, tmp_path: Path) -> None:
    failed = called(clouds, tmp_path, FAILING)
    assert (failed.status, failed.why) == (Status.FAILED, "it is too late")


def test_a_function_that_never_answers_is_called_once(clouds: Clouds, tmp_path: Path) -> None:
    account = clouds.account()
    failed = called(clouds, tmp_path, SILENT, account)
    assert failed.why == (
        'function did not answer its job within 20 minutes; the last it said: {"I": "did it"}'
    )
    assert calls(clouds, account) == "1"


@pytest.mark.parametrize(("text", "times"), [(DYING, "3"), (DYING_ONCE, "2")])
def test_a_function_that_dies_is_called_again(
    clouds: Clouds, tmp_path: Path, text: str, times: str
) -> None:
    account = clouds.account()
    done = called(clouds, tmp_path, text, account)
    assert (done.status is Status.SUCCEEDED) == (text is DYING_ONCE)
    assert calls(clouds, account) == times
    assert done.status is Status.SUCCEEDED or "I die" in done.why


def test_a_function_is_called_again_as_often_as_its_template_says(
    clouds: Clouds, tmp_path: Path
) -> None:
    account = clouds.account()
    config = {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {
            "FunctionName": {"Ref": "Function"},
            "Qualifier": "$LATEST",
            "MaximumRetryAttempts": 0,
        },
    }
    failed = called(clouds, tmp_path, DYING_ONCE, account, resources={"Config": config})
    assert failed.status is Status.FAILED
    assert calls(clouds, account) == "1"


def test_a_call_the_function_may_not_make_is_named(clouds: Clouds, tmp_path: Path) -> None:
    account = clouds.account()
    failed = called(clouds, tmp_path, REFUSED, account)
    (refused,) = failed.refused
    assert refused.principal == f"arn:aws:iam::{account}:role/function"
    assert refused.action == "s3:ListAllMyBuckets"
    assert "Action: s3:ListAllMyBuckets" in refused.statement


@pytest.mark.parametrize(
    ("role", "sid", "action"),
    [
        ("function", "Answer", "codepipeline:PutJobSuccessResult"),
        ("pipeline", "Invoke", "lambda:InvokeFunction"),
    ],
)
def test_who_may_not_call_or_answer_is_named(
    clouds: Clouds, tmp_path: Path, role: str, sid: str, action: str
) -> None:
    failed = called(clouds, tmp_path, DYING_ONCE, lacking={role: sid})
    assert (failed.refused[0].principal.rpartition("/")[2], failed.refused[0].action) == (
        role,
        action,
    )


def test_a_function_that_is_not_there_fails(clouds: Clouds, tmp_path: Path) -> None:
    pipeline = make_pipeline(clouds, tmp_path, stage("Copy", invoke("Call")))
    execution = execute(pipeline, pushed())
    assert statuses(execution)[PLACE] == "Failed"
    assert "ResourceNotFound" in of(execution, PLACE).why
