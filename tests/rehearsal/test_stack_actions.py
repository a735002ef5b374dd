"""CloudFormation actions: every mode, what they are told, and what a stack that fails says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from embedded import HOME_REGION, Clouds
from launching import launch_text
from small_pipeline import (
    OTHER_REGION,
    Answers,
    Made,
    approval,
    artifact,
    deploy,
    make_pipeline,
    of,
    pushed,
    stage,
)

from rehearsal.execution import Pipeline, execute
from rehearsal.outcome import ActionResult, Status

PLACE = "Deploy.App"
PARAMETER = "AWS::SSM::Parameter"


def template(value: str = "one", **more: Any) -> str:
    """Return a template of a parameter store's parameter, and what else there is."""
    kept = {"Type": PARAMETER, "Properties": {"Name": "kept", "Type": "String", "Value": value}}
    out = {"Kept": {"Value": {"Fn::GetAtt": ["Kept", "Value"]}}}
    return json.dumps({"Resources": {"Kept": kept, **more}, "Outputs": out})


ASKING = json.dumps(
    {
        "Parameters": {"Value": {"Type": "String"}, "Names": {"Type": "String", "Default": "-"}},
        "Resources": {
            "Kept": {
                "Type": PARAMETER,
                "Properties": {
                    "Name": "kept",
                    "Type": "String",
                    "Value": {"Fn::Sub": "${Value} ${Names}"},
                },
            }
        },
        "Outputs": {"Value": {"Value": {"Fn::GetAtt": ["Kept", "Value"]}}},
    }
)
BROKEN = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Handler": "index.handler",
        "Role": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/function"},
        "Runtime": "python3.12",
        "Code": {"S3Bucket": "nobodys", "S3Key": "code.zip"},
    },
}


def run(pipeline: Pipeline, text: str, **more: str) -> ActionResult:
    """Return what came of the deployment of a template, and other files."""
    files = {"app.yaml": text, **{name.replace("_", "."): each for name, each in more.items()}}
    return of(execute(pipeline, pushed(files)), PLACE)


def stack(pipeline: Pipeline, account: str = "", region: str = HOME_REGION) -> dict[str, Any]:
    client = pipeline.scene.clouds.client("cloudformation", region, account or pipeline.account)
    found: dict[str, Any] = client.describe_stacks(StackName="app")["Stacks"][0]
    return found


def kept(pipeline: Pipeline, account: str = "", region: str = HOME_REGION) -> str:
    ssm = pipeline.scene.clouds.client("ssm", region, account or pipeline.account)
    value: str = ssm.get_parameter(Name="kept")["Parameter"]["Value"]
    return value


def test_a_stack_is_created_updated_and_left_as_it_is(clouds: Clouds, tmp_path: Path) -> None:
    pipeline = make_pipeline(clouds, tmp_path, stage("Deploy", deploy("App")))
    first = run(pipeline, template())
    assert (first.status, first.said, first.stack) == (Status.SUCCEEDED, "CREATE_COMPLETE", "app")
    assert run(pipeline, template("other")).said == "UPDATE_COMPLETE"
    assert kept(pipeline) == "other"
    assert run(pipeline, template("other")).said == "nothing changes"


def test_what_fails_names_the_place_the_resource_and_the_mend(
    clouds: Clouds, tmp_path: Path
) -> None:
    pipeline = make_pipeline(clouds, tmp_path, stage("Deploy", deploy("App")))
    failed = run(pipeline, template(Code=BROKEN))
    assert failed.status is Status.FAILED
    place = f"stack app in {HOME_REGION} of account {pipeline.account} is ROLLBACK_COMPLETE"
    assert failed.why.startswith(f"{place}; first to fail was Code (AWS::Lambda::Function): ")
    assert "S3 Error Code: NoSuchKey." in failed.why
    assert failed.mend == "correct Code::app.yaml by what is said above, and push again"


