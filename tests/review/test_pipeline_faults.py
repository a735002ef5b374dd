"""Faults of a pipeline beyond each rule's own case: found by one rule, in words that help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from planting import GOOD, planted

from review.judge import judge
from review.pipeline_case import kind, of_action, of_pipeline, of_stage
from template_reader.file import Template
from template_reader.text import read_text

Change = Callable[[dict[str, Any]], object]
STORE = {"Type": "S3", "Location": "a", "EncryptionKey": {"Type": "KMS", "Id": "a"}}
OWN, OTHER = {"Ref": "AWS::Region"}, {"Ref": "OtherRegion"}
CHECK = f"{kind('Build', 'CodeBuild')}, Configuration: {{ProjectName: check}}, InputArtifacts: "
CROSS = "RoleArn: 'arn:aws:iam::999988887777:role/deploy'"
ALIAS = "arn:aws:kms:us-east-1:111122223333:alias/work"


def key_id(key: str) -> str:
    store = f"ArtifactStore: {{EncryptionKey: {{Id: {key}}}}}"
    return f"ArtifactStores: [{{Region: us-east-1, {store}}}]"


CASES = {
    "a region of a case of its own": (
        of_action("Deploy.Twin", "Region: EU-WEST-1"),
        "MP103 Pipeline: Deploy.Twin: EU-WEST-1 is no AWS region (did you mean eu-west-1?)",
    ),
    "an action in another partition": (
        of_action("Deploy.Twin", "Region: cn-north-1"),
        "MP105 Pipeline: Deploy.Twin: cn-north-1 is of aws-cn, other regions are of aws",
    ),
    "a source elsewhere": (
        of_action("Source.Source", "Region: eu-west-1"),
        "MP107 Pipeline: Source.Source cannot act in eu-west-1; the pipeline is in us-east-1",
    ),
    "a custom action elsewhere": (
        of_action("Build.Jenkins", f"Region: eu-west-1, {kind('Build', 'Jenkins', 'Custom')}"),
        "MP107 Pipeline: Build.Jenkins cannot act in eu-west-1",
    ),
    "an input made at the same time": (
        of_action("Build.Other", f"{CHECK}[{{Name: Packaged}}]"),
        "MP112 Pipeline: Build.Other takes Packaged, which Build.Build makes later or at the same",
    ),
    "an output too many": (
        of_action("Source.Source", "OutputArtifacts: [{Name: More}]"),
        "MP115 Pipeline: Source.Source.OutputArtifacts: 2, CodeStarSourceConnection wants 1",
    ),
    "an artifact with too long a name": (
        of_action("Build.Build", f"OutputArtifacts: [{{Name: {'x' * 101}}}]"),
        "MP114 Pipeline: Build.Build: 'xxx",
    ),
    "a misspelt artifact in a path": (
        of_action("Deploy.Home", "Configuration: {TemplatePath: 'Package::template.yaml'}"),
        "MP117 Pipeline: Deploy.Home.TemplatePath: 'Package' is no input of it (did you mean Packa",
    ),
    "a path without a file": (
        of_action("Deploy.Home", "Configuration: {TemplateConfiguration: 'Packaged::'}"),
        "MP116 Pipeline: Deploy.Home.TemplateConfiguration: 'Packaged::' names no artifact and",
    ),
    "a key of another provider": (
        of_action("Build.Build", "Configuration: {FunctionName: build}"),
        "MP122 Pipeline: Build.Build: CodeBuild knows no key 'FunctionName'",
    ),
    "a key in another case": (
        of_action("Deploy.Home", "Configuration: {StackName: null, stackName: web-app}"),
        "MP122 Pipeline: Deploy.Home: CloudFormation knows no key 'stackName' (did you mean Stac",
    ),
    "a misspelt key that a mode asks for": (
        of_action(
            "Deploy.Home", "Configuration: {TemplatePath: null, TemplatPath: 'Packaged::t.yaml'}"
        ),
        "MP122 Pipeline: Deploy.Home: CloudFormation knows no key 'TemplatPath' (did you mean Temp",
    ),
    "an empty value": (
        of_action("Deploy.Approve", "Configuration: {CustomData: ''}"),
        "MP123 Pipeline: Deploy.Approve.CustomData: has 0 characters, and may have 1 to 1,000",
    ),
    "a value too long before it is filled in": (
        of_action(
            "Deploy.Approve",
            f"Configuration: {{CustomData: !Sub '{'x' * 990}${{AWS::Region}}{'x' * 11}'}}",
        ),
        "MP123 Pipeline: Deploy.Approve.CustomData: has 1,001 characters",
    ),
    "a misspelt mode": (
        of_action("Deploy.Home", "Configuration: {ActionMode: CREATE_UPDATED}"),
        "MP125 Pipeline: Deploy.Home.ActionMode: 'CREATE_UPDATED' is not known (did you mean CREA",
    ),
    "a second capability that is unknown": (
        of_action("Deploy.Home", "Configuration: {Capabilities: 'CAPABILITY_IAM, CAPABILITY_X'}"),
        "MP126 Pipeline: Deploy.Home.Capabilities: 'CAPABILITY_X' is not known",
    ),
    "a key of a mode of another provider": (
        of_action("Build.Build", "Configuration: {Extract: 'false'}"),
        "MP122 Pipeline: Build.Build: CodeBuild knows no key 'Extract'",
    ),
    "capabilities of what has none": (
        of_action("Build.Build", "Configuration: {Capabilities: ANY}"),
        "MP122 Pipeline: Build.Build: CodeBuild knows no key 'Capabilities'",
    ),
    "an object key that is asked for": (
        of_action(
            "Deploy.Site",
            f"{kind('Deploy', 'S3')}, InputArtifacts: [{{Name: Packaged}}],"
            " Configuration: {BucketName: site, Extract: false}",
        ),
        "MP127 Pipeline: Deploy.Site: Extract false needs ObjectKey",
    ),
    "overrides that are no JSON": (
        of_action("Deploy.Home", "Configuration: {ParameterOverrides: 'Tier=small'}"),
        "MP128 Pipeline: Deploy.Home.ParameterOverrides: is no JSON object",
    ),
    "overrides that are no JSON whatever a variable is": (
        of_action("Deploy.Home", "Configuration: {ParameterOverrides: '{Tier: #{Build.Tier}}'}"),
        "MP128 Pipeline: Deploy.Home.ParameterOverrides: is no JSON object",
    ),
    "a role of an action by its name": (
        of_action("Deploy.Home", "RoleArn: !Ref DeployRole"),
        "MP133 Pipeline: Deploy.Home.RoleArn: !Ref DeployRole is the role's name",
    ),
    "a namespace that nobody has in a command": (
        of_action(
            "Build.Run",
            f"{kind('Compute', 'Commands')}, InputArtifacts: [{{Name: Source}}],"
            " Commands: ['echo #{Build.Version} #{Biuld.Version}'], RunOrder: 2",
        ),
        "MP141 Pipeline: Build.Run: #{Biuld.Version} is of no action's namespace (did you mean Bu",
    ),
    "a variable of a later stage": (
        of_pipeline(
            "Stages: [{Name: Deploy, Actions: [{Name: Twin, Namespace: Twin}]}, {Name: Build,"
            " Actions: [{Name: Build, Configuration: {BuildspecOverride: '#{Twin.Url}'}}]}]"
        ),
        "MP143 Pipeline: Build.Build: #{Twin.Url} is read before Deploy.Twin has given it",
    ),
    "a namespace that is CodePipeline's own": (
        of_action("Deploy.Home", "Namespace: codepipeline"),
        "MP144 Pipeline: Deploy.Home: 'codepipeline' is no name of a namespace",
    ),
    "a variable of the execution in another case": (
        of_action(
            "Deploy.Approve", "Configuration: {CustomData: '#{codepipeline.PipelineExecutionID}'}"
        ),
        "MP147 Pipeline: Deploy.Approve: #{codepipeline.PipelineExecutionID} is given by nobody",
    ),
    "a variable of a source that is misspelt": (
        of_action("Deploy.Approve", "Configuration: {CustomData: '#{Source.BrnachName}'}"),
        "MP147 Pipeline: Deploy.Approve: #{Source.BrnachName} is given by nobody (did you mean Br",
    ),
    "a provider that is misspelt": (
        of_action("Build.Build", "ActionTypeId: {Provider: CodeBiuld}"),
        "MP151 Pipeline: Build.Build: Build/AWS/CodeBiuld/1 is no type of action (did you mean Co",
    ),
    "a source whose provider is misspelt": (
        of_action("Source.Source", "ActionTypeId: {Provider: CodeConnections}"),
        "MP151 Pipeline: Source.Source: Source/AWS/CodeConnections/1 is no type of action",
    ),
    "an approval whose category is misspelt": (
        of_action("Deploy.Approve", "TimeoutInMinutes: 60, ActionTypeId: {Category: Aproval}"),
        "Aproval/AWS/Manual/1 is no type of action (did you mean Approval/AWS/Manual/1?)",
    ),
    "a misspelt provider of another category": (
        of_action("Build.Build", "ActionTypeId: {Provider: ElasticBeanstlk}"),
        "Build/AWS/ElasticBeanstlk/1 is no type of action (did you mean ElasticBeanstalk?)",
    ),
    "an owner who is another": (
        of_action("Source.Source", "ActionTypeId: {Owner: ThirdParty}"),
        "MP151 Pipeline: Source.Source: Source/ThirdParty/CodeStarSourceConnection/1 is no type",
    ),
    "a version there is not": (
        of_action("Build.Build", "ActionTypeId: {Version: '2'}"),
        "MP151 Pipeline: Build.Build: Build/AWS/CodeBuild/2 is no type of action (did you mean Bu",
    ),
    "an approval among sources": (
        of_action("Source.Approve", kind("Approval", "Manual")),
        "MP152 Pipeline: Source.Approve is no source, and stands in the first stage",
    ),
    "a timeout too short": (
        of_action("Deploy.Approve", "TimeoutInMinutes: 4"),
        "MP154 Pipeline: Deploy.Approve: 4 minutes are no time for an approval",
    ),
    "commands of a build": (
        of_action("Build.Build", "Commands: [make]"),
        "MP155 Pipeline: Build.Build is of CodeBuild, and has Commands",
    ),
    "a command too long": (
        of_action(
            "Build.Run",
            f"{kind('Compute', 'Commands')}, InputArtifacts: [{{Name: Source}}],"
            f" Commands: [ls, {'x' * 1001}]",
        ),
        "MP155 Pipeline: Build.Run has a command of over 1,000 characters",
    ),
    "targets of a stack set without regions": (
        of_action(
            "Deploy.All",
            f"{kind('Deploy', 'CloudFormationStackSet')}, InputArtifacts: [{{Name: Packaged}}],"
            " Configuration: {StackSetName: all, TemplatePath: 'Packaged::t.yaml',"
            " DeploymentTargets: ou-1}",
        ),
        "MP134 Pipeline: Deploy.All: has DeploymentTargets and no Regions",
    ),
    "a stage with a space in its name": (
        of_action("Look around.Approve", kind("Approval", "Manual")),
        "MP161 Pipeline: 'Look around' is no name of a stage",
    ),
    "a run order of nil": (
        of_action("Deploy.Approve", "RunOrder: 0"),
        "MP163 Pipeline: Deploy.Approve.RunOrder: 0 is not from 1 to 999",
    ),
    "a run order that is no number": (
        of_action("Deploy.Approve", "RunOrder: 1.5"),
        "MP163 Pipeline: Deploy.Approve.RunOrder: 1.5 is not from 1 to 999",
    ),
    "a retry on V1": (
        of_pipeline(
            "PipelineType: V1, Triggers: null, Variables: null,"
            " Stages: [{Name: Build, OnFailure: {Result: RETRY}}, {Name: Deploy,"
            " Actions: [{Name: Home, Configuration: {ParameterOverrides: null}}]}]"
        ),
        "MP171 Pipeline: is of type V1, and Build has OnFailure",
    ),
    "a result of a failure that is unknown": (
        of_stage("Build", "OnFailure: {Result: ROLBACK}"),
        "MP172 Pipeline: Result: 'ROLBACK' is not known (did you mean ROLLBACK?)",
    ),
    "a trigger of an action there is not": (
        of_pipeline(
            "Triggers: [{ProviderType: CodeStarSourceConnection,"
            " GitConfiguration: {SourceActionName: Sorce}}]"
        ),
        "MP173 Pipeline: Triggers: 'Sorce' is no source action of a connection (did you mean Sour",
    ),
    "an alias's ARN where another account acts": (
        of_pipeline(
            f"{key_id(ALIAS)}, Stages: [{{Name: Deploy, Actions: [{{Name: Home, {CROSS}}}]}}]"
        ),
        "MP181 Pipeline: the key of the store in us-east-1 is the alias arn:aws:kms",
    ),
    "an alias of one's own where a parameter's account acts": (
        of_pipeline(
            key_id("!Sub 'arn:${AWS::Partition}:kms:us-east-1:${AWS::AccountId}:alias/work'")
            + ", Stages: [{Name: Deploy, Actions: [{Name: Home, RoleArn:"
            " !Sub 'arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy'}]}]"
        ),
        "MP181 Pipeline: the key of the store in us-east-1 is the alias arn:${AWS::Partition}",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_found_by_one_rule_and_told_in_words(name: str) -> None:
    case, words = CASES[name]
    found = judge(planted(case))
    assert len({each.rule for each in found}) == 1, list(map(str, found))
    assert words in str(found[0]), str(found[0])


def changed(change: Change) -> list[str]:
    """Return what is found where a change is made to the good pipeline's properties."""
    document = read_text(GOOD.read_text(encoding="utf-8"))
    document["Resources"]["Bucket"] = {
        "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain",
    }  # fmt: skip
    change(document["Resources"]["Pipeline"]["Properties"])
    return [str(each) for each in judge(Template(GOOD, document))]


