"""What the plan of a pipeline says, and what is refused only once the whole template is known."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import pytest
from planning import PIPELINES, scope_of, template_of, written
from templates.committed import text

from pipeline.render import render_yaml
from pipeline.stacks import multi_region_pipeline
from pipeline.topology_file import parse_topology
from rehearsal.errors import RehearsalError
from rehearsal.limits import stood_in_by
from rehearsal.parameters import read_values
from rehearsal.place import Place
from rehearsal.plan import Plan, Step, make_plans
from rehearsal.plan_report import as_json, as_markdown, as_text
from rehearsal.resolve import Scope
from topologies import changed, toml

CHINA, IMAGES = PIPELINES
OWN = """\
Conditions: {Never: !Equals [a, b]}
Resources:
  Unmade: {Type: 'AWS::CodeBuild::Project', Condition: Never, Properties: {Name: foreign}}
  Releases:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      RoleArn: arn:aws:iam::111122223333:role/releases
      ArtifactStore: {Type: S3, Location: artifacts}
      Stages:
      - Name: Fetch
        Actions:
        - Name: Fetch
          Namespace: Fetch
          ActionTypeId: {Category: Source, Owner: AWS, Provider: S3, Version: '1'}
          Configuration: {S3Bucket: sources, S3ObjectKey: a.zip}
          OutputArtifacts: [{Name: A}]
      - Name: Release
        Actions:
        - Name: Ask
          TimeoutInMinutes: 90
          ActionTypeId: {Category: Approval, Owner: AWS, Provider: Manual, Version: '1'}
        - Name: Build
          Namespace: Built
          RunOrder: 2
          ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1'}
          Configuration: {ProjectName: PROJECT, EnvironmentVariables: 'VARIABLES'}
          InputArtifacts: [{Name: A}]
        - Name: Delete
          RunOrder: 2
          RoleArn: arn:aws:iam::999988887777:role/deploy
          ActionTypeId: {Category: Deploy, Owner: AWS, Provider: CloudFormation, Version: '1'}
          Configuration: {ActionMode: DELETE_ONLY, StackName: old, RoleArn: 'arn:aws:iam::9:role/x'}
        - Name: Tell
          RunOrder: 3
          ActionTypeId: {Category: Invoke, Owner: AWS, Provider: Lambda, Version: '1'}
          Configuration: {FunctionName: tell, UserParameters: '#{Fetch.VersionId}'}
  Project:
    Type: AWS::CodeBuild::Project
    Properties: {Name: builder, Source: {Type: CODEPIPELINE}}
