"""What a picture is to show is read from the YAML: order, choices, and where each action acts."""

from __future__ import annotations

from typing import Any

import pytest
from drawing import action, committed, drawn, names, only, pipeline, stage, stage_of
from templates.committed import pipeline_of

from picture.actions import Action
from picture.places import Place

HOME, OWN = "the pipeline's region", "the pipeline's account"
CHINA = "ChinaRegion (default cn-north-1)"


def shown(name: str) -> dict[str, list[list[Action]]]:
    return {
        each.name: [list(column.actions) for column in each.columns]
        for each in committed(name).stages
    }


@pytest.mark.parametrize("name", ["multi-region-pipeline", "global-china-pipeline"])
def test_the_stages_are_those_of_the_template_in_order(name: str) -> None:
    assert list(shown(name)) == [each["Name"] for each in pipeline_of(name)["Stages"]]


def test_the_multi_region_pipeline_is_told_in_the_words_of_its_projects() -> None:
    told = {
        stage: [(each.name, each.what) for column in columns for each in column]
        for stage, columns in shown("multi-region-pipeline").items()
    }
    assert told == {
        "Source": [("Source", "CodeCommit, CodeConnections or S3")],
        "StaticAnalysis": [
            (
                "CfnLint",
                "CodeBuild: Lints the deploy template with cfn-lint, for every target region",
            )
        ],
        "SecurityAnalysis": [
            ("Scan", "CodeBuild: Scans the deploy template with cfn_nag and checkov")
        ],
        "Build": [
            ("Build", "CodeBuild: Builds and tests the application and makes its machine image")
        ],
        "CopyImage": [
            (
                "CopyImage",
                "Lambda: Copies the image to the other regions and writes where each copy is",
            )
        ],
        "Deploy": [
            (HOME, "CloudFormation: create or update stack"),
            ("OtherRegion1 (default us-east-2)", "CloudFormation: create or update stack"),
            ("OtherRegion2 (default ap-south-1)", "CloudFormation: create or update stack"),
        ],
    }


def test_the_multi_region_pipeline_deploys_at_once_to_three_regions_of_its_account() -> None:
    (column,) = shown("multi-region-pipeline")["Deploy"]
    assert [each.place for each in column] == [
        Place(HOME, OWN),
        Place("OtherRegion1 (default us-east-2)", OWN),
        Place("OtherRegion2 (default ap-south-1)", OWN),
    ]


def test_the_china_pipeline_deploys_to_three_accounts_and_their_twins() -> None:
    stages = shown("global-china-pipeline")
    assert {name: [each.place for each in stages[name][-1]] for name in list(stages)[2:]} == {
        "Dev": [Place(HOME, OWN), Place(CHINA, "ChinaDevAccountId", "China")],
        "Stage": [
            Place(HOME, "that of StageCrossAccountStageRole"),
            Place(CHINA, "ChinaStageAccountId", "China"),
        ],
        "Prod": [
            Place(HOME, "that of ProdCrossAccountStageRole"),
            Place(CHINA, "ChinaProdAccountId", "China"),
        ],
    }


def test_prod_is_prepared_reviewed_approved_and_only_then_executed() -> None:
    columns = shown("global-china-pipeline")["Prod"]
    assert [[(each.name, each.kind) for each in column] for column in columns] == [
        [("ChangeSet-REGION", "deploy")],
        [("Review", "build")],
        [("Approve", "approval")],
        [(HOME, "deploy"), (CHINA, "deploy")],
    ]


def test_what_acts_where_the_pipeline_is_needs_no_place_unless_it_deploys() -> None:
    actions = [
        each for stage in committed("global-china-pipeline").stages for each in stage.actions
    ]
    assert names([each for each in actions if not each.placed]) == [
        *("Source", "Build", "Review", "Approve")
    ]


def test_order_is_by_run_order_and_then_as_written() -> None:
    found = stage_of(
        action("c", RunOrder=20), action("a", RunOrder="3"), action("d", RunOrder=20), action("b")
    )
    assert [names(column.actions) for column in found.columns] == [["b"], ["a"], ["c", "d"]]


@pytest.mark.parametrize(
    "order", [None, "", "x", [], {}, -1, 0.5, True, "²", {"Ref": "Nothing"}, "9" * 9, 10**400]
)
def test_a_run_order_that_is_none_leaves_the_action_in_the_picture(order: Any) -> None:
    assert only(action("a", RunOrder=order)).name == "a"