@pytest.mark.slow
def test_an_update_that_fails_leaves_the_stack_as_it_was(clouds: Clouds, tmp_path: Path) -> None:
    pipeline = make_pipeline(clouds, tmp_path, stage("Deploy", deploy("App")))
    run(pipeline, template())
    failed = run(pipeline, template("other", Code=BROKEN))
    assert "is UPDATE_ROLLBACK_COMPLETE; first to fail was Code" in failed.why
    assert kept(pipeline) == "one"
    assert run(pipeline, template("third")).said == "UPDATE_COMPLETE"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "status"),
    [("CREATE_UPDATE", Status.FAILED), ("REPLACE_ON_FAILURE", Status.SUCCEEDED)],
)
def test_a_stack_that_was_never_made_is_replaced_if_the_mode_says_so(
    clouds: Clouds, tmp_path: Path, mode: str, status: Status
) -> None:
    pipeline = make_pipeline(clouds, tmp_path, stage("Deploy", deploy("App", mode)))
    run(pipeline, template(Code=BROKEN))
    second = run(pipeline, template())
    assert second.status is status
    if status is Status.FAILED:
        assert "ROLLBACK_COMPLETE state" in second.why
    else:
        assert second.said == "CREATE_COMPLETE"
        assert run(pipeline, template("two")).said == "UPDATE_COMPLETE"


CHANGE = {"ChangeSetName": "change"}
EXECUTED = {"RoleArn": None, "TemplatePath": None, **CHANGE}


@pytest.mark.slow
def test_change_sets_are_made_anew_and_executed(clouds: Clouds, tmp_path: Path) -> None:
    app = deploy("App", "CHANGE_SET_EXECUTE", told=EXECUTED, inputs=(), Namespace="App")
    stages = (
        stage("Change", deploy("Propose", "CHANGE_SET_REPLACE", told=CHANGE)),
        stage("Deploy", app),
        stage("Ask", approval("Approve", told={"CustomData": "#{App.Kept}"})),
    )
    answers = Answers()
    pipeline = make_pipeline(clouds, tmp_path, *stages, approves=answers)
    assert proposed(pipeline, template()) == ("change set of 1 changes", "CREATE_COMPLETE")
    assert proposed(pipeline, template("two")) == ("change set of 1 changes", "UPDATE_COMPLETE")
    assert kept(pipeline) == "two"
    assert proposed(pipeline, template("two")) == ("change set of 0 changes", "nothing changes")
    assert answers.shown == ["one", "two", "two"]
    failed = of(execute(pipeline, pushed({"app.yaml": "[]"})), "Change.Propose")
    assert failed.status is Status.FAILED


def proposed(pipeline: Pipeline, text: str) -> tuple[str, str]:
    done = execute(pipeline, pushed({"app.yaml": text}))
    return of(done, "Change.Propose").said, of(done, PLACE).said


