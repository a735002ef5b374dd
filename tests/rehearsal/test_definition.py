"""What is refused in a pipeline's definition: each fault planted in one that is otherwise good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from planning import HOME, PIPELINES, properties_of

from rehearsal.definition import read_definition
from rehearsal.definition_rules import RULES, problems, refuse_problems, unknown_actions
from rehearsal.errors import RehearsalError

CHINA, IMAGES = PIPELINES
Pipeline = dict[str, Any]
Change = Callable[[Pipeline], object]


def action(pipeline: Pipeline, stage: str, name: str) -> Pipeline:
    actions = next(each["Actions"] for each in pipeline["Stages"] if each["Name"] == stage)
    found: Pipeline = next(each for each in actions if each["Name"] == name)
    return found


def said_of(name: str, change: Change) -> list[str]:
    pipeline = properties_of(name)
    change(pipeline)
    return problems(read_definition(pipeline, HOME.region))


def put(stage: str, name: str, *keys: str, to: Any) -> Change:
    def change(pipeline: Pipeline) -> None:
        *way, last = keys
        holder = action(pipeline, stage, name)
        for key in way:
            holder = holder.setdefault(key, {})
        holder[last] = to

    return change


def without(stage: str, name: str, *keys: str) -> Change:
    def change(pipeline: Pipeline) -> None:
        *way, last = keys
        holder = action(pipeline, stage, name)
        for key in way:
            holder = holder[key]
        del holder[last]

    return change


def kind(**words: str) -> Change:
    def change(pipeline: Pipeline) -> None:
        action(pipeline, "Prod", "Approve")["ActionTypeId"].update(words)

    return change


@pytest.mark.parametrize("name", PIPELINES)
def test_nothing_is_wrong_with_what_is_committed(name: str) -> None:
    assert said_of(name, lambda _: None) == []


CHANGES, DEPLOY = "ChangeSet-us-east-1", "us-east-1"
CONFIGURATION = "Configuration"
FAULTS: dict[str, tuple[str, Change, str]] = {
    "unknown provider": (CHINA, kind(Provider="Manuel"), "no action that is known here (did you"),
    "unknown owner": (CHINA, kind(Owner="Custom"), "Prod.Approve: Approval/Custom/Manual/1 is not"),
    "unknown version": (CHINA, kind(Version="2"), "write Owner: AWS and Version: '1'"),
    "wrong category": (CHINA, kind(Category="Test"), "Manual is of category Approval"),
    "one stage": (CHINA, lambda p: p["Stages"].__delitem__(slice(1, None)), "Stages: fewer than"),
    "empty stage": (CHINA, lambda p: p["Stages"][2].update(Actions=[]), "Dev: has no actions"),
    "source later": (
        CHINA,
        lambda p: p["Stages"][2]["Actions"].append(
            {**p["Stages"][0]["Actions"][0], "Namespace": "Late", "OutputArtifacts": []}
        ),
        "Dev.Source: is of category Source; this stage holds no sources",
    ),
    "no source first": (
        CHINA,
        lambda p: p["Stages"][0]["Actions"].append(action(p, "Prod", "Approve")),
        "Source.Approve: is of category Approval; this stage begins",
    ),
    "doubled stage": (CHINA, lambda p: p["Stages"][2].update(Name="Prod"), "Prod: 2 stages bear"),
    "doubled action": (CHINA, put("Prod", "Review", "Name", to="Approve"), "Approve: 2 actions"),
    "doubled artifact": (
        CHINA,
        put("Build", "Build", "OutputArtifacts", to=[{"Name": "Packaged"}, {"Name": "Bundle"}] * 2),
        "Packaged: 2 output artifacts",
    ),
    "doubled namespace": (CHINA, put("Prod", "Review", "Namespace", to="Build"), "Build: 2 names"),
    "doubled store": (
        IMAGES,
        lambda p: p["ArtifactStores"][1].update(Region="us-east-1"),
        "us-east-1: 2 artifact stores",
    ),
    "run order": (CHINA, put("Prod", "Approve", "RunOrder", to=1000), "Approve.RunOrder: 1000 is"),
    "run order nil": (CHINA, put("Prod", "Approve", "RunOrder", to=0), "Approve.RunOrder: 0 is"),
    "no store at home": (
        IMAGES,
        lambda p: p["ArtifactStores"].pop(0),
        "ArtifactStores: none in us-east-1, where ",
    ),
    "no store abroad": (
        IMAGES,
        lambda p: p["ArtifactStores"].pop(),
        "ArtifactStores: none in ap-south-1, where Deploy.ap-south-1 is",
    ),
    "approval abroad": (
        IMAGES,
        lambda p: p["Stages"][5]["Actions"].append(
            {
                "Name": "Approve",
                "Region": "us-east-2",
                "ActionTypeId": {
                    "Category": "Approval", "Owner": "AWS", "Provider": "Manual", "Version": "1",
                },
            }
        ),
        "Deploy.Approve.Region: Manual acts in the pipeline's region only, us-east-1",
    ),
    "input of nobody": (
        CHINA,
        put("Dev", DEPLOY, "InputArtifacts", to=[{"Name": "Package"}]),
        "Dev.us-east-1.InputArtifacts: nobody makes Package (did you mean Packaged?)",
    ),
    "input of the same run order": (
        CHINA,
        lambda p: (
            put("Prod", CHANGES, "OutputArtifacts", to=[{"Name": "Late"}])(p),
            put("Prod", CHANGES, "RunOrder", to=4)(p),
            put("Prod", DEPLOY, "InputArtifacts", to=[{"Name": "Late"}])(p),
        ),
        f"Prod.us-east-1.InputArtifacts: Late is made by Prod.{CHANGES}, which is not done before",
    ),
    "input of a later stage": (
        CHINA,
        lambda p: (
            put("Prod", CHANGES, "OutputArtifacts", to=[{"Name": "Late"}])(p),
            put("Dev", DEPLOY, "InputArtifacts", to=[{"Name": "Late"}])(p),
        ),
        f"Dev.us-east-1.InputArtifacts: Late is made by Prod.{CHANGES}",
    ),
    "no input": (CHINA, without("Build", "Build", "InputArtifacts"), "CodeBuild wants 1 to 5"),
    "output too many": (
        CHINA,
        put("Source", "Source", "OutputArtifacts", to=[{"Name": "Source"}, {"Name": "Other"}]),
        "Source.Source.OutputArtifacts: 2; CodeCommit wants 1",
    ),
    "undefined namespace": (
        CHINA,
        without("Prod", "Review", "Namespace"),
        "Prod.Approve: #{ReviewProd.CHANGES}: no action has the namespace ReviewProd",
    ),
    "namespace too late": (
        CHINA,
        put("Prod", "Review", "RunOrder", to=3),
        "Prod.Approve: #{ReviewProd.CHANGES}: Prod.Review is not done before",
    ),
    "undeclared variable": (
        CHINA,
        put("Prod", "Approve", CONFIGURATION, "CustomData", to="#{variables.WHY}"),
        "the pipeline declares no variable WHY",
    ),
    "missing key": (
        CHINA,
        without("Build", "Build", CONFIGURATION, "ProjectName"),
        "Build.Build.Configuration.ProjectName: is missing",
    ),
    "missing key of a mode": (
        CHINA,
        without("Dev", CHANGES, CONFIGURATION, "ChangeSetName"),
        f"Dev.{CHANGES}.Configuration.ChangeSetName: is missing",
    ),
    "misspelt key": (
        CHINA,
        put("Dev", CHANGES, CONFIGURATION, "ParameterOveride", to="{}"),
        "CloudFormation knows no such key (did you mean ParameterOverrides?)",
    ),
    "long value": (
        CHINA,
        put("Dev", CHANGES, CONFIGURATION, "ParameterOverrides", to="x" * 1001),
        "ParameterOverrides: has 1,001 characters; CodePipeline takes 1 to 1,000",
    ),
    "empty value": (
        CHINA,
        put("Dev", CHANGES, CONFIGURATION, "ParameterOverrides", to=""),
        "ParameterOverrides: has 0 characters",
    ),
    "unknown mode": (
        IMAGES,
        put("Deploy", DEPLOY, CONFIGURATION, "ActionMode", to="CREATE_UPDAT"),
        "ActionMode: 'CREATE_UPDAT' is not known (did you mean CREATE_UPDATE?)",
    ),
    "unknown capability": (
        CHINA,
        put("Dev", CHANGES, CONFIGURATION, "Capabilities", to="CAPABILITY_IAM,CAPABILITY_ADMIN"),
        "Capabilities: 'CAPABILITY_ADMIN' is not known",
    ),
    "unknown execution mode": (
        CHINA,
        lambda p: p.update(ExecutionMode="QUEUE"),
        "ExecutionMode: 'QUEUE' is not known (did you mean QUEUED?)",
    ),
    "path of no input": (
        CHINA,
        put("Dev", CHANGES, CONFIGURATION, "TemplatePath", to="Bundle::a.yaml"),
        f"Dev.{CHANGES}.TemplatePath: Bundle is no input of this action",
    ),
    "path of no artifact": (
        CHINA,
        put("Dev", CHANGES, CONFIGURATION, "TemplatePath", to="a.yaml"),
        "'a.yaml' is not ARTIFACT::FILE",
    ),
    "two inputs, none first": (
        CHINA,
        put("Prod", "Review", "InputArtifacts", to=[{"Name": "Packaged"}, {"Name": "Bundle"}]),
        "Prod.Review.Configuration.PrimarySource: is missing",
    ),
    "no such first input": (
        CHINA,
        put("Prod", "Review", CONFIGURATION, "PrimarySource", to="Bundle"),
        "PrimarySource: Bundle is no input of this action",
    ),
    "trigger of nothing": (
        CHINA,
        lambda p: p.update(Triggers=[{"GitConfiguration": {"SourceActionName": "Sorce"}}]),
        "Triggers.Sorce: there is no such source action",
    ),
    "unknown result of a failure": (
        CHINA,
        lambda p: p["Stages"][1].update(OnFailure={"Result": "ROLL_BACK"}),
        "Build.OnFailure.Result: 'ROLL_BACK' is not known",
    ),
    "variables of V1": (
        CHINA,
        lambda p: p.update(PipelineType="V1", Variables=[{"Name": "WHY"}]),
        "PipelineType: V1 has no triggers, variables, OnFailure",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(fault: str) -> None:
    name, change, words = FAULTS[fault]
    said = said_of(name, change)
    assert any(words in line for line in said), said
    assert all(len(line.splitlines()) == 1 for line in said)


def test_every_rule_has_a_fault_that_only_it_finds() -> None:
    found = set()
    for name, change, words in FAULTS.values():
        pipeline = properties_of(name)
        change(pipeline)
        definition = read_definition(pipeline, HOME.region)
        rules = (unknown_actions,) if [*unknown_actions(definition)] else RULES
        finders = [rule for rule in rules if any(words in line for line in rule(definition))]
        assert len(finders) == 1, words
        found |= set(finders)
    assert found == {unknown_actions, *RULES}


def test_the_first_problem_is_said_and_the_others_are_counted() -> None:
    pipeline = properties_of(CHINA)
    without("Build", "Build", CONFIGURATION, "ProjectName")(pipeline)
    without("Dev", CHANGES, CONFIGURATION, "StackName")(pipeline)
    with pytest.raises(RehearsalError, match=r"ProjectName: is missing; add it \(and 1 more\)$"):
        refuse_problems(read_definition(pipeline, HOME.region))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p.pop("RoleArn"), "RoleArn: is missing; add it"),
        (lambda p: p.update(Stages="Source"), "Stages: is no list of mappings"),
        (lambda p: p["Stages"][1].pop("Name"), r"Stages\[2\].Name: is missing"),
        (
            lambda p: p["Stages"][1]["Actions"][0].pop("Name"),
            r"Build.Actions\[1\].Name: is missing",
        ),
        (
            without("Build", "Build", "ActionTypeId"),
            "Build.Build.ActionTypeId.Category: is missing",
        ),
        (put("Build", "Build", "RunOrder", to="first"), "Build.RunOrder: 'first' is not a whole"),
        (
            put("Build", "Build", CONFIGURATION, to=["x"]),
            "Build.Build.Configuration: is no mapping",
        ),
        (
            put("Build", "Build", CONFIGURATION, "ProjectName", to=["x"]),
            "Build.Build.Configuration.ProjectName: is not one text",
        ),
        (
            put("Build", "Build", "InputArtifacts", to=["Source"]),
            "Build.Build.InputArtifacts: is no list of mappings",
        ),
        (
            lambda p: p["Stages"][1].update(OnFailure={"Conditions": []}),
            "Build.OnFailure.Conditions: is not known here",
        ),
        (lambda p: p.update(Stagse=[]), r"Stagse: is not known here \(did you mean Stages\?\)"),
        (put("Build", "Build", "Commands", to=["make"]), "Build.Build.Commands: is not known here"),
        (
            lambda p: p.update(Triggers=[{"GitConfiguration": {"PullRequest": []}}]),
            "GitConfiguration.PullRequest: is not known here",
        ),
        (lambda p: p["ArtifactStores"][0].pop("Region"), r"ArtifactStores\[1\].Region: is missing"),
    ],
)
def test_what_cannot_be_read_is_placed(change: Change, words: str) -> None:
    pipeline = properties_of(CHINA)
    change(pipeline)
    with pytest.raises(RehearsalError, match=words):
        read_definition(pipeline, HOME.region)


def places(node: Any, *way: Any) -> Iterator[tuple[Any, ...]]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield (*way, key)
        if isinstance(value, dict | list):
            yield from places(value, *way, key)


@pytest.mark.parametrize("junk", [None, "junk", 7, [], {}, [[]]], ids=repr)
def test_whatever_stands_anywhere_is_read_or_refused_in_one_line(junk: Any) -> None:
    for *way, last in places(properties_of(IMAGES)):
        pipeline = properties_of(IMAGES)
        holder: Any = pipeline
        for key in way:
            holder = holder[key]
        holder[last] = junk
        try:
            said = problems(read_definition(pipeline, HOME.region))
        except RehearsalError as error:
            said = [str(error)]
        assert all(len(line.splitlines()) == 1 for line in said), (way, last)


def test_what_is_left_out_is_as_in_codepipeline() -> None:
    pipeline = properties_of(CHINA)
    store = pipeline.pop("ArtifactStores")[0]["ArtifactStore"]
    pipeline["ArtifactStore"] = {"Type": "S3", "Location": store["Location"]}
    del pipeline["ExecutionMode"]
    definition = read_definition(pipeline, HOME.region)
    assert [(each.region, each.key) for each in definition.stores] == [("us-east-1", "")]
    assert definition.mode == "SUPERSEDED"
    assert definition.actions[0].run_order == 1
    assert definition.actions[0].configuration["PollForSourceChanges"] == "false"
    assert problems(definition) == []