def actions(pipeline: dict[str, Any], stage: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pipeline["Stages"][stage]["Actions"]
    return found


def regions(*stores: Any, of: tuple[Any, Any]) -> Change:
    """Return a change that gives a pipeline stores in regions, and its deployments regions."""

    def change(pipeline: dict[str, Any]) -> None:
        pipeline["ArtifactStores"] = [{"Region": each, "ArtifactStore": STORE} for each in stores]
        for action, region in zip(actions(pipeline, 2)[::2], of, strict=True):
            action["Region"] = region

    return change


def one_store(*of: Any) -> Change:
    def change(pipeline: dict[str, Any]) -> None:
        regions(of=(of[0], of[1]))(pipeline)
        del pipeline["ArtifactStores"]
        pipeline["ArtifactStore"] = STORE

    return change


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        pytest.param(regions("us-east-1", of=("us-east-1", "eu-west-1")), "MP101", id="literal"),
        pytest.param(regions(OWN, of=(OWN, "eu-west-1")), "MP101", id="literal beside own"),
        pytest.param(regions(OWN, of=(OWN, OTHER)), "MP101", id="parameter beside own"),
        pytest.param(regions(OTHER, of=(OWN, OTHER)), "MP101", id="own beside parameter"),
        pytest.param(regions(OWN, OTHER, of=(OWN, OTHER)), "", id="each by the same expression"),
        pytest.param(
            regions({"Fn::Sub": "${AWS::Region}"}, OTHER, of=(OWN, OTHER)), "", id="own as a Sub"
        ),
        pytest.param(
            regions("us-east-1", "eu-west-1", of=("us-east-1", OTHER)), "", id="a parameter's value"
        ),
        pytest.param(
            regions("us-east-1", OTHER, of=("us-east-1", "eu-west-1")), "", id="maybe the other's"
        ),
        pytest.param(
            regions({"Fn::ImportValue": "r"}, of=(OWN, "eu-west-1")), "", id="an import's value"
        ),
        pytest.param(regions(OTHER, OTHER, of=(OTHER, OTHER)), "MP104", id="one expression twice"),
        pytest.param(one_store("us-east-1", "eu-west-1"), "MP106", id="one store, two regions"),
        pytest.param(one_store(OWN, OTHER), "MP106", id="one store, own and another"),
        pytest.param(one_store("us-east-1", "us-east-1"), "", id="one store, one region"),
        pytest.param(one_store("us-east-1", OTHER), "", id="one store, maybe one region"),
    ],
)
def test_regions_are_told_apart_as_far_as_they_are_known(change: Change, rule: str) -> None:
    assert {line.split()[1] for line in changed(change)} == ({rule} if rule else set())


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        pytest.param(lambda p: p["Stages"].__delitem__(slice(1, 3)), "MP164", id="one stage"),
        pytest.param(lambda p: p["ArtifactStores"].pop(), "MP101", id="a store gone"),
        pytest.param(lambda p: p.pop("ArtifactStores"), "MP102", id="no stores"),
        pytest.param(lambda p: p["ArtifactStores"].clear(), "MP102", id="stores without any"),
        pytest.param(
            lambda p: p["ArtifactStores"][1]["ArtifactStore"].update(Location={"Ref": "Bucket"}),
            "MP108", id="a bucket made elsewhere",
        ),
        pytest.param(lambda p: p.pop("Variables"), "MP145", id="variables gone"),
        pytest.param(lambda p: actions(p, 0)[0].pop("Namespace"), "MP141", id="a namespace gone"),
        pytest.param(lambda p: actions(p, 0)[0].update(Name="Fetch"), "MP173", id="renamed source"),
        pytest.param(lambda p: actions(p, 2)[2].pop("InputArtifacts"), "MP117", id="no input"),
        pytest.param(
            lambda p: actions(p, 1)[0]["OutputArtifacts"][0].update(Name="Package"), "MP111",
            id="a renamed output",
        ),
        pytest.param(
            lambda p: actions(p, 2)[2]["InputArtifacts"][0].update(Name="Package"), "MP111",
            id="a misspelt input",
        ),
        pytest.param(lambda p: p["Stages"][2].update(Name="Build"), "MP162", id="doubled stage"),
        pytest.param(lambda p: p["Stages"][1].update(Actions=[]), "MP153", id="no actions"),
        pytest.param(lambda p: actions(p, 0)[0].pop("OutputArtifacts"), "MP115", id="no output"),
        pytest.param(
            lambda p: actions(p, 0)[0]["ActionTypeId"].update(Category="Sourec"), "MP151",
            id="a misspelt category",
        ),
    ],
)  # fmt: skip
def test_what_is_taken_away_is_missed_by_one_rule(change: Change, rule: str) -> None:
    found = changed(change)
    assert {line.split()[1] for line in found} == {rule}, found