@pytest.mark.slow
def test_a_change_set_of_a_new_stack_that_nobody_executes_is_replaced(
    clouds: Clouds, tmp_path: Path
) -> None:
    answers = iter([False, True])
    stages = (
        stage("Change", deploy("Propose", "CHANGE_SET_REPLACE", told=CHANGE)),
        stage("Ask", approval("Approve")),
        stage("Deploy", deploy("App", "CHANGE_SET_EXECUTE", told=EXECUTED, inputs=())),
    )
    pipeline = make_pipeline(clouds, tmp_path, *stages, approves=lambda place, text: next(answers))
    execute(pipeline, pushed({"app.yaml": template()}))
    assert stack(pipeline)["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert proposed(pipeline, template("two"))[1] == "CREATE_COMPLETE"
    assert kept(pipeline) == "two"


@pytest.mark.slow
def test_a_change_set_that_is_not_there_fails(clouds: Clouds, tmp_path: Path) -> None:
    execute_it = deploy("App", "CHANGE_SET_EXECUTE", told=EXECUTED, inputs=())
    pipeline = make_pipeline(clouds, tmp_path, stage("Deploy", execute_it))
    assert "ChangeSetNotFound" in run(pipeline, template()).why


@pytest.mark.slow
def test_a_stack_is_deleted_if_it_is_there(clouds: Clouds, tmp_path: Path) -> None:
    gone = deploy("Gone", "DELETE_ONLY", told={"TemplatePath": None}, inputs=())
    pipeline = make_pipeline(clouds, tmp_path, stage("Delete", gone), stage("D", deploy("App")))
    first = execute(pipeline, pushed({"app.yaml": template()}))
    assert of(first, "Delete.Gone").said == "there is no such stack"
    second = execute(pipeline, pushed({"app.yaml": template()}))
    assert of(second, "Delete.Gone").said == "deleted"
    assert of(second, "D.App").said == "CREATE_COMPLETE"


@pytest.mark.slow
def test_parameters_and_tags_come_from_the_configuration_and_overrides(
    clouds: Clouds, tmp_path: Path
) -> None:
    told = {
        "TemplateConfiguration": "Code::settings.json",
        "ParameterOverrides": '{"Names": ["a", "b"]}',
        "OutputFileName": "outputs.json",
    }
    app = deploy("App", told=told, outputs=("Out",), Namespace="App")
    answers = Answers()
    ask = stage("Ask", approval("Approve", told={"CustomData": "#{App.Value}"}))
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        stage("Deploy", app),
        ask,
        approves=answers,
    )
    settings = {"Parameters": {"Value": "set", "Names": "no"}, "Tags": {"team": "orders"}}
    files = {"app.yaml": ASKING, "settings.json": json.dumps(settings)}
    execution = execute(pipeline, pushed(files))
    assert execution.status is Status.SUCCEEDED, execution.results
    assert kept(pipeline) == "set a,b"
    assert stack(pipeline)["Tags"] == [{"Key": "team", "Value": "orders"}]
    assert json.loads(artifact(pipeline, execution, "Out")["outputs.json"]) == {"Value": "set a,b"}
    assert answers.shown == ["set a,b"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("told", "files", "said"),
    [
        ({}, {"other": ""}, ("there is no app.yaml in the artifact Code", "TemplatePath")),
        (
            {"TemplateConfiguration": "Code::settings.json"},
            {},
            ("there is no settings.json in the artifact Code", "TemplateConfiguration"),
        ),
        (
            {"TemplateConfiguration": "Code::settings.json"},
            {"settings.json": "{"},
            ("TemplateConfiguration: is no JSON: ", "correct it"),
        ),
        (
            {"TemplateConfiguration": "Code::settings.json"},
            {"settings.json": '{"StackPolicy": {}}'},
            ("TemplateConfiguration: StackPolicy is not done here", "leave it out"),
        ),
        ({"ParameterOverrides": "Names=a"}, {}, ("ParameterOverrides: is no JSON: ", "correct it")),
        ({"ParameterOverrides": "[1]"}, {}, ("ParameterOverrides: is no mapping", "correct it")),
        (
            {"ParameterOverrides": '{"Nobody": "a"}'},
            {},
            (
                "Parameters: [Nobody] do not exist in the template",
                "leave it out of ParameterOverrides",
            ),
        ),
        ({}, {"app.yaml": ASKING}, ("Parameter 'Value' has no Default and was not provided", "")),
        (
            {"ParameterOverrides": '{"Value": 1}'},
            {"app.yaml": ASKING},
            ("parameter Value: 1 is no text", "quote it"),
        ),
    ],
)
def test_what_an_action_is_told_wrongly_fails_it(
    clouds: Clouds,
    tmp_path: Path,
    told: dict[str, str],
    files: dict[str, str],
    said: tuple[str, str],
) -> None:
    pipeline = make_pipeline(clouds, tmp_path, stage("Deploy", deploy("App", told=told)))
    app = {} if "other" in files else {"app.yaml": template()}
    failed = of(execute(pipeline, pushed({**app, **files})), PLACE)
    assert failed.status is Status.FAILED
    assert said[0] in failed.why
    assert said[1] in failed.mend


@pytest.mark.slow
def test_an_artifact_of_outputs_that_has_no_file_name_is_missed(
    clouds: Clouds, tmp_path: Path
) -> None:
    use = deploy("Use", inputs=("Out",), told={"TemplatePath": "Out::app.yaml"})
    stages = (stage("Deploy", deploy("App", outputs=("Out",))), stage("Use", use))
    execution = execute(make_pipeline(clouds, tmp_path, *stages), pushed({"app.yaml": template()}))
    assert of(execution, PLACE).status is Status.SUCCEEDED
    assert of(execution, "Use.Use").why == "there is no artifact Out: nobody has made it"


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["CREATE_UPDATE", "CHANGE_SET_REPLACE"])
def test_a_template_too_long_for_a_call_is_taken_from_the_store(
    clouds: Clouds, tmp_path: Path, mode: str
) -> None:
    app = deploy("App", mode, told=CHANGE if mode == "CHANGE_SET_REPLACE" else {})
    pipeline = make_pipeline(clouds, tmp_path, stage("Deploy", app))
    done = run(pipeline, json.dumps({**json.loads(template()), "Metadata": {"Long": "-" * 60_000}}))
    assert done.status is Status.SUCCEEDED, done.why
    assert stack(pipeline)["StackStatus"] in {"CREATE_COMPLETE", "REVIEW_IN_PROGRESS"}


