"""The first seed, part by part, in the committed `multi-region-pipeline.yaml`."""

from __future__ import annotations

import json
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
    walk,
)

NAME = "multi-region-pipeline"
SEED_RESOURCES = {
    "CloudFormationServiceRole": "AWS::IAM::Role",
    "CodeBuildServiceRole": "AWS::IAM::Role",
    "CodePipelineServiceRole": "AWS::IAM::Role",
    "LambdaServiceRole": "AWS::IAM::Role",
    "SecurityCodeAnalysisServiceRole": "AWS::IAM::Role",
    "StaticCodeAnalysisServiceRole": "AWS::IAM::Role",
    "StaticCodeAnalysisProject": "AWS::CodeBuild::Project",
    "SecurityCodeAnalysisProject": "AWS::CodeBuild::Project",
    "CodeBuildProject": "AWS::CodeBuild::Project",
    "CopyImage": "AWS::Lambda::Function",
    "AppPipeline": "AWS::CodePipeline::Pipeline",
}
SEED_PARAMETERS = {
    "OtherRegion1",
    "OtherRegion2",
    "RepositoryBranch",
    "RepositoryName",
    "S3BucketName",
    "S3BucketNameForOtherRegion1",
    "S3BucketNameForOtherRegion2",
}
WITHOUT_DEFAULT = {
    "S3BucketName",
    "S3BucketNameForOtherRegion1",
    "S3BucketNameForOtherRegion2",
}
STAGES = ["Source", "StaticAnalysis", "SecurityAnalysis", "Build", "CopyImage", "Deploy"]
HOME, OTHER_1, OTHER_2 = {"Ref": "AWS::Region"}, {"Ref": "OtherRegion1"}, {"Ref": "OtherRegion2"}


def pipeline() -> dict[str, Any]:
    return pipeline_of(NAME)


def stage(name: str) -> list[dict[str, Any]]:
    return actions_of(NAME, name)


def test_the_seeds_resources_stand_under_their_own_ids() -> None:
    found = {title: each["Type"] for title, each in resources(NAME).items()}
    assert SEED_RESOURCES.items() <= found.items()


def test_the_seeds_parameters_stand_under_their_own_names() -> None:
    parameters = document(NAME)["Parameters"]
    assert parameters.keys() >= SEED_PARAMETERS
    assert {each for each in parameters if "Default" not in parameters[each]} == WITHOUT_DEFAULT


def test_stages_stand_in_the_seeds_order() -> None:
    assert [each["Name"] for each in pipeline()["Stages"]] == STAGES


def test_the_pipelines_type_is_stated() -> None:
    assert pipeline()["PipelineType"] == "V2"


def test_every_region_of_an_action_has_its_artifact_store() -> None:
    stores = [each["Region"] for each in pipeline()["ArtifactStores"]]
    used = [each["Region"] for each in stage("Deploy")]
    assert stores == [HOME, OTHER_1, OTHER_2]
    assert all(region in stores for region in used)


def test_the_three_regions_are_deployed_at_once_by_one_action_each() -> None:
    deploys = stage("Deploy")
    assert [each["Region"] for each in deploys] == [HOME, OTHER_1, OTHER_2]
    assert [each["Name"] for each in deploys] == [HOME, OTHER_1, OTHER_2]
    assert {each.get("RunOrder", 1) for each in deploys} == {1}


def test_a_stack_that_never_came_up_is_replaced_on_the_next_run() -> None:
    modes = {json.dumps(each["Configuration"]["ActionMode"]) for each in stage("Deploy")}
    assert modes == {'{"Ref": "DeployActionMode"}'}
    assert document(NAME)["Parameters"]["DeployActionMode"]["Default"] == "REPLACE_ON_FAILURE"


def test_the_image_is_copied_to_the_other_regions_only() -> None:
    (copy,) = stage("CopyImage")
    order = json.loads(copy["Configuration"]["UserParameters"]["Fn::Sub"])
    assert order["regions"] == ["${OtherRegion1}", "${OtherRegion2}"]
    assert order["image"] == "#{Build.AMI_ID}"
    assert order["parameter"] == "${AmiParameterName}"
    assert order["execution"] == "#{codepipeline.PipelineExecutionId}"


def test_copies_bear_the_tag_their_role_may_remove() -> None:
    (copy,) = stage("CopyImage")
    order = json.loads(copy["Configuration"]["UserParameters"]["Fn::Sub"])
    assert order["pipeline"] == "${AWS::StackName}"
    removing = [
        statement
        for _, statement in statements(resources(NAME)["LambdaServiceRole"])
        if {"ec2:DeregisterImage", "ec2:DeleteSnapshot"} & set(statement["Action"])
    ]
    assert [each["Condition"] for each in removing] == [
        {
            "StringEquals": {
                "aws:ResourceTag/Pipeline": {"Ref": "AWS::StackName"},
                "aws:RequestedRegion": [OTHER_1, OTHER_2],
            },
            "StringLike": {"aws:ResourceTag/SourceImage": "ami-*"},
        }
    ]