PARAMETERS = {
    "Region": {"Type": "String", "Default": "eu-west-1"},
    "Bare": {"Type": "String"},
    "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/b"},
    "Secret": {"Type": "String", "NoEcho": True, "Default": "hidden"},
    "Role": {"Type": "String", "Default": "arn:aws:iam::210987654321:role/x"},
    "China": {"Type": "String", "Default": "cn-northwest-1"},
    "Gov": {"Type": "String", "Default": "us-gov-west-1"},
    "Odd": [],
}


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (None, HOME),
        ("eu-central-1", "eu-central-1"),
        ({"Ref": "AWS::Region"}, HOME),
        ({"Fn::Sub": "${AWS::Region}"}, HOME),
        ({"Ref": "Region"}, "Region (default eu-west-1)"),
        ({"Fn::Sub": "${Region}"}, "Region (default eu-west-1)"),
        ({"Ref": "Bare"}, "Bare"),
        ({"Ref": "Stored"}, "Stored"),
        ({"Ref": "Secret"}, "Secret"),
        ({"Ref": "Odd"}, "Odd"),
        ({"Ref": "Nowhere"}, "Nowhere"),
        ({"Fn::Sub": "eu-${!x}-${Bare}-${Region}"}, "eu-${x}-Bare-eu-west-1"),
        ({"Fn::Sub": ["${A}-1", {"A": {"Ref": "Bare"}}]}, "Bare-1"),
        ({"Fn::Join": ["-", ["eu", {"Ref": "Bare"}]]}, "eu-Bare"),
        (
            {"Fn::If": ["C", {"Ref": "Region"}, "eu-north-1"]},
            "Region (default eu-west-1) or eu-north-1",
        ),
        ({"Fn::If": ["C", "eu-north-1", {"Ref": "AWS::NoValue"}]}, f"eu-north-1 or {HOME}"),
        ({"Fn::FindInMap": ["M", "a", "b"]}, "eu-south-1"),
        ({"Fn::FindInMap": ["M", "a", {"Ref": "Bare"}]}, "set at launch"),
        ({"Fn::ImportValue": "regions"}, "the export regions"),
        ({"Fn::GetAtt": ["A", "B"]}, "A.B"),
        ({"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Bare"}]}]}, "Bare"),
        ({"Fn::Transform": {"Name": "X"}}, "set at launch"),
    ],
)
def test_a_region_is_told_as_far_as_the_template_knows_it(region: Any, words: str) -> None:
    maps = {"M": {"a": {"b": "eu-south-1"}}}
    found = only(action("a", Region=region), Parameters=PARAMETERS, Mappings=maps)
    assert found.place.region == words


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (None, OWN),
        ({"Fn::GetAtt": ["Role", "Arn"]}, OWN),
        ("arn:aws:iam::123456789012:role/x", "123456789012"),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/x"}, OWN),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::${Bare}:role/x"}, "Bare"),
        ({"Ref": "Role"}, "210987654321"),
        ({"Ref": "Bare"}, "that of Bare"),
        ({"Ref": "Stored"}, "that of Stored"),
        ({"Fn::ImportValue": "role"}, "that of the export role"),
        ("arn:", OWN),
        ({"Fn::If": ["C", {"Ref": "Bare"}, {"Ref": "AWS::NoValue"}]}, f"that of Bare or {OWN}"),
    ],
)
def test_an_account_is_that_of_the_role(role: Any, words: str) -> None:
    found = only(action("a", "CloudFormation", RoleArn=role), Parameters=PARAMETERS)
    assert found.place.account == words


@pytest.mark.parametrize(
    ("region", "meant", "partition"),
    [
        ({"Ref": "China"}, None, "China"),
        ({"Ref": "China"}, ["aws"], "China"),
        ({"Ref": "China"}, ["aws", "aws-cn"], ""),
        ({"Ref": "Gov"}, None, "AWS GovCloud"),
        ({"Fn::If": ["C", {"Ref": "Gov"}, "us-east-1"]}, None, "AWS GovCloud"),
        ("eusc-de-east-1", None, "AWS European Sovereign Cloud"),
        ({"Ref": "Region"}, "aws", ""),
        ("mars-north-1", None, ""),
    ],
)
def test_another_partition_is_named(region: Any, meant: Any, partition: str) -> None:
    metadata = {"Meridian": {"Partitions": meant}}
    found = only(action("a", Region=region), Parameters=PARAMETERS, Metadata=metadata)
    assert found.place.partition == partition


