"""An execution: stages in order, actions side by side, artifacts, variables, and what fails."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from embedded import HOME_REGION, Clouds
from small_pipeline import (
    CONNECTION,
    NAME,
    OTHER_REGION,
    Answers,
    Made,
    Watcher,
    approval,
    artifact,
    build,
    make_pipeline,
    of,
    pushed,
    spec,
    stage,
    statuses,
)

from rehearsal.execution import execute
from rehearsal.outcome import Status

PATIENCE = 60
SAY_COMMIT = 'echo "$CODEBUILD_RESOLVED_SOURCE_VERSION $CODEBUILD_SOURCE_VERSION"'
KEEPING = {"files": ["**/*"]}
TWICE = {"Result": "RETRY", "RetryConfiguration": {"RetryMode": "FAILED_ACTIONS"}}
ALL_TWICE = {"Result": "RETRY", "RetryConfiguration": {"RetryMode": "ALL_ACTIONS"}}


def test_stages_and_run_orders_come_one_after_the_other(clouds: Clouds, tmp_path: Path) -> None:
    answers, watcher = Answers(), Watcher()
    stages = (
        stage("One", approval("Later", RunOrder=2), approval("Sooner", RunOrder=1)),
        stage("Two", approval("Last")),
    )
    pipeline = make_pipeline(clouds, tmp_path, *stages, approves=answers, listener=watcher)
    execution = execute(pipeline, pushed())
    assert execution.status is Status.SUCCEEDED
    assert answers.asked == ["One.Sooner", "One.Later", "Two.Last"]
    assert [each.place for each in watcher.ended] == ["Source.Get", *answers.asked]
    assert [each.place for each in execution.results] == ["Source.Get", *answers.asked]
    assert watcher.began[0] == ("Source", "Get", pipeline.account, HOME_REGION)


def test_actions_of_one_run_order_are_under_way_together(clouds: Clouds, tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=PATIENCE)

    def approves(place: str, text: str) -> bool:
        return both.wait() in {0, 1}

    stages = stage("Ask", approval("One"), approval("Other"))
    pipeline = make_pipeline(clouds, tmp_path, stages, approves=approves)
    assert execute(pipeline, pushed()).status is Status.SUCCEEDED


def test_what_fails_lets_nothing_after_it_begin(clouds: Clouds, tmp_path: Path) -> None:
    stages = (
        stage("One", approval("No"), approval("Yes"), approval("Then", RunOrder=2)),
        stage("Two", approval("Last")),
    )
    pipeline = make_pipeline(clouds, tmp_path, *stages, approves=Answers("One.No"))
    execution = execute(pipeline, pushed())
    assert execution.status is Status.FAILED
    assert execution.succeeded == {"Source"}
    assert statuses(execution) == {
        "Source.Get": "Succeeded",
        "One.No": "Failed",
        "One.Yes": "Succeeded",
        "One.Then": "NotStarted",
        "Two.Last": "NotStarted",
    }


def test_artifacts_lie_encrypted_in_the_store_of_each_region(
    clouds: Clouds, tmp_path: Path
) -> None:
    stages = (
        stage("Build", build("Make", outputs=("Out",))),
        stage("There", build("Use", Region=OTHER_REGION, inputs=("Out",))),
    )
    made = Made(
        projects={"build": spec("cat read.me >made", artifacts=KEEPING)},
        regions=(HOME_REGION, OTHER_REGION),
    )
    pipeline = make_pipeline(clouds, tmp_path, *stages, made=made)
    execution = execute(pipeline, pushed())
    assert artifact(pipeline, execution, "Out")["made"] == "Read me.\n"
    for region in made.regions:
        s3 = clouds.both.client("s3", region, pipeline.account)
        (store,) = (each for each in pipeline.definition.stores if each.region == region)
        listed = s3.list_objects_v2(Bucket=store.bucket)["Contents"]
        names = {each["Key"].rpartition("/")[0] for each in listed}
        assert names == (
            {f"{NAME}/Code", f"{NAME}/Out"} if region == HOME_REGION else {f"{NAME}/Out"}
        )
        for each in listed:
            head = s3.head_object(Bucket=store.bucket, Key=each["Key"])
            assert head["ServerSideEncryption"] == "aws:kms"
            assert head["SSEKMSKeyId"] == store.key
    assert of(execution, "There.Use").region == OTHER_REGION


def test_variables_reach_what_comes_after(clouds: Clouds, tmp_path: Path) -> None:
    answers = Answers()
    text = "#{codepipeline.PipelineExecutionId} #{Source.CommitId} #{variables.A} #{variables.B}"
    declared = [
        {"Name": "A", "DefaultValue": "by default"},
        {"Name": "B", "DefaultValue": "by default"},
    ]
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        stage("Ask", approval("Approve", told={"CustomData": text})),
        made=Made(properties={"Variables": declared}),
        approves=answers,
    )
    commit = pushed()
    execution = execute(pipeline, commit, given={"B": "given"})
    assert answers.shown == [f"{execution.id} {commit.id} by default given"]


@pytest.mark.slow
def test_a_declared_variable_without_a_value_fails_what_reads_it(
    clouds: Clouds, tmp_path: Path
) -> None:
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        stage("Ask", approval("Approve", told={"CustomData": "#{variables.A}"})),
        made=Made(properties={"Variables": [{"Name": "A"}, {"Name": "B", "DefaultValue": "b"}]}),
    )
    failed = of(execute(pipeline, pushed()), "Ask.Approve")
    assert failed.why == "#{variables.A} has no value: variables gave B"
    assert failed.mend == "give it a DefaultValue, or a value as the execution begins"
    assert execute(pipeline, pushed(), given={"A": "a"}).status is Status.SUCCEEDED


@pytest.mark.slow
def test_a_variable_that_nobody_exported_fails_what_reads_it(
    clouds: Clouds, tmp_path: Path
) -> None:
    stages = (
        stage("Build", build("Make", Namespace="Made")),
        stage("Ask", approval("Approve", told={"CustomData": "#{Made.VERSION}"})),
    )
    pipeline = make_pipeline(clouds, tmp_path, *stages, made=Made(projects={"build": spec("true")}))
    failed = of(execute(pipeline, pushed()), "Ask.Approve")
    assert failed.why == "#{Made.VERSION} has no value: Made gave nothing"
    assert failed.mend == "export it where it is made"


@pytest.mark.parametrize(
    ("more", "attempts", "asked"),
    [
        (TWICE, 1, ["Ask.Yes", "Ask.No", "Ask.No", "Ask.Then"]),
        pytest.param(
            *(ALL_TWICE, 1, ["Ask.Yes", "Ask.No", "Ask.Yes", "Ask.No", "Ask.Then"]),
            marks=pytest.mark.slow,
        ),
        pytest.param(TWICE, 2, ["Ask.Yes", "Ask.No", "Ask.No"], marks=pytest.mark.slow),
    ],
)
def test_a_stage_is_retried_once(
    clouds: Clouds, tmp_path: Path, more: dict[str, object], attempts: int, asked: list[str]
) -> None:
    answers = Answers("Ask.No", times=attempts)
    ask = stage(
        "Ask",
        *(approval("Yes"), approval("No", RunOrder=2), approval("Then", RunOrder=3)),
        OnFailure=more,
    )
    pipeline = make_pipeline(clouds, tmp_path, ask, approves=answers)
    execution = execute(pipeline, pushed())
    assert answers.asked == asked
    assert (execution.status is Status.SUCCEEDED) == (attempts == 1)
    assert of(execution, "Ask.No").status is Status.FAILED
    second = of(execution, "Ask.No", attempt=2).status
    assert second is (Status.SUCCEEDED if attempts == 1 else Status.FAILED)


@pytest.mark.slow
def test_a_stage_is_rolled_back_to_what_it_last_succeeded_with(
    clouds: Clouds, tmp_path: Path
) -> None:
    """The second commit fails; the first is built again, and what it made then is as it was."""
    text = spec(
        'read -r said <read.me; echo "$said"; [ "$said" != bad ]',
        "ID=$CODEBUILD_BUILD_ID",
        env={"exported-variables": ["ID"]},
        artifacts=KEEPING,
    )
    make = build("Make", outputs=("Out",), Namespace="Made")
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        stage("Build", make, OnFailure={"Result": "ROLLBACK"}),
        made=Made(projects={"build": text}),
    )
    first = execute(pipeline, pushed({"read.me": "good\n"}))
    made, given = dict(first.artifacts), dict(first.variables)
    second = execute(pipeline, pushed({"read.me": "bad\n"}), [first])
    assert second.status is Status.FAILED
    _source, failed, again = second.results
    assert (failed.status, again.status) == (Status.FAILED, Status.SUCCEEDED)
    assert again.said.startswith(f"rolled back to execution {first.id[:8]}; ")
    assert "good" in again.log
    assert (first.artifacts, first.variables) == (made, given)
    assert given["Made"]["ID"] not in again.said
    assert first.succeeded == {"Source", "Build"}
    third = execute(pipeline, pushed({"read.me": "bad\n"}), [first, second])
    assert third.results[-1].said.startswith(f"rolled back to execution {first.id[:8]}; ")


@pytest.mark.slow
def test_a_stage_that_never_succeeded_is_not_rolled_back(clouds: Clouds, tmp_path: Path) -> None:
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        stage("Ask", approval("No"), OnFailure={"Result": "ROLLBACK"}),
        approves=Answers("Ask.No"),
    )
    first = execute(pipeline, pushed())
    second = execute(pipeline, pushed(), [first])
    assert len(second.results) == 2
    assert of(second, "Ask.No").status is Status.FAILED


@pytest.mark.slow
@pytest.mark.parametrize("namespaced", [True, False])
def test_a_build_knows_the_commit_whether_or_not_the_source_has_a_namespace(
    clouds: Clouds, tmp_path: Path, namespaced: bool
) -> None:
    source = {**CONNECTION, **({"Namespace": "Source"} if namespaced else {})}
    made = Made(source=source, projects={"build": spec(SAY_COMMIT)})
    pipeline = make_pipeline(clouds, tmp_path, stage("Build", build("Make")), made=made)
    commit = pushed()
    assert f"{commit.id} {commit.id}" in of(execute(pipeline, commit), "Build.Make").log


@pytest.mark.slow
def test_a_pipeline_that_may_not_fetch_fails_at_its_source(clouds: Clouds, tmp_path: Path) -> None:
    pipeline = make_pipeline(clouds, tmp_path, made=Made(lacking={"pipeline": "Fetch"}))
    failed = of(execute(pipeline, pushed()), "Source.Get")
    (refused,) = failed.refused
    assert refused.principal == f"arn:aws:iam::{pipeline.account}:role/pipeline"
    assert refused.action == "codecommit:GetBranch"
    assert refused.resource.endswith(f":{pipeline.account}:orders")


def test_a_role_that_does_not_trust_codepipeline_fails_the_first_action(
    clouds: Clouds, tmp_path: Path
) -> None:
    pipeline = make_pipeline(clouds, tmp_path, made=Made(untrusting=("pipeline",)))
    execution = execute(pipeline, pushed())
    assert statuses(execution) == {"Source.Get": "Failed", "Ask.Approve": "NotStarted"}
    failed = of(execution, "Source.Get")
    role = f"arn:aws:iam::{pipeline.account}:role/pipeline"
    assert failed.why.startswith(f"codepipeline.amazonaws.com cannot take on {role}: ")
    assert failed.mend == "let codepipeline.amazonaws.com assume it"
    (refused,) = failed.refused
    assert (refused.principal, refused.action) == ("codepipeline.amazonaws.com", "sts:AssumeRole")
    assert "Service: codepipeline.amazonaws.com" in refused.statement