"""


@functools.cache
def plan_of(name: str, **given: str) -> Plan:
    (plan,) = make_plans(scope_of(template_of(name), **given))
    return plan


def own(folder: Path, project: str = "builder", variables: str = "[]") -> Plan:
    filled = OWN.replace("PROJECT", project).replace("VARIABLES", variables)
    (plan,) = make_plans(scope_of(written(folder, filled)))
    return plan


def step(plan: Plan, place: str) -> Step:
    return next(each for each in plan.steps if each.action.place == place)


@pytest.mark.parametrize("name", PIPELINES)
def test_stages_and_groups_stand_in_the_order_they_run(name: str) -> None:
    plan = plan_of(name)
    pipelines = re.findall(r"^      - Name: (\w+)$", text(name), re.MULTILINE)
    assert [stage.name for stage in plan.stages] == pipelines
    for stage in plan.stages:
        orders = [group.run_order for group in stage.groups]
        assert orders == sorted(set(orders))


def test_a_stage_of_the_second_seed() -> None:
    prod = plan_of(CHINA).stages[-1]
    names = [[each.action.name for each in group.steps] for group in prod.groups]
    assert names == [
        ["ChangeSet-us-east-1"],
        ["Review"],
        ["Approve"],
        ["us-east-1", "cn-north-1"],
    ]


def test_every_account_and_region_is_told() -> None:
    plan = plan_of(CHINA)
    assert step(plan, "Dev.us-east-1").account == plan.place.account
    assert step(plan, "Prod.us-east-1").account == "{account of /US/Prod/CrossAccountStageRole}"
    assert step(plan, "Prod.cn-north-1").reaches == ("cn-north-1", "{/China/Prod/AccountId}")
    assert [each.action.region for each in plan_of(IMAGES).stages[-1].groups[0].steps] == [
        "us-east-1",
        "us-east-2",
        "ap-south-1",
    ]


def test_what_only_a_launch_can_tell_is_listed_and_variables_are_none_of_it() -> None:
    assert plan_of(IMAGES).unknown == (
        *("{CloudFormationServiceRole}", "{CodePipelineServiceRole}", "{CopyImage}"),
        *("{S3BucketNameForOtherRegion1}", "{S3BucketNameForOtherRegion2}", "{S3BucketName}"),
    )


def test_each_step_is_one_sentence() -> None:
    china, images = plan_of(CHINA), plan_of(IMAGES)
    assert step(china, "Prod.ChangeSet-us-east-1").what == (
        "create or replace change set orders-change of stack lambda-app-app-stack-prod from "
        "Packaged::transform-packaged.yaml, as lambda-app-prod-cloudformation"
    )
    assert step(china, "Prod.us-east-1").what == (
        "execute change set orders-change of stack lambda-app-app-stack-prod"
    )
    assert step(china, "Prod.Approve").what == "wait until somebody approves, for 7 days at most"
    assert re.fullmatch(
        r"run CodeBuild project orders-build: buildspec of \d+ commands",
        step(china, "Build.Build").what,
    )
    assert step(images, "Deploy.us-east-2").what == (
        "create or update stack orders-deploy from Source::cross-region-deploy.yaml, as "
        "{CloudFormationServiceRole}; a failed one is deleted first"
    )
    assert "invoke function {CopyImage}" in step(images, "CopyImage.CopyImage").what


SOURCES = {
    "CodeCommit": "fetch branch main of CodeCommit repository web-app",
    "CodeConnections": "fetch branch main of web-app through connection {ConnectionArn}",
    "S3": "fetch source.zip from bucket {SourceBucketName}",
}


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_is_planned(source: str) -> None:
    plan = plan_of(IMAGES, SourceType=source)
    assert step(plan, "Source.Source").what == SOURCES[source]


def test_variables_are_told_with_who_reads_them() -> None:
    plan = plan_of(CHINA)
    assert "Build.COMMIT" in step(plan, "Build.Build").gives
    assert step(plan, "Prod.Review").gives == ("ReviewProd.CHANGES",)
    assert step(plan, "Prod.Approve").reads == ("Build.COMMIT", "ReviewProd.CHANGES")
    assert step(plan, "Prod.Approve").gives == ()


@pytest.mark.parametrize(
    ("name", "export"), [(CHINA, "COMMIT"), (CHINA, "CHANGES"), (IMAGES, "AMI_ID")]
)
def test_a_variable_the_buildspec_does_not_export_is_refused(
    tmp_path: Path, name: str, export: str
) -> None:
    broken = re.sub(rf"(exported-variables:[^:]*?)- {export}\n", r"\1- OTHER\n", text(name))
    assert broken != text(name)
    with pytest.raises(
        RehearsalError, match=rf"{export}}}: the buildspec of project orders-.*expo"
    ):
        make_plans(scope_of(written(tmp_path, broken)))


def test_what_is_stood_in_for_and_not_shown_follows_from_the_steps(tmp_path: Path) -> None:
    china, images = plan_of(CHINA), plan_of(IMAGES)
    functions = "the runtime of functions: their code runs under this machine's Python"
    assert functions in images.stood_in
    assert functions not in china.stood_in
    assert "runtime python 3.13 (what is on the path is taken)" in china.stood_in
    mvn = "mvn: not run; nothing is compiled and no test runs, each is reported as skipped"
    assert mvn in images.stood_in
    assert mvn not in stood_in_by(images.stood_in, [])
    assert stood_in_by(images.stood_in, images.stood_in) == images.stood_in
    assert "that cn-north-1 is reached from where the build runs" in china.not_shown
    plan = own(tmp_path, project="foreign")
    assert "what project foreign does, which this template does not make" in plan.not_shown
    assert "what function tell does, which this template does not make" in plan.not_shown
    for each in (china, images, plan):
        assert any("quotas" in words for words in each.not_shown)


def test_a_template_of_ones_own(tmp_path: Path) -> None:
    there = '[{"name": "TARGET_REGION", "value": "cn-north-1"}]'
    plan = own(tmp_path, variables=there)
    assert step(plan, "Release.Build").what == (
        "run CodeBuild project builder: buildspec buildspec.yml of its input"
    )
    assert step(plan, "Release.Build").reaches == ("cn-north-1",)
    assert step(plan, "Release.Build").gives == ("Built.*",)
    assert step(plan, "Release.Delete").account == "999988887777"
    assert step(plan, "Release.Delete").what == "delete stack old, as x"
    assert step(plan, "Release.Ask").what == "wait until somebody approves, for 90 minutes at most"
    assert len(plan.stages[1].groups[1].steps) == 2
    assert "made elsewhere" in step(own(tmp_path, project="foreign"), "Release.Build").what
    with pytest.raises(RehearsalError, match=r"template.yaml: Release.Build.*is no JSON list"):
        own(tmp_path, variables="no")


def test_two_pipelines_make_two_plans_and_an_unmade_one_none(tmp_path: Path) -> None:
    body = OWN[OWN.index("  Releases:") : OWN.index("  Project:")]
    twice = OWN + body.replace("Releases:", "Others:").replace("PROJECT", "builder")
    filled = twice.replace("PROJECT", "builder").replace("VARIABLES", "[]")
    plans = make_plans(scope_of(written(tmp_path, filled)))
    assert [plan.pipeline for plan in plans] == ["Releases", "Others"]
    never = filled.replace("  Others:\n", "  Others:\n    Condition: Never\n")
    plans = make_plans(scope_of(written(tmp_path, never)))
    assert [plan.pipeline for plan in plans] == ["Releases"]


def test_a_pipeline_of_another_partition_with_a_twin_beyond_is_planned(tmp_path: Path) -> None:
    beyond = {"region": "eu-west-1", "account": "TwinAccountId"}
    topology = changed(
        {
            "home": "us-gov-east-1",
            "stage": [{"name": "Live", "target": [{"region": "us-gov-west-1"}, beyond]}],
        }
    )
    built = multi_region_pipeline.build(parse_topology(toml(topology), name="orders"))
    template = written(tmp_path, render_yaml(built, "x"))
    place = Place("us-gov-east-1", "aws-us-gov", "amazonaws.com", "orders")
    (plan,) = make_plans(Scope(template, place, read_values(template, {}, {})))
    assert step(plan, "Live.us-gov-west-1").account == "{AWS::AccountId}"
    assert step(plan, "Live.eu-west-1").reaches == ("eu-west-1", "{TwinAccountId}")
    assert plan.role == "arn:aws-us-gov:iam::{AWS::AccountId}:role/{CodePipelineServiceRole}"


@pytest.mark.parametrize("name", PIPELINES)
def test_the_terminal_shows_every_step_in_100_columns(name: str) -> None:
    plan = plan_of(name)
    shown = as_text([plan])
    lines = shown.splitlines()
    assert max(map(len, lines)) <= 100
    assert "\033" not in shown
    assert re.sub(r"\033\[\d*m", "", as_text([plan], colour=True)) == shown
    words = " ".join(shown.split())
    for stage in plan.stages:
        for group in stage.groups:
            assert f"  {group.run_order}  {group.steps[0].action.name}" in shown
    for each in plan.steps:
        assert f"{each.action.name} {each.action.region}" in words
        assert each.what in words
    for sentence in (*plan.stood_in, *plan.not_shown, *plan.unknown):
        assert sentence in words


@pytest.mark.parametrize("name", PIPELINES)
def test_json_and_markdown_say_the_same(name: str) -> None:
    plan = plan_of(name)
    (data,) = json.loads(as_json([plan]))
    told = [s for stage in data["stages"] for group in stage["groups"] for s in group]
    assert [each["does"] for each in told] == [each.what for each in plan.steps]
    assert (data["stood_in"], data["not_shown"]) == ([*plan.stood_in], [*plan.not_shown])
    rows = [line for line in as_markdown([plan]).splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + len(plan.steps)
    assert {row.count("|") for row in rows} == {7}
    assert all(each.what in row for each, row in zip(plan.steps, rows[2:], strict=True))