def elsewhere(clouds: Clouds, home: str) -> str:
    """Return another account, with roles that the pipeline of one may use there."""
    account = clouds.account()
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}

    def role(name: str, principal: dict[str, str]) -> dict[str, Any]:
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        may = {"PolicyName": "may", "PolicyDocument": {"Statement": [allow]}}
        properties = {
            "RoleName": name,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [may],
        }
        return {"Type": "AWS::IAM::Role", "Properties": properties}

    roles = {
        "Deployer": role("deployer", {"AWS": f"arn:aws:iam::{home}:root"}),
        "Stack": role("stack", {"Service": "cloudformation.amazonaws.com"}),
    }
    text = json.dumps({"Resources": roles})
    launch_text(clouds.home, HOME_REGION, account, "elsewhere", text)
    return account


def open_store(pipeline: Pipeline, region: str, account: str) -> None:
    """Let another account read a store, and use its key."""
    (store,) = (each for each in pipeline.definition.stores if each.region == region)
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    allow = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject"}
    policy = {
        "Version": "2012-10-17",
        "Statement": [{**allow, "Resource": f"arn:aws:s3:::{store.bucket}/*"}],
    }
    s3 = pipeline.scene.clouds.client("s3", region, pipeline.account)
    s3.put_bucket_policy(Bucket=store.bucket, Policy=json.dumps(policy))
    kms = pipeline.scene.clouds.client("kms", region, pipeline.account)
    own = {**allow, "Principal": {"AWS": f"arn:aws:iam::{pipeline.account}:root"}}
    both = [{**each, "Action": "kms:*", "Resource": "*"} for each in (own, allow)]
    kms.put_key_policy(
        KeyId=store.key,
        PolicyName="default",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": both}),
    )


@pytest.mark.slow
def test_a_stack_in_another_account_and_region(clouds: Clouds, tmp_path: Path) -> None:
    home = clouds.account()
    other = elsewhere(clouds, home)
    app = deploy(
        "App",
        Region=OTHER_REGION,
        RoleArn=f"arn:aws:iam::{other}:role/deployer",
        told={"RoleArn": f"arn:aws:iam::{other}:role/stack"},
    )
    pipeline = make_pipeline(
        clouds,
        tmp_path,
        stage("Deploy", app),
        made=Made(regions=(HOME_REGION, OTHER_REGION)),
        account=home,
    )
    refused = run(pipeline, template())
    assert refused.status is Status.FAILED
    assert (refused.account, refused.region) == (other, OTHER_REGION)
    assert refused.refused[0].principal == f"arn:aws:iam::{other}:role/deployer"
    assert refused.refused[0].action == "s3:GetObject"
    open_store(pipeline, OTHER_REGION, other)
    done = run(pipeline, template())
    assert done.status is Status.SUCCEEDED, done.why
    assert kept(pipeline, other, OTHER_REGION) == "one"
    failed = run(pipeline, template(Code=BROKEN))
    assert f"stack app in {OTHER_REGION} of account {other} is " in failed.why


@pytest.mark.slow
def test_an_action_that_may_not_take_its_role_names_it(clouds: Clouds, tmp_path: Path) -> None:
    home = clouds.account()
    other = elsewhere(clouds, clouds.account())
    role = f"arn:aws:iam::{other}:role/deployer"
    app = deploy("App", RoleArn=role)
    execution = execute(
        make_pipeline(clouds, tmp_path, stage("Deploy", app), account=home),
        pushed({"app.yaml": template()}),
    )
    (refused,) = of(execution, PLACE).refused
    assert (refused.action, refused.resource) == ("sts:AssumeRole", role)
    assert refused.principal == f"arn:aws:iam::{home}:role/pipeline"


@pytest.mark.slow
def test_a_call_the_pipeline_may_not_make_is_named(clouds: Clouds, tmp_path: Path) -> None:
    made = Made(lacking={"pipeline": "Deploy"})
    pipeline = make_pipeline(clouds, tmp_path, stage("Deploy", deploy("App")), made=made)
    (refused, *_more) = run(pipeline, template()).refused
    assert refused.action == "cloudformation:DescribeStacks"
    assert "Action: cloudformation:DescribeStacks" in refused.statement
