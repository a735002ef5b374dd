"""A push starts a pipeline by its rule or its trigger, or says why nothing does."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from embedded import HOME_REGION, Clouds
from small_pipeline import CONNECTION, NAME, OBJECT, Made, Watcher, make_pipeline, of, pushed

from rehearsal.actions.work import Scene
from rehearsal.clouds import Clouds as Partitions
from rehearsal.definition import read_definition
from rehearsal.desk import Desk
from rehearsal.errors import RehearsalError
from rehearsal.execution import Pipeline, execute
from rehearsal.triggers import matches, push

EVENT = {
    "source": "aws.s3",
    "detail-type": "Object Created",
    "resources": ["arn:aws:s3:::sources", "arn:aws:s3:::other"],
    "detail": {"bucket": {"name": "sources"}, "size": 1, "deleted": False, "version": None},
}


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ({}, True),
        ({"source": ["aws.s3"]}, True),
        ({"source": ["aws.ec2", "aws.s3"]}, True),
        ({"source": ["aws.ec2"]}, False),
        ({"source": []}, False),
        ({"source": ["aws.s3"], "detail-type": ["Other"]}, False),
        ({"resources": ["arn:aws:s3:::other"]}, True),
        ({"resources": ["arn:aws:s3:::third"]}, False),
        ({"detail": {"bucket": {"name": ["sources"]}}}, True),
        ({"detail": {"bucket": {"name": ["other"]}}}, False),
        ({"detail": {"bucket": ["sources"]}}, False),
        ({"detail": {"size": [1]}}, True),
        ({"detail": {"size": ["1"]}}, False),
        ({"detail": {"version": [None]}}, True),
        ({"detail": {"object": {"key": ["a"]}}}, False),
        ({"source": {"name": ["aws.s3"]}}, False),
        ({"account": ["111111111111"]}, False),
        ({"source": [{"anything-but": ["aws.ec2"]}]}, True),
        ({"source": [{"anything-but": ["aws.ec2", "aws.s3"]}]}, False),
        ({"source": [{"anything-but": ["aws.s3"]}, "aws.s3"]}, True),
    ],
)
def test_an_event_matches_what_a_pattern_asks_for(pattern: dict[str, Any], fits: bool) -> None:
    assert matches(pattern, EVENT) is fits


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ({"source": [{"prefix": "aws."}]}, 'EventPattern: .*"prefix".* is not done here'),
        ({"detail": {"size": [{"numeric": [">", 0]}]}}, "is not done here; list values"),
        ({"source": [{"anything-but": {"prefix": "aws"}}]}, "is not done here; list values"),
        ({"$or": [{"source": ["aws.s3"]}]}, "EventPattern: .or is not done here"),
    ],
)
def test_a_filter_that_is_not_done_here_is_refused(pattern: dict[str, Any], why: str) -> None:
    with pytest.raises(RehearsalError, match=why):
        matches(pattern, EVENT)


def connected(*pushes: dict[str, Any], **told: str) -> Pipeline:
    """Return a pipeline of a connection that nobody launched: nothing of it is asked for."""
    source = {**CONNECTION, "Configuration": {**CONNECTION["Configuration"], **told}}
    git = {"SourceActionName": "Get", "Push": list(pushes)}
    trigger = {"ProviderType": "CodeStarSourceConnection", "GitConfiguration": git}
    definition = read_definition(
        {
            "RoleArn": "arn:aws:iam::111111111111:role/pipeline",
            "Stages": [{"Name": "Source", "Actions": [source]}],
            "Triggers": [trigger] if pushes else [],
        },
        HOME_REGION,
    )
    scene = Scene(Partitions({}), Path(), Path(), {}, lambda place, text: True)
    return Pipeline(scene, NAME, "111111111111", definition, Watcher())


def branches(includes: tuple[str, ...], excludes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"Branches": {"Includes": list(includes), "Excludes": list(excludes)}}


BY_TRIGGER, BY_CHANGE = "trigger of Source.Get", "change of main"


@pytest.mark.parametrize(
    ("pipeline", "branch", "by"),
    [
        (connected(), "main", BY_CHANGE),
        (connected(), "other", ""),
        (connected(DetectChanges="false"), "main", ""),
        (connected(branches(("main",))), "main", BY_TRIGGER),
        (connected(branches(("main",)), DetectChanges="false"), "main", BY_TRIGGER),
        (connected(branches(("release",))), "main", ""),
        (connected(branches(("release/*",))), "release/1", BY_TRIGGER),
        (connected(branches(("release/*",))), "release/1/fix", ""),
        (connected(branches(("release/**",))), "release/1/fix", BY_TRIGGER),
        (connected(branches(("release-?.x",))), "release-1.x", BY_TRIGGER),
        (connected(branches(("release-?.x",))), "release-1-x", ""),
        (connected(branches((), ("main",))), "main", ""),
        (connected(branches((), ("main",))), "other", BY_TRIGGER),
        (connected(branches(("*",), ("wip-*",))), "wip-1", ""),
        (connected(branches(("one",)), branches(("two",))), "two", BY_TRIGGER),
    ],
)
def test_a_push_to_a_connection_starts_by_branch(pipeline: Pipeline, branch: str, by: str) -> None:
    if by:
        assert push(pipeline, pushed(branch=branch)) == by
    else:
        with pytest.raises(RehearsalError, match=f"orders: a push to {branch} starts nothing"):
            push(pipeline, pushed(branch=branch))


def rule(pattern: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a rule that starts the pipeline."""
    arn = {"Fn::Sub": f"arn:aws:codepipeline:${{AWS::Region}}:${{AWS::AccountId}}:{NAME}"}
    target = {"Arn": arn, "Id": "pipeline", "RoleArn": {"Fn::GetAtt": ["StartRole", "Arn"]}}
    target |= more.pop("target", {})
    properties = {
        "Name": "pushes",
        "EventPattern": pattern,
        "Targets": [{key: value for key, value in target.items() if value}],
        **more,
    }
    return {"Rule": {"Type": "AWS::Events::Rule", "Properties": properties}}


