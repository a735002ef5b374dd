"""CodeBuild actions: what a build is given, what it leaves, and how it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from embedded import Clouds
from small_pipeline import (
    OBJECT,
    Answers,
    Made,
    approval,
    artifact,
    build,
    make_pipeline,
    of,
    pushed,
    spec,
    stage,
)

from rehearsal.commits import Commit
from rehearsal.execution import execute
from rehearsal.outcome import ActionResult, Status
from rehearsal.triggers import push

ALL = {"files": ["**/*"]}
PLACE = "Build.Make"


def built(
    clouds: Clouds, folder: Path, text: str, commit: Commit | None = None, **made: Any
) -> ActionResult:
    """Return what came of a build of one project."""
    action = build("Make", told=made.pop("told", {}), outputs=made.pop("outputs", ()))
    pipeline = make_pipeline(
        clouds, folder, stage("Build", action), made=Made(projects={"build": text}, **made)
    )
    return of(execute(pipeline, commit or pushed()), PLACE)


def variable(name: str, value: str, **more: str) -> dict[str, str]:
    return {"name": name, "value": value, "type": "PLAINTEXT", **more}


def test_a_build_exports_variables_and_makes_several_artifacts(
    clouds: Clouds, tmp_path: Path
) -> None:
    text = spec(
        "echo first >a; echo second >b; VERSION=1.2",
        env={"exported-variables": ["VERSION", "FROM_PROJECT"]},
        artifacts={"secondary-artifacts": {"A": {"files": ["a"]}, "B": {"files": ["b"]}}},
    )
    use = spec('cat "$CODEBUILD_SRC_DIR/a" "$CODEBUILD_SRC_DIR_B/b" "$CODEBUILD_SRC_DIR_A/a"')
    answers = Answers()
    stages = (
        stage("Build", build("Make", outputs=("B", "A"), Namespace="Made")),
        stage("Use", build("Use", "use", inputs=("B", "A"), told={"PrimarySource": "A"})),
        stage("Ask", approval("Ask", told={"CustomData": "#{Made.VERSION} #{Made.FROM_PROJECT}"})),
    )
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        *stages,
        made=Made(projects={"build": text, "use": use}),
        approves=answers,
    )
    execution = execute(pipeline, pushed())
    assert execution.status is Status.SUCCEEDED, execution.results
    assert artifact(pipeline, execution, "A") == {"a": "first\n"}
    assert artifact(pipeline, execution, "B") == {"b": "second\n"}
    used = [line for line in of(execution, "Use.Use").log if not line.startswith("[build]")]
    assert used == ["first", "second", "first"]
    assert answers.shown == ["1.2 project"]
    assert of(execution, PLACE).said == "VERSION 1.2, FROM_PROJECT project"


def test_a_build_that_fails_says_which_phase_and_its_last_words(
    clouds: Clouds, tmp_path: Path
) -> None:
    failed = built(clouds, tmp_path, spec("echo broken >&2; exit 3"))
    assert failed.status is Status.FAILED
    assert failed.why == "build of project build failed in its phase build: broken"
    assert "[build] command failed, exit code 3: echo broken >&2; exit 3" in failed.log


@pytest.mark.slow
def test_an_action_s_variables_come_before_the_project_s(clouds: Clouds, tmp_path: Path) -> None:
    account = clouds.account()
    ssm = clouds.both.client("ssm", "us-east-1", account)
    ssm.put_parameter(Name="/secret", Value="kept", Type="SecureString")
    told = [
        variable("FROM_PROJECT", "action"),
        variable("COMMIT", "#{Source.CommitId}"),
        variable("KEPT", "/secret", type="PARAMETER_STORE"),
    ]
    make = build("Make", told={"EnvironmentVariables": json.dumps(told)})
    made = Made(projects={"build": spec('echo "$FROM_PROJECT $COMMIT $KEPT"')})
    pipeline = make_pipeline(clouds, tmp_path, stage("Build", make), made=made, account=account)
    commit = pushed()
    assert f"action {commit.id} kept" in of(execute(pipeline, commit), PLACE).log


@pytest.mark.slow
def test_secrets_are_fetched_whole_and_by_key(clouds: Clouds, tmp_path: Path) -> None:
    account = clouds.account()
    secrets = clouds.both.client("secretsmanager", "us-east-1", account)
    arn = secrets.create_secret(Name="whole", SecretString='{"key": "part"}')["ARN"]
    told = [
        variable("WHOLE", "whole", type="SECRETS_MANAGER"),
        variable("PART", "whole:key", type="SECRETS_MANAGER"),
        variable("OF_ARN", f"{arn}:key", type="SECRETS_MANAGER"),
        variable("NONE", "whole:other", type="SECRETS_MANAGER"),
    ]
    made = Made(projects={"build": spec('echo "$WHOLE $PART $OF_ARN"')})
    make = [
        build(name, told={"EnvironmentVariables": json.dumps(given)})
        for name, given in (("Make", told[:3]), ("Fail", told))
    ]
    pipeline = make_pipeline(clouds, tmp_path, stage("Build", *make), made=made, account=account)
    execution = execute(pipeline, pushed())
    assert '{"key": "part"} part part' in of(execution, PLACE).log
    assert "the secret whole is no JSON with a key other" in of(execution, "Build.Fail").why


@pytest.mark.slow
@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("[", "EnvironmentVariables: is no JSON: "),
        ('{"name": "A"}', "EnvironmentVariables: is no list of names and values"),
        ('[{"name": "A"}]', "EnvironmentVariables: is no list of names and values"),
        (
            json.dumps([variable("A", "/none", type="PARAMETER_STORE")]),
            "there is no parameter /none; write it",
        ),
    ],
)
def test_variables_that_are_wrong_fail_the_build(
    clouds: Clouds, tmp_path: Path, told: str, why: str
) -> None:
    failed = built(clouds, tmp_path, spec("true"), told={"EnvironmentVariables": told})
    assert failed.status is Status.FAILED
    assert why in failed.why


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "outputs", "why"),
    [
        (spec("true"), ("Out",), "the buildspec makes no artifact Out"),
        (spec("true", artifacts=ALL), ("A", "B"), "the buildspec makes no artifact A"),
        (
            spec("true", artifacts={"files": ["none"]}),
            ("Out",),
            "build of project build failed in its phase upload_artifacts: it printed nothing",
        ),
        (
            "version: 0.2\nphase: {}\n",
            (),
            "project build: buildspec: phase: is not a key (did you mean phases?)",
        ),
    ],
)
def test_a_build_that_does_not_make_what_it_should_fails(
    clouds: Clouds, tmp_path: Path, text: str, outputs: tuple[str, ...], why: str
) -> None:
    failed = built(clouds, tmp_path, text, outputs=outputs)
    assert failed.status is Status.FAILED
    assert why in failed.why


@pytest.mark.slow
def test_the_buildspec_may_lie_in_the_source(clouds: Clouds, tmp_path: Path) -> None:
    make = build("Make")
    made = Made(projects={"build": "ci/build.yml"})
    pipeline = make_pipeline(clouds, tmp_path, stage("Build", make), made=made)
    done = of(execute(pipeline, pushed({"ci/build.yml": spec("echo from the source")})), PLACE)
    assert "from the source" in done.log
    failed = of(execute(pipeline, pushed()), PLACE)
    assert (failed.why, failed.mend) == (
        "there is no ci/build.yml in the input artifact",
        "commit it",
    )


@pytest.mark.slow
def test_an_executable_file_stays_one(clouds: Clouds, tmp_path: Path) -> None:
    text = spec("printf '#!/bin/sh\\necho it runs' >tool; chmod +x tool", artifacts=ALL)
    stages = (
        stage("Build", build("Make", outputs=("Out",))),
        stage("Use", build("Use", "use", inputs=("Out",))),
    )
    made = Made(projects={"build": text, "use": spec("./tool")})
    execution = execute(make_pipeline(clouds, tmp_path, *stages, made=made), pushed())
    assert "it runs" in of(execution, "Use.Use").log


@pytest.mark.slow
def test_a_source_that_is_no_archive_fails_who_opens_it(clouds: Clouds, tmp_path: Path) -> None:
    account = clouds.account()
    clouds.both.client("s3", "us-east-1", account).create_bucket(Bucket=f"sources-{account}")
    made = Made(source=OBJECT, projects={"build": spec("true")}, resources=RULE)
    pipeline = make_pipeline(
        clouds, tmp_path, stage("Build", build("Make")), made=made, account=account
    )
    commit = Commit(id="1", branch="main", message="", archive=b"no archive")
    push(pipeline, commit)
    failed = of(execute(pipeline, commit), PLACE)
    assert failed.why == "input artifact Code is no ZIP archive"


RULE = {
    "Rule": {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventPattern": {"source": ["aws.s3"], "detail": {"object": {"key": ["app.zip"]}}},
            "Targets": [
                {
                    "Arn": {
                        "Fn::Sub": "arn:aws:codepipeline:${AWS::Region}:${AWS::AccountId}:orders"
                    },
                    "Id": "pipeline",
                    "RoleArn": {"Fn::GetAtt": ["StartRole", "Arn"]},
                }
            ],
        },
    }
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "sid", "call"),
    [
        ("pipeline", "Build", "codebuild:StartBuild"),
        ("build", "ReadInput", "s3:GetObject"),
        ("build", "WriteOutput", "s3:PutObject"),
        ("build", "MakeLogs", "logs:CreateLogStream"),
        ("build", "WriteLogs", "logs:PutLogEvents"),
        ("build", "Report", "codebuild:CreateReportGroup"),
        ("build", "ReadParameters", "ssm:GetParameters"),
        ("pipeline", "CarryArtifacts", "s3:PutObject"),
        ("pipeline", "LookAtStores", "s3:GetBucketLocation"),
    ],
)
def test_a_call_that_a_statement_less_does_not_allow_is_named(
    clouds: Clouds, tmp_path: Path, role: str, sid: str, call: str
) -> None:
    account = clouds.account()
    clouds.both.client("ssm", "us-east-1", account).put_parameter(
        Name="/secret", Value="kept", Type="String"
    )
    text = spec(
        "echo '<testsuite><testcase name=\"a\"/></testsuite>' >tests.xml",
        env={"parameter-store": {"KEPT": "/secret"}},
        artifacts=ALL,
        reports={"tests": {"files": ["tests.xml"]}},
    )
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        stage("Build", build("Make", outputs=("Out",))),
        made=Made(projects={"build": text}, lacking={role: sid}),
        account=account,
    )
    execution = execute(pipeline, pushed())
    failed = next(each for each in execution.results if each.status is Status.FAILED)
    refused = failed.refused[0]
    assert refused.principal == f"arn:aws:iam::{account}:role/{role}"
    assert refused.action == call
    (statement,) = yaml.safe_load(refused.statement)
    assert statement == {"Effect": "Allow", "Action": call, "Resource": refused.resource}
    assert (failed.place == PLACE) == (role == "build" or sid == "Build")


@pytest.mark.slow
def test_a_role_that_does_not_trust_codebuild_fails_the_build(
    clouds: Clouds, tmp_path: Path
) -> None:
    failed = built(clouds, tmp_path, spec("true"), untrusting=("build",))
    assert failed.why.startswith("codebuild.amazonaws.com cannot take on ")
    assert failed.mend == "let codebuild.amazonaws.com assume it"
    (refused,) = failed.refused
    assert (refused.principal, refused.action) == ("codebuild.amazonaws.com", "sts:AssumeRole")


@pytest.mark.slow
def test_a_project_that_is_not_there_fails_the_build(clouds: Clouds, tmp_path: Path) -> None:
    pipeline = make_pipeline(clouds, tmp_path, stage("Build", build("Make", "nobodys")))
    failed = of(execute(pipeline, pushed()), PLACE)
    assert failed.why == "there is no CodeBuild project nobodys"
