"""The second seed, part by part, in the committed templates of `topologies/global-china.toml`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from templates.committed import (
    PROJECT,
    actions_of,
    document,
    pipeline_of,
    resources,
    statements,
    text,
    walk,
)

PIPELINE = "global-china-pipeline"
ROLES = "global-china-service-roles"
ROLE_NAMES = ("CodeBuildRole", "CodePipelineRole", "CloudformationRole")
# The seed's tables; its second UserAccessKey is the secret.
SEED_NAMES = {
    *(f"/US/Dev/{name}" for name in (*ROLE_NAMES, "DeploymentS3Bucket", "CodeBuildImage")),
    "/US/Stage/CrossAccountStageRole",
    "/US/Prod/CrossAccountStageRole",
    "/China/Dev/DeploymentS3Bucket",
}
SEED_SECRETS = {"/China/Dev/UserAccessKey", "/China/Dev/UserSecretKey"}
STAGES = ["Source", "Build", "Dev", "Stage", "Prod"]
CROSSINGS = ("Dev", "Stage", "Prod")
SECRET = re.compile(r"/(China|GovCloud)/(\w+)/User(Access|Secret)Key")


def pipeline() -> dict[str, Any]:
    return pipeline_of(PIPELINE)


def stage(name: str) -> list[dict[str, Any]]:
    return actions_of(PIPELINE, name)


def looked_up() -> dict[str, str]:
    """Return the Parameter Store names the pipeline looks up at launch, by template parameter."""
    found = document(PIPELINE)["Parameters"].items()
    return {
        title: each["Default"]
        for title, each in found
        if each["Type"] == "AWS::SSM::Parameter::Value<String>"
    }


def written() -> set[str]:
    """Return the Parameter Store names that templates write for the pipeline."""
    names = {
        each["Properties"]["Name"] for each in resources(ROLES, "AWS::SSM::Parameter").values()
    }
    prefixed = resources("artifact-store", "AWS::SSM::Parameter").values()
    return names | {
        each["Properties"]["Name"]["Fn::Sub"].replace("${ParameterPrefix}", "/US/Dev")
        for each in prefixed
    }


def variables(project: str) -> dict[str, Any]:
    """Return the environment a project gives its builds."""
    environment = resources(PIPELINE)[project]["Properties"]["Environment"]
    return {each["Name"]: each["Value"] for each in environment["EnvironmentVariables"]}


def test_the_seeds_names_are_looked_up() -> None:
    named = {str(node) for _, node in walk(document(PIPELINE)) if isinstance(node, str)}
    assert named >= SEED_NAMES | SEED_SECRETS
    assert set(looked_up().values()) >= SEED_NAMES - {"/China/Dev/DeploymentS3Bucket"}


def test_whatever_is_looked_up_some_template_writes() -> None:
    buckets = {variables(f"China{each}DeployProject")["S3_BUCKET_SSM"] for each in CROSSINGS}
    assert set(looked_up().values()) | buckets == written()


def test_no_template_writes_a_key() -> None:
    assert not {each for each in written() if SECRET.fullmatch(each)}


def test_stages_stand_in_the_seeds_order() -> None:
    assert [each["Name"] for each in pipeline()["Stages"]] == STAGES


@pytest.mark.parametrize("name", CROSSINGS)
def test_a_stage_makes_a_change_set_and_then_executes_it_and_deploys_to_china(name: str) -> None:
    made, *between, executed, china = stage(name)
    modes = [each["Configuration"].get("ActionMode") for each in (made, executed)]
    assert modes == ["CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE"]
    assert made["RunOrder"] < executed["RunOrder"] == china["RunOrder"]
    same = ("StackName", "ChangeSetName")
    assert all(made["Configuration"][k] == executed["Configuration"][k] for k in same)
    assert china["Configuration"]["ProjectName"] == {"Ref": f"China{name}DeployProject"}
    assert [each["Name"] for each in between] == (["Review", "Approve"] if name == "Prod" else [])
    orders = [each["RunOrder"] for each in stage(name)]
    assert orders == ([1, 2, 3, 4, 4] if name == "Prod" else [1, 2, 2])


@pytest.mark.parametrize(("name", "account"), [("Dev", ""), ("Stage", "Stage"), ("Prod", "Prod")])
def test_the_role_of_each_account_is_assumed(name: str, account: str) -> None:
    assumed = {"Ref": f"{account}CrossAccountStageRole"} if account else None
    for action in stage(name):
        if action["ActionTypeId"]["Provider"] == "CloudFormation":
            assert action.get("RoleArn") == assumed
    own = stage(name)[0]["Configuration"]["RoleArn"]
    if account:
        pattern, _ = own["Fn::Sub"]
        assert pattern.endswith(f":role/${{ProjectName}}-{name.lower()}-cloudformation")
    else:
        assert own == {"Ref": "DevCloudformationRole"}


def test_the_approval_says_what_changes_and_where_to_look() -> None:
    (approval,) = [each for each in stage("Prod") if each["Name"] == "Approve"]
    told = approval["Configuration"]["CustomData"]["Fn::Sub"]
    assert "#{Build.COMMIT}" in told
    assert "#{ReviewProd.CHANGES}" in told
    assert "${AWS::Region}" in told
    assert "${ChinaRegion}" in told
    assert "CommitMessage" not in text(PIPELINE)
    assert "cloudformation/home" in approval["Configuration"]["ExternalEntityLink"]["Fn::Sub"][0]
    assert approval["TimeoutInMinutes"] == {"Ref": "ApprovalTimeoutInMinutes"}
    assert len(told) + 500 <= 1_000 + len("#{ReviewProd.CHANGES}#{Build.COMMIT}")


def told(rule: str) -> tuple[dict[str, Any], str]:
    """Return of which events a rule tells, and what it says."""
    properties = resources(PIPELINE)[f"{rule}Rule"]["Properties"]
    (target,) = properties["Targets"]
    said = target["InputTransformer"]["InputTemplate"]["Fn::Sub"][0]
    return properties["EventPattern"]["detail"], said


def test_somebody_is_told_that_an_approval_waits() -> None:
    event, said = told("ApprovalWanted")
    assert (event["state"], event["type"]) == (["STARTED"], {"category": ["Approval"]})
    assert "waits for somebody to agree" in said


def test_an_approval_that_times_out_or_is_rejected_says_how_to_be_asked_again() -> None:
    event, said = told("ApprovalFailed")
    assert (event["state"], event["type"]) == (["FAILED"], {"category": ["Approval"]})
    assert "nobody answered in time, or somebody rejected it" in said
    assert "has changed nothing" in said
    assert "Retry (all actions of the stage)" in said


def test_another_failure_is_retried_with_its_change_set_made_anew() -> None:
    event, said = told("ActionFailed")
    assert event["type"] == {"category": [{"anything-but": ["Approval"]}]}
    assert "Retry (all actions of the stage)" in said
    assert "account <account>, region <region>" in said


@pytest.mark.parametrize("name", CROSSINGS)
def test_the_build_that_holds_keys_runs_the_inlined_buildspec_on_what_was_built(name: str) -> None:
    project = resources(PIPELINE)[f"China{name}DeployProject"]["Properties"]
    expected = (PROJECT / "buildspecs" / "deploy-china.yml").read_text(encoding="utf-8")
    assert project["Source"] == {"Type": "CODEPIPELINE", "BuildSpec": expected}
    (action,) = [
        each
        for each in stage(name)
        if each["ActionTypeId"]["Provider"] == "CodeBuild" and each["Name"] != "Review"
    ]
    assert action["InputArtifacts"] == [{"Name": "Bundle"}]


@pytest.mark.parametrize("name", CROSSINGS)
def test_only_names_of_keys_are_in_a_builds_environment(name: str) -> None:
    environment = resources(PIPELINE)[f"China{name}DeployProject"]["Properties"]["Environment"]
    assert {each["Type"] for each in environment["EnvironmentVariables"]} == {"PLAINTEXT"}
    told = variables(f"China{name}DeployProject")
    assert told["USER_ACCESS_KEY_SSM"] == f"/China/{name}/UserAccessKey"
    assert told["USER_SECRET_KEY_SSM"] == f"/China/{name}/UserSecretKey"


def test_each_key_is_read_by_the_role_of_its_build_alone() -> None:
    for title, role in resources(ROLES, "AWS::IAM::Role").items():
        readable = {
            match[2]
            for _, node in walk(role["Properties"]["Policies"])
            if isinstance(node, str) and (match := SECRET.search(node))
        }
        stage_of = re.fullmatch(r"China(\w+)CodeBuildServiceRole", title)
        assert readable == ({stage_of[1]} if stage_of else set()), title


def test_no_role_reads_all_of_parameter_store() -> None:
    for title, role in resources(ROLES, "AWS::IAM::Role").items():
        for path, statement in statements(role):
            if any(action.startswith("ssm:") for action in statement["Action"]):
                for each in statement["Resource"]:
                    # Versions and labels of one parameter: a name has no colon.
                    name = each["Fn::Sub"].removesuffix(":*")
                    assert "*" not in name, f"{title}{path}"


def test_the_build_packages_for_each_store() -> None:
    packages = variables("CodeBuildProject")["PACKAGES"]
    assert packages == {"Fn::Sub": "${AWS::Region}=${S3BucketName}"}


def test_the_pipeline_makes_no_role_but_those_that_start_it() -> None:
    made = set(resources(PIPELINE, "AWS::IAM::Role"))
    assert made == {"CodeCommitEventRole", "S3EventRole"}


def test_the_user_in_china_has_no_console_and_only_its_own_keys() -> None:
    user = resources("china-access")["DeployUser"]["Properties"]
    assert "LoginProfile" not in user
    (policy,) = user["Policies"]
    own = [
        each
        for _, each in statements(policy)
        if any(action.startswith("iam:") and "AccessKey" in action for action in each["Action"])
    ]
    ((resource,),) = [each["Resource"] for each in own]
    assert resource["Fn::Sub"].endswith(":user/${ProjectName}-${StageName}-deploy")


def test_roles_of_the_application_are_bounded() -> None:
    """Whoever may make roles without a bound may make one that may do anything."""
    for name in ("cross-account-role", "china-access", ROLES):
        for _, statement in statements(document(name)["Resources"]):
            if {"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"} & set(
                map(str, statement["Action"])
            ):
                bound = statement["Condition"]["StringEquals"]["iam:PermissionsBoundary"]
                assert bound["Fn::Sub"].endswith("-boundary")