@pytest.mark.parametrize(
    ("allowed", "rules"),
    [
        pytest.param(["CREATE_UPDATE", "REPLACE_ON_FAILURE"], {"MP127", "MP129"}, id="all ask"),
        pytest.param(["CREATE_UPDATE", "DELETE_ONLY"], {"MP129"}, id="all ask for a role"),
        pytest.param(["CREATE_UPDATE", "CHANGE_SET_EXECUTE"], set(), id="not all ask"),
        pytest.param(None, set(), id="anything is allowed"),
    ],
)
def test_what_every_mode_a_parameter_allows_asks_for_is_missed(
    allowed: Any, rules: set[str]
) -> None:
    document = read_text(GOOD.read_text(encoding="utf-8"))
    document["Parameters"]["Mode"] = {"Type": "String", "AllowedValues": allowed}
    action = actions(document["Resources"]["Pipeline"]["Properties"], 2)[0]
    action["Configuration"] = {"ActionMode": {"Ref": "Mode"}, "StackName": "web-app"}
    assert {each.rule for each in judge(Template(GOOD, document))} == rules


@pytest.mark.parametrize(("number", "rules"), [(1000, set()), (1001, {"MP167"})])
def test_a_pipeline_has_up_to_a_thousand_actions(number: int, rules: set[str]) -> None:
    def fill(pipeline: dict[str, Any]) -> None:
        approval = {"ActionTypeId": actions(pipeline, 2)[1]["ActionTypeId"]}
        more = [{"Name": f"A{each}", **approval} for each in range(number - 5)]
        for at in range(0, len(more), 50):
            pipeline["Stages"].append({"Name": f"S{at}", "Actions": more[at : at + 50]})

    assert {line.split()[1] for line in changed(fill)} == rules