def test_every_variable_is_of_a_namespace_an_earlier_action_has() -> None:
    known = {"codepipeline"}
    for each in pipeline()["Stages"]:
        used = re.findall(r"#\{(\w+)\.", json.dumps(each["Actions"]))
        assert set(used) <= known, each["Name"]
        known |= {node for path, node in walk(each["Actions"]) if path.endswith("/Namespace")}


def test_the_application_stack_is_given_the_image_parameter_it_asks_for() -> None:
    asked = document("cross-region-deploy")["Parameters"]
    for each in stage("Deploy"):
        given = json.loads(each["Configuration"]["ParameterOverrides"]["Fn::Sub"])
        assert given == {"ImageId": "${AmiParameterName}"}
        assert asked.keys() >= given.keys()
    assert asked["ImageId"]["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
    assert (
        asked["ImageId"]["Default"] == document(NAME)["Parameters"]["AmiParameterName"]["Default"]
    )


def test_the_source_is_chosen_by_parameter_and_nothing_polls() -> None:
    offered = document(NAME)["Parameters"]["SourceType"]["AllowedValues"]
    assert offered == ["CodeCommit", "CodeConnections", "S3"]
    (source,) = stage("Source")
    providers = [n for path, n in walk(source) if path.endswith("/Provider")]
    assert providers == ["CodeCommit", "CodeStarSourceConnection", "S3"]
    polling = [n for path, n in walk(source) if path.endswith("/PollForSourceChanges")]
    assert polling == ["false", "false"]


def test_each_source_type_starts_the_pipeline() -> None:
    rules = resources(NAME, "AWS::Events::Rule")
    assert rules["CodeCommitEventRule"]["Condition"] == "SourceIsCodeCommit"
    assert rules["S3EventRule"]["Condition"] == "SourceIsS3"
    condition, (trigger,), _ = pipeline()["Triggers"]["Fn::If"]
    assert condition == "SourceIsCodeConnections"
    assert (
        trigger["GitConfiguration"]["SourceActionName"] == stage("Source")[0]["Fn::If"][1]["Name"]
    )
    assert trigger["GitConfiguration"]["Push"] == [
        {"Branches": {"Includes": [{"Ref": "RepositoryBranch"}]}}
    ]


@pytest.mark.parametrize(
    ("project", "file"),
    [
        ("StaticCodeAnalysisProject", "static-analysis"),
        ("SecurityCodeAnalysisProject", "security-analysis"),
        ("CodeBuildProject", "build-ami"),
    ],
)
def test_buildspecs_are_inlined_word_for_word(project: str, file: str) -> None:
    inlined = resources(NAME)[project]["Properties"]["Source"]["BuildSpec"]
    assert inlined == (PROJECT / "buildspecs" / f"{file}.yml").read_text()


def test_the_function_is_inlined_word_for_word() -> None:
    inlined = resources(NAME)["CopyImage"]["Properties"]["Code"]["ZipFile"]
    assert inlined == (PROJECT / "src" / "lambdas" / "copy_image.py").read_text()


def test_every_variable_a_buildspec_names_is_set_by_its_project() -> None:
    for title, project in resources(NAME, "AWS::CodeBuild::Project").items():
        given = {
            each["Name"] for each in project["Properties"]["Environment"]["EnvironmentVariables"]
        }
        used = {each for each in given if each in project["Properties"]["Source"]["BuildSpec"]}
        assert used == given, title


def test_an_action_that_starts_something_may_start_it() -> None:
    granted = {
        action
        for _, statement in statements(resources(NAME)["CodePipelineServiceRole"])
        for action in statement["Action"]
    }
    assert granted >= {
        "codebuild:StartBuild",
        "codebuild:BatchGetBuilds",
        "lambda:InvokeFunction",
        "cloudformation:CreateStack",
        "cloudformation:DeleteStack",
        "iam:PassRole",
    }


def test_only_the_deploy_role_is_passed_and_only_to_cloudformation() -> None:
    passing = [
        statement
        for _, statement in statements(document(NAME)["Resources"])
        if "iam:PassRole" in statement["Action"]
    ]
    assert [each["Resource"] for each in passing] == [
        [{"Fn::GetAtt": ["CloudFormationServiceRole", "Arn"]}]
    ]
    assert passing[0]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
    }


def test_the_roles_launched_alone_grant_what_the_one_click_stack_grants() -> None:
    for title in (each for each in SEED_RESOURCES if each.endswith("ServiceRole")):
        together, alone = (
            [
                (each["Sid"], each["Action"])
                for _, each in statements(resources(name)[title]["Properties"]["Policies"])
            ]
            for name in (NAME, "service-roles")
        )
        assert alone == together, title


def test_the_gate_waives_what_our_deploy_template_gives_its_reasons_for() -> None:
    waived = document(NAME)["Parameters"]["SkippedChecks"]["Default"].split(",")
    reasoned = [
        each["id"]
        for path, node in walk(document("cross-region-deploy")["Resources"])
        if path.endswith("/checkov/skip")
        for each in node
    ]
    assert sorted(waived) == sorted(reasoned)
