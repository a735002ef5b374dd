"""The multi-region pipeline with targets in other partitions, and behind approvals, as rendered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import pytest
from crossing import STAGES, rendered, resolve, variables
from templates.committed import PROJECT, document, statements, walk

from pipeline.errors import InputError
from pipeline.library import Entry
from pipeline.stacks import multi_region_pipeline
from pipeline.topology_file import parse_topology
from topologies import changed, toml

CROSSINGS = {
    "ChinaTest": "/China/Test",
    "ChinaLive": "/China/Live",
    "GovCloudLive": "/GovCloud/Live",
    "ChinaLate": "/China/Late",
}
KEYS = [
    f"{path}/{key}" for path in CROSSINGS.values() for key in ("UserAccessKey", "UserSecretKey")
]
BY_EC2_ALONE = "ReadParametersInReferenceLookup"
GIVEN = {
    "ProjectName": "web-app",
    "StageName": "live",
    "AWS::AccountId": "444455556666",
    "AWS::Region": "cn-north-1",
    "AWS::Partition": "aws-cn",
    "ChinaAccountId": "444455556666",
    "ChinaRegion": "cn-north-1",
}


def of_type(type_: str) -> dict[str, dict[str, Any]]:
    """Return the resources of a type by logical id."""
    found = rendered()["Resources"].items()
    return {title: each["Properties"] for title, each in found if each["Type"] == type_}


def actions(stage: str) -> list[dict[str, Any]]:
    """Return the actions of a stage."""
    stages = rendered()["Resources"]["AppPipeline"]["Properties"]["Stages"]
    found: list[dict[str, Any]] = next(s["Actions"] for s in stages if s["Name"] == stage)
    return found


def parameters_read(role: dict[str, Any]) -> Iterator[str]:
    """Yield the names of parameters that a role may read, as patterns."""
    for _, each in statements(role):
        if any(action.startswith("ssm:Get") for action in each["Action"]):
            assert each["Sid"] != BY_EC2_ALONE or "aws:CalledVia" in json.dumps(each["Condition"])
            if each["Sid"] != BY_EC2_ALONE:
                for resource in each["Resource"]:
                    yield "/" + resource["Fn::Sub"].partition(":parameter")[2].lstrip("/")


@pytest.mark.parametrize("title", CROSSINGS)
def test_a_projects_role_reads_the_keys_of_its_own_stage_and_partition(title: str) -> None:
    role = of_type("AWS::IAM::Role")[f"{title}CodeBuildServiceRole"]
    own = CROSSINGS[title]
    names = (
        "DeploymentS3Bucket",
        *("UserAccessKey", "UserAccessKey:*", "UserSecretKey", "UserSecretKey:*"),
    )
    assert set(parameters_read(role)) == {f"{own}/{name}" for name in names}


def test_no_other_role_reads_an_access_key() -> None:
    reading = {
        title
        for title, role in of_type("AWS::IAM::Role").items()
        for pattern in parameters_read(role)
        for key in KEYS
        if fnmatch(key, pattern)
    }
    assert reading == {f"{title}CodeBuildServiceRole" for title in CROSSINGS}
    pattern = rendered()["Parameters"]["AmiParameterName"]["AllowedPattern"]
    assert not [key for key in KEYS if re.fullmatch(pattern, key.removeprefix("/"))]


def test_with_tokens_no_role_reads_a_key_and_each_asks_for_its_own_audience() -> None:
    roles = {
        title: each["Properties"]
        for title, each in rendered("web-identity")["Resources"].items()
        if each["Type"] == "AWS::IAM::Role"
    }
    read = {pattern for role in roles.values() for pattern in parameters_read(role)}
    assert not [key for key in KEYS if any(fnmatch(key, pattern) for pattern in read)]
    for title, path in CROSSINGS.items():
        audience = f"${{ProjectName}}-{path.rpartition('/')[2].lower()}"
        assert audience in json.dumps(roles[f"{title}CodeBuildServiceRole"])
    assert "ParameterKeyArn" not in rendered("web-identity")["Parameters"]


def test_with_tokens_a_project_is_told_which_role_to_take_on_where() -> None:
    for title, path in CROSSINGS.items():
        resource = rendered("web-identity")["Resources"][f"{title}DeployProject"]
        listed = resource["Properties"]["Environment"]["EnvironmentVariables"]
        told = {each["Name"]: resolve(each["Value"], GIVEN) for each in listed}
        stage = path.rpartition("/")[2].lower()
        assert told["WEB_IDENTITY_ROLE"] == f"web-app-{stage}-deploy"
        assert told["AUDIENCE"] == f"web-app-{stage}"
        assert told["TARGET_PARTITION"] == {"C": "aws-cn", "G": "aws-us-gov"}[title[0]]
        assert not {"USER_ACCESS_KEY_SSM", "USER_SECRET_KEY_SSM"} & told.keys()


def test_each_project_runs_under_its_own_role_and_the_pipeline_may_start_it() -> None:
    started = next(
        each["Resource"]
        for _, each in statements(of_type("AWS::IAM::Role")["CodePipelineServiceRole"])
        if each.get("Sid") == "StartBuilds"
    )
    projects = of_type("AWS::CodeBuild::Project")
    for title in CROSSINGS:
        project = projects[f"{title}DeployProject"]
        assert project["ServiceRole"] == {"Fn::GetAtt": [f"{title}CodeBuildServiceRole", "Arn"]}
        assert {"Fn::GetAtt": [f"{title}DeployProject", "Arn"]} in started
    assert len(started) == len(projects) == 3 + len(CROSSINGS)


def test_nothing_of_the_repository_chooses_what_runs_where_the_keys_are() -> None:
    spec = (PROJECT / "buildspecs" / "deploy-china.yml").read_text(encoding="utf-8")
    for title in CROSSINGS:
        project = of_type("AWS::CodeBuild::Project")[f"{title}DeployProject"]
        assert project["Source"] == {"Type": "CODEPIPELINE", "BuildSpec": spec}
        assert {name for name in variables(f"{title}DeployProject") if name not in spec} == set()


def test_a_crossing_is_deployed_beside_the_stages_own_regions() -> None:
    own, china = actions("Test")
    assert own["Region"] == "us-east-2"
    assert "Region" not in china
    assert china["Configuration"] == {"ProjectName": {"Ref": "ChinaTestDeployProject"}}
    assert china["InputArtifacts"] == [{"Name": "Source"}]
    assert {each.get("RunOrder", 1) for each in (own, china)} == {1}


def test_an_approval_comes_first_and_says_what_is_about_to_change() -> None:
    approve, *others = actions("Live")
    assert (approve["RunOrder"], {each["RunOrder"] for each in others}) == (1, {2})
    assert approve["ActionTypeId"]["Provider"] == "Manual"
    assert approve["TimeoutInMinutes"] == {"Ref": "ApprovalTimeoutInMinutes"}
    assert approve["Configuration"]["CustomData"]["Fn::Sub"] == (
        "Commit #{Build.COMMIT} is about to change the stack ${AWS::StackName}-live in "
        "${AWS::Region} and the stack ${ProjectName}-app-stack-live in ${ChinaRegion}, "
        "us-gov-west-1."
    )
    link, _ = approve["Configuration"]["ExternalEntityLink"]["Fn::Sub"]
    assert link.endswith("#/stacks?filteringText=${AWS::StackName}-live")


def test_people_are_told_that_they_are_asked() -> None:
    rules = of_type("AWS::Events::Rule")
    assert rules.keys() >= {"ApprovalWantedRule", "ApprovalFailedRule"}


def test_an_approval_of_what_lies_beyond_links_to_nothing_it_cannot_show() -> None:
    approve, _ = actions("Late")
    text = approve["Configuration"]["CustomData"]["Fn::Sub"]
    assert text.endswith("change the stack ${ProjectName}-app-stack-late in ${ChinaRegion}.")
    assert set(approve["Configuration"]) == {"CustomData"}


def test_a_stage_that_only_crosses_gets_no_stack_at_home() -> None:
    for title in ("CodePipelineServiceRole", "CloudFormationServiceRole"):
        granted = json.dumps(of_type("AWS::IAM::Role")[title])
        assert "${AWS::StackName}-live" in granted
        assert "${AWS::StackName}-late" not in granted


def test_the_gate_lints_for_every_region_of_every_partition() -> None:
    regions = variables("StaticCodeAnalysisProject")["TARGET_REGIONS"]["Fn::Sub"].split()
    assert regions == ["us-east-2", "${ChinaRegion}", "${AWS::Region}", "us-gov-west-1"]


def test_nothing_is_asked_about_other_partitions_where_there_is_none() -> None:
    asked = {"ProjectName", "ChinaAccountId", "ParameterKeyArn", "ApprovalTimeoutInMinutes"}
    assert rendered()["Parameters"].keys() >= asked
    assert not document("multi-region-pipeline")["Parameters"].keys() & asked


def test_both_sides_mean_the_same_things_by_the_same_names() -> None:
    there = document("china-image-access")["Resources"]
    given = {**GIVEN, "DeploymentBucket": "BUCKET"}
    told = {
        name: resolve(value, given) for name, value in variables("ChinaLiveDeployProject").items()
    }
    bucket = resolve(there["DeploymentBucket"]["Properties"]["BucketName"], given)
    stored = of_type("AWS::SSM::Parameter")["ChinaLiveDeploymentS3BucketParameter"]
    assert resolve(stored["Value"], given) == bucket
    assert stored["Name"] == told["S3_BUCKET_SSM"]
    assert told["IMAGE_PROJECT"] == resolve(there["ImageProject"]["Properties"]["Name"], given)
    assert told["TEMPLATE"] == "TemplatePath", "what the regions at home are deployed from"
    role = there["CloudFormationServiceRole"]["Properties"]["RoleName"]
    assert told["CLOUDFORMATION_ROLE"] == resolve(role, given)
    (stack,) = (
        resolve(each["Resource"][0], given)
        for _, each in statements(there["DeployUser"])
        if each["Sid"] == "DeployStack"
    )
    assert stack.endswith(f":stack/{told['STACK_NAME']}/*")
    asked = document("cross-region-deploy")["Parameters"]
    assert told["PARAMETER_OVERRIDES"].partition("=")[0] in asked


@pytest.mark.parametrize("name", ["Stage-1", "x" * 17])
def test_a_stage_whose_name_its_roles_there_cannot_bear_is_refused(name: str) -> None:
    topology = parse_topology(
        toml(changed({"stage": [{**STAGES[0], "name": name}]})), name="orders"
    )
    line = r"^topologies/orders\.toml: stage\[1\]\.name: .*; use 1 to 16 letters and digits$"
    with pytest.raises(InputError, match=line):
        Entry("orders-pipeline", multi_region_pipeline, topology).build()


def test_every_reference_leads_somewhere() -> None:
    known = {*rendered()["Resources"], *rendered()["Parameters"]}
    for path, node in walk(rendered()["Resources"]):
        if path.endswith("/Ref") and "::" not in node:
            assert node in known, path