CHANGED = {
    "source": ["aws.codecommit"],
    "detail-type": ["CodeCommit Repository State Change"],
    "detail": {"repositoryName": ["orders"], "referenceName": ["main"]},
}
UPLOADED = {"source": ["aws.s3"], "detail": {"object": {"key": ["app.zip"]}}}


def test_a_rule_starts_the_pipeline_under_its_own_role(clouds: Clouds, tmp_path: Path) -> None:
    pipeline = make_pipeline(clouds, tmp_path, made=Made(resources=rule(CHANGED)))
    assert push(pipeline, pushed()) == "rule pushes"
    (start,) = Desk(clouds.home, pipeline.account, HOME_REGION).read_starts(NAME)
    assert "assumed-role/start/" in start.by
    with pytest.raises(RehearsalError, match="a push to other starts nothing; add a rule whose"):
        push(pipeline, pushed(branch="other"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ({}, "a push to main starts nothing; add a rule whose EventPattern matches"),
        (rule(CHANGED, State="DISABLED"), "a push to main starts nothing"),
        (rule(CHANGED, target={"Arn": "arn:aws:sns:us-east-1:111111111111:a"}), "starts nothing"),
        (rule({**CHANGED, "detail": {"event": ["referenceDeleted"]}}), "starts nothing"),
        (rule(CHANGED, target={"RoleArn": ""}), "rule pushes: its target .* has no RoleArn; add"),
    ],
)
def test_what_does_not_start_the_pipeline_is_said(
    clouds: Clouds, tmp_path: Path, resources: dict[str, Any], why: str
) -> None:
    pipeline = make_pipeline(clouds, tmp_path, made=Made(resources=resources))
    with pytest.raises(RehearsalError, match=why):
        push(pipeline, pushed())


@pytest.mark.slow
@pytest.mark.parametrize("made", [Made(lacking={"start": "Start"}), Made(untrusting=("start",))])
def test_a_rule_whose_role_may_not_start_is_named(
    clouds: Clouds, tmp_path: Path, made: Made
) -> None:
    made = dataclasses.replace(made, resources=rule(CHANGED))
    pipeline = make_pipeline(clouds, tmp_path, made=made)
    role = f"arn:aws:iam::{pipeline.account}:role/start"
    with pytest.raises(RehearsalError, match=f"rule pushes: {role} cannot start pipeline orders"):
        push(pipeline, pushed())


@pytest.mark.slow
def test_an_upload_starts_the_pipeline_and_its_version_is_the_revision(
    clouds: Clouds, tmp_path: Path
) -> None:
    account = clouds.account()
    bucket = f"sources-{account}"
    s3 = clouds.both.client("s3", HOME_REGION, account)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    made = Made(source=OBJECT, resources=rule(UPLOADED))
    pipeline = make_pipeline(clouds, tmp_path, made=made, account=account)
    commit = pushed()
    assert push(pipeline, commit) == "rule pushes"
    found = s3.get_object(Bucket=bucket, Key="app.zip")
    assert found["Body"].read() == commit.archive
    execution = execute(pipeline, commit)
    assert execution.revision == found["VersionId"]
    assert of(execution, "Source.Get").said == f"version {found['VersionId']}"
    assert execution.variables["Source"] == {
        "ETag": found["ETag"].strip('"'),
        "VersionId": found["VersionId"],
    }


@pytest.mark.slow
def test_a_source_of_a_connection_is_fetched_under_the_pipeline_s_role(
    clouds: Clouds, tmp_path: Path
) -> None:
    made = Made(source={**CONNECTION, "Namespace": "Source"})
    execution = execute(make_pipeline(clouds, tmp_path, made=made), commit := pushed())
    assert execution.variables["Source"]["CommitId"] == commit.id
    assert execution.variables["Source"]["FullRepositoryName"] == "people/orders"
