"""What looks like a fault of a pipeline and is none, or may be none: nothing is said of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from planting import GOOD, planted

from aws_reference.action_type import ActionType
from aws_reference.action_types import ACTION_TYPES
from review.judge import judge
from review.pipeline_case import kind, of_action, of_actions, of_pipeline, of_stage
from template_reader.file import Template
from template_reader.text import read_text

STACK_SET = (
    f"{kind('Deploy', 'CloudFormationStackSet')}, InputArtifacts: [{{Name: Packaged}}],"
    " Configuration: {StackSetName: all, TemplatePath: 'Packaged::t.yaml', "
)
EXECUTE = (
    f"RunOrder: 9, {kind('Deploy', 'CloudFormation')}, Configuration:"
    " {ActionMode: CHANGE_SET_EXECUTE, StackName: other-app, ChangeSetName: changes"
)
CASES = {
    "booleans and numbers, which CloudFormation makes texts of": of_action(
        "Source.Source",
        "RunOrder: '1', ActionTypeId: {Version: 1}, Configuration: {DetectChanges: false}",
    ),
    "the pipeline's region written down": of_action("Source.Source", "Region: us-east-1"),
    "the pipeline's region by function": of_action("Source.Source", "Region: !Ref AWS::Region"),
    "a region by parameter": of_action("Deploy.Approve", "Region: !Ref Region"),
    "an artifact read again": of_action("Deploy.Home", "InputArtifacts: [{Name: Source}]"),
    "a path into an artifact by parameter": of_action(
        "Deploy.Home", "Configuration: {TemplatePath: !Sub '${Artifact}::template.yaml'}"
    ),
    "a file by parameter": of_action(
        "Deploy.Home", "Configuration: {TemplatePath: !Sub 'Packaged::${File}'}"
    ),
    "a path nobody reads": of_action(
        "Deploy.Execute", f"{EXECUTE}, TemplatePath: 'Elsewhere::template.yaml'}}"
    ),
    "a change set that somebody else makes": of_action("Deploy.Execute", f"{EXECUTE}}}"),
    "a change set of another stack that somebody else makes": of_actions(
        "Deploy",
        {
            "Home": "Configuration: {ActionMode: CHANGE_SET_REPLACE, ChangeSetName: own}",
            "Execute": f"Region: us-east-1, {EXECUTE}}}",
        },
    ),
    "a custom action that calls something a change set": of_actions(
        "Deploy",
        {
            "Home": "Configuration: {ActionMode: CHANGE_SET_REPLACE, ChangeSetName: own}",
            "Own": f"Region: us-east-1, {kind('Deploy', 'Own', 'Custom')}, Configuration:"
            " {ActionMode: CHANGE_SET_EXECUTE, StackName: web-app, ChangeSetName: other}",
        },
    ),
    "a role by its name in an ARN": of_action(
        "Deploy.Home",
        "Configuration: {RoleArn:"
        " !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${DeployRole}'}",
    ),
    "a command as long as may be": of_action(
        "Build.Run",
        f"{kind('Compute', 'Commands')}, InputArtifacts: [{{Name: Source}}],"
        f" Commands: [{'x' * 1000}]",
    ),
    "a variable without a default": of_pipeline("Variables: [{Name: Free}]"),
    "the shortest timeout": of_action("Deploy.Approve", "TimeoutInMinutes: 5"),
    "a mode by variable": of_action(
        "Deploy.Home", "Configuration: {ActionMode: '#{variables.Tier}'}"
    ),
    "overrides with a function of CodePipeline": of_action(
        "Deploy.Home",
        "Configuration: {ParameterOverrides:"
        ' \'{"Url": {"Fn::GetArtifactAtt": ["Packaged", "URL"]}}\'}',
    ),
    "JSON that a variable makes": of_action(
        "Deploy.Home", "Configuration: {ParameterOverrides: '#{Build.Overrides}'}"
    ),
    "JSON that variables fill in": of_action(
        "Deploy.Home",
        "Configuration: {ParameterOverrides: '{\"Count\": #{Build.Count}, #{Build.More}}'}",
    ),
    "JSON with a parameter in it": of_action(
        "Deploy.Home", "Configuration: {ParameterOverrides: !Sub '{\"Tier\": ${Tier}}'}"
    ),
    "a variable that a build may export": of_action(
        "Deploy.Approve", "Configuration: {CustomData: '#{Build.CommitID}'}"
    ),
    "a variable of a source that the reference does not name": of_action(
        "Deploy.Approve", "Configuration: {CustomData: '#{Source.AuthorEmail}'}"
    ),
    "a namespace by parameter": of_action(
        "Deploy.Approve", "Configuration: {CustomData: !Sub '#{${Space}.CommitId}'}"
    ),
    "a shell's own braces": of_action(
        "Deploy.Approve", "Configuration: {CustomData: '${#list[@]} #{no} #{.} #{a b}'}"
    ),
    "a custom action with keys of its own": of_action(
        "Build.Jenkins", f"{kind('Build', 'Jenkins', 'Custom')}, Configuration: {{Any: thing}}"
    ),
    "another provider that is not known here": of_action(
        "Build.Load", f"{kind('Test', 'BlazeMeter', 'ThirdParty')}, Configuration: {{Any: thing}}"
    ),
    "keys of a provider whose keys nobody confirmed": of_action(
        "Deploy.Stack",
        f"{kind('Deploy', 'OpsWorks')}, InputArtifacts: [{{Name: Packaged}}],"
        " Configuration: {StackId: '1', AppId: '2'}",
    ),
    "a stack set's parameters with colons": of_action(
        "Deploy.All",
        f"{STACK_SET}Parameters: 'ParameterKey=A,ParameterValue=AWS::EC2::Image'}}",
    ),
    "a stack set's parameters in a file": of_action(
        "Deploy.All", f"{STACK_SET}Parameters: 'Packaged::parameters.json'}}"
    ),
    "a stack set under a model by parameter": of_action(
        "Deploy.All",
        f"{STACK_SET}PermissionModel: !Ref Model, OrganizationsAutoDeployment: Enabled}}",
    ),
    "a stack set's regions by parameter": of_action(
        "Deploy.All", f"{STACK_SET}DeploymentTargets: ou-1, Regions: !Ref Regions}}"
    ),
    "an alias's ARN in the account": of_pipeline(
        "ArtifactStores: [{Region: us-east-1, ArtifactStore: {EncryptionKey: {Id:"
        " !Sub 'arn:${AWS::Partition}:kms:us-east-1:${AWS::AccountId}:alias/work'}}}],"
        " Stages: [{Name: Deploy, Actions: [{Name: Home,"
        " RoleArn: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/deploy'}]}]"
    ),
    "conditions of a stage": of_stage(
        "Build", "OnFailure: {Result: RETRY, RetryConfiguration: {RetryMode: ALL_ACTIONS}}"
    ),
    "a role handed in": of_action("Deploy.Home", "Configuration: {RoleArn: !Ref RoleArn}"),
    "a role of the action alone": of_action(
        "Deploy.Home", "RoleArn: !Ref RoleArn, Configuration: {RoleArn: null}"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_said_of(name: str) -> None:
    assert judge(planted(CASES[name])) == []


def example(type_: ActionType) -> str:
    """Return an action of a type as the reference requires it, in a stage of its own."""
    filled = {key: words[0] for key, words in type_.words.items() if key in type_.required}
    filled |= {"ActionMode": "DELETE_ONLY", "RoleArn": "arn:aws:iam::111122223333:role/deploy"}
    filled |= dict.fromkeys(type_.artifact_keys, "Source") | {"TemplatePath": "Source::t.yaml"}
    filled |= {"Regions": "eu-west-1", "DeploymentTargets": "ou-1", "Extract": "true"}
    keys = [*type_.required, *(["DeploymentTargets"] if "Regions" in type_.required else [])]
    keys += ["RoleArn"] if "ActionMode" in type_.required else []
    action = {
        "ActionTypeId": {
            key: getattr(type_, key.lower()) for key in ("Category", "Owner", "Provider", "Version")
        },
        "Configuration": {key: filled.get(key, "x") for key in keys},
        "InputArtifacts": [{"Name": "Source"}] * type_.inputs[0],
        "OutputArtifacts": [{"Name": "Made"}] * type_.outputs[0],
        "Commands": ["make"] if type_.category == "Compute" else [],
    }
    stage = "Source" if type_.category == "Source" else "Try"
    return of_action(f"{stage}.Try", json.dumps(action)[1:-1])


@pytest.mark.parametrize("type_", ACTION_TYPES, ids=str)
def test_nothing_is_said_of_an_action_as_the_reference_requires_it(type_: ActionType) -> None:
    assert judge(planted(example(type_))) == []


@pytest.mark.parametrize(
    "type_", [each for each in ACTION_TYPES if each.required and each.keys_known], ids=str
)
def test_an_action_is_found_that_lacks_what_the_reference_requires(type_: ActionType) -> None:
    document: Any = planted(example(type_)).document
    stages = document["Resources"]["Pipeline"]["Properties"]["Stages"]
    (action,) = (each for stage in stages for each in stage["Actions"] if each["Name"] == "Try")
    del action["Configuration"][type_.required[0]]
    assert {each.rule for each in judge(Template(GOOD, document))} == {"MP121"}


def test_sources_that_exclude_each_other_may_have_one_name() -> None:
    document = read_text(GOOD.read_text(encoding="utf-8"))
    document["Parameters"]["Kind"] = {"Type": "String", "AllowedValues": ["one", "other"]}
    document["Conditions"] = {"IsOne": {"Fn::Equals": [{"Ref": "Kind"}, "one"]}}
    first = document["Resources"]["Pipeline"]["Properties"]["Stages"][0]
    (source,) = first["Actions"]
    first["Actions"] = [
        {"Fn::If": ["IsOne", source, {"Ref": "AWS::NoValue"}]},
        {"Fn::If": ["IsOne", {"Ref": "AWS::NoValue"}, source]},
    ]
    assert judge(Template(GOOD, document)) == []
    first["Actions"] = [source, {"Fn::If": ["IsOne", source, {"Ref": "AWS::NoValue"}]}]
    assert {each.rule for each in judge(Template(GOOD, document))} == {
        "MP113",
        "MP142",
        "MP162",
    }