def build(**project: Any) -> dict[str, Any]:
    return {"P": {"Type": "AWS::CodeBuild::Project", "Properties": project}}


@pytest.mark.parametrize(
    ("called", "project", "says"),
    [
        ({"Ref": "P"}, {"Description": "Does it."}, "Does it"),
        ("orders", {"Name": "orders", "Description": "Does it."}, "Does it"),
        ({"Fn::Sub": "x-${A}"}, {"Name": {"Fn::Sub": "x-${A}"}, "Description": "It"}, "It"),
        ({"Ref": "P"}, {}, "P"),
        ("elsewhere", {"Name": "orders", "Description": "Does it."}, "elsewhere"),
        (None, {"Description": "Does it."}, ""),
        ({"Ref": "P"}, {"Description": ["It"]}, "P"),
    ],
)
def test_a_build_says_what_its_project_says(called: Any, project: Any, says: str) -> None:
    configured = {"ProjectName": called} if called else {}
    assert only(action("a", Configuration=configured), Resources=build(**project)).says == says


def test_a_function_says_what_it_does() -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Description": "Copies."}}
    found = only(
        action("a", "Lambda", Configuration={"FunctionName": {"Ref": "F"}}),
        Resources={"F": function},
    )
    assert (found.kind, found.what) == ("invoke", "Lambda: Copies")


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("CREATE_UPDATE", "create or update stack"),
        ("DELETE_ONLY", "delete stack"),
        ({"Ref": "Mode"}, "create or update stack or delete stack"),
        ({"Ref": "Other"}, "make change set"),
        ("NEWER", "NEWER"),
        (None, ""),
        ([], ""),
    ],
)
def test_an_action_of_cloudformation_says_what_becomes_of_the_stack(mode: Any, says: str) -> None:
    parameters = {
        "Mode": {"AllowedValues": ["REPLACE_ON_FAILURE", "CREATE_UPDATE", "DELETE_ONLY"]},
        "Other": {"Default": "CHANGE_SET_REPLACE"},
    }
    configured = {"ActionMode": mode}
    found = only(action("a", "CloudFormation", Configuration=configured), Parameters=parameters)
    assert found.says == says


NOTHING = {"Ref": "AWS::NoValue"}


def chosen(*alternatives: Any) -> Any:
    first, *rest = alternatives
    return {"Fn::If": [f"Is{first['Name']}", first, chosen(*rest) if len(rest) > 1 else rest[0]]}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ([chosen(action("a"), NOTHING)], [("a", "only if Isa")]),
        ([chosen(action("a"), action("b"))], [("a", "only if Isa"), ("b", "only if not Isa")]),
        ([chosen(action("a", "S3"), action("a", "ECR"))], [("a", "")]),
        (
            [chosen(action("a", "S3"), action("a", "ECR"), NOTHING)],
            [("a", "not at every launch")],
        ),
        (
            [chosen(action("a"), action("a", RunOrder=2))],
            [("a", "only if Isa"), ("a", "only if not Isa")],
        ),
        ([{"Fn::If": ["C", [], "x"]}, action("b")], [("b", "")]),
        ([{"Fn::If": ["C"]}, {"Fn::If": "C"}, action("b")], [("b", "")]),
    ],
)
def test_a_choice_of_actions_is_shown_as_one(written: Any, told: Any) -> None:
    assert [(each.name, each.when) for each in stage_of(*written).actions] == told


def test_a_choice_of_whole_lists_is_shown_as_one() -> None:
    same = [action("a", "S3")], [action("a", "ECR"), chosen(action("b"), NOTHING)]
    (found,) = drawn({"Name": "Source", "Actions": {"Fn::If": ["C", *same]}}).stages
    assert [(each.name, each.provider, each.when) for each in found.actions] == [
        ("a", "S3", "only if C"),
        ("a", "ECR", "only if not C"),
        ("b", "CodeBuild", "only if not C and Isb"),
    ]


def test_a_stage_that_not_every_launch_has_says_so() -> None:
    wanted = chosen(stage("Scan", action("a")), NOTHING)
    stages = drawn(stage("Build", action("b")), wanted).stages
    assert [(each.name, each.when) for each in stages] == [
        ("Build", ""),
        ("Scan", "only if IsScan"),
    ]


def test_the_document_of_a_pipeline_is_not_changed_by_reading() -> None:
    document = pipeline(stage("Build", action("b")))
    assert drawn(stage("Build", action("b"))) == drawn(
        *document["Resources"]["Pipeline"]["Properties"]["Stages"]
    )
