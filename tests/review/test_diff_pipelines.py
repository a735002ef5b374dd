"""Single changes of a pipeline, each with the verdict a careful reviewer would give."""

from __future__ import annotations

import pytest
from changing import lines, seen

from review.diff.pipelines import changes

PROVIDERS = {
    "Source": "CodeCommit",
    "Build": "CodeBuild",
    "Test": "CodeBuild",
    "Approval": "Manual",
    "Deploy": "CloudFormation",
}
PROD = "{Conditions: {IsProd: {'Fn::Equals': [!Ref Stage, prod]}}}"


def action(name: str, category: str, order: int = 1, more: str = "") -> str:
    kind = f"{{Category: {category}, Owner: AWS, Provider: {PROVIDERS[category]}, Version: '1'}}"
    rest = f", {more}" if more else ""
    return f"{{Name: {name}, RunOrder: {order}, ActionTypeId: {kind}{rest}}}"


def stage(name: str, *actions: str, more: str = "") -> str:
    rest = f", {more}" if more else ""
    return f"{{Name: {name}, Actions: [{', '.join(actions)}]{rest}}}"


def pipeline(*stages: str, more: str = "", name: str = "Own") -> str:
    rest = f", {more}" if more else ""
    body = f"{{PipelineType: V2, Stages: [{', '.join(stages)}]{rest}}}"
    return f"{name}: {{Type: 'AWS::CodePipeline::Pipeline', Properties: {body}}}"


def source(more: str = "Configuration: {BranchName: main}") -> str:
    return stage("Source", action("Source", "Source", more=more))


def home(order: int = 1, more: str = "Configuration: {StackName: app}") -> str:
    return action("Home", "Deploy", order, more)


def twin(order: int = 1, more: str = "Region: eu-west-1") -> str:
    return action("Twin", "Deploy", order, more)


def prod(*before: str, deploy: str = home(9)) -> str:
    return stage("Prod", *before, deploy)


BUILD = stage("Build", action("Build", "Build"))
TEST = stage("Test", action("Test", "Test"))
ASKED = action("Ask", "Approval")
TOO_LATE = action("Ask", "Approval", 9)
ROLLBACK = "OnFailure: {Result: ROLLBACK}"
ROLE = "RoleArn: !Sub 'arn:${AWS::Partition}:iam::%s:role/deployer'"
TRIGGER = "Triggers: [{GitConfiguration: {SourceActionName: Source, Push: [{Branches: [%s]}]}}]"
STORE = "{Region: %s, ArtifactStore: {Type: S3, Location: %s}}"

CASES = [
    pytest.param(
        pipeline(source(), prod(ASKED)),
        pipeline(source(), prod()),
        ["approval gone Prod.Ask: MAJOR, decide"],
        "nobody is asked before these",
        id="an approval gone",
    ),
    pytest.param(
        pipeline(source(), stage("Twin", ASKED, action("Twin", "Build", 2))),
        pipeline(source(), stage("Twin", action("Twin", "Build", 2))),
        ["approval gone Twin.Ask: MAJOR, decide"],
        "Twin.Twin",
        id="an approval gone before a build that deploys",
    ),
    pytest.param(
        pipeline(source(), stage("Ask", ASKED), prod()),
        pipeline(source(), prod()),
        ["approval gone Ask.Ask: MAJOR, decide", "stage gone Ask: MINOR, decide"],
        "Prod.Home",
        id="a stage with an approval gone",
    ),
    pytest.param(
        pipeline(source(), prod(ASKED)),
        pipeline(source(), prod(TOO_LATE)),
        [
            "approval no longer before Prod.Ask: MAJOR, decide",
            "actions reordered Prod: MINOR, decide",
        ],
        "Prod.Home",
        id="an approval at the same time as what it guarded",
    ),
    pytest.param(
        pipeline(source(), stage("Ask", ASKED), prod()),
        pipeline(source(), prod(), stage("Ask", ASKED)),
        [
            "approval no longer before Ask.Ask: MAJOR, decide",
            "stages reordered Stages: MINOR, decide",
        ],
        "Source → Prod → Ask",
        id="an approval after what it guarded",
    ),
    pytest.param(
        pipeline(source(), stage("Ask", ASKED), prod(ASKED)),
        pipeline(source(), prod(ASKED)),
        ["approval gone Ask.Ask: MAJOR, decide", "stage gone Ask: MINOR, decide"],
        "another approval is left",
        id="one of two approvals gone",
    ),
    pytest.param(
        pipeline(source(), prod(ASKED)),
        pipeline(source(), prod(ASKED.replace("Ask", "Agree"))),
        ["action renamed Prod.Agree: MINOR"],
        "",
        id="an approval renamed",
    ),
    pytest.param(
        pipeline(source(), prod()),
        pipeline(source(), prod(ASKED)),
        ["action added Prod.Ask: MINOR"],
        "Manual",
        id="an approval added",
    ),
    pytest.param(
        pipeline(source(), TEST, prod()),
        pipeline(source(), prod()),
        ["gate gone Test.Test: MINOR, decide", "stage gone Test: MINOR, decide"],
        "no longer wait",
        id="a test gone",
    ),
    pytest.param(
        pipeline(source(), TEST, prod()),
        pipeline(source(), prod(), TEST),
        [
            "gate no longer before Test.Test: MINOR, decide",
            "stages reordered Stages: MINOR, decide",
        ],
        "Prod.Home",
        id="a test after the deployment",
    ),
    pytest.param(
        pipeline(source(), BUILD),
        pipeline(source(), BUILD, prod()),
        ["stage added Prod: MINOR"],
        "Home",
        id="a stage added",
    ),
    pytest.param(
        pipeline(source(), BUILD, stage("Dev", twin(more="Region: !Ref AWS::Region")), prod()),
        pipeline(source(), BUILD, prod()),
        ["stage gone Dev: MAJOR, decide"],
        "no longer updated",
        id="a stage gone that deployed",
    ),
    pytest.param(
        pipeline(source(), prod()),
        pipeline(source(), prod().replace("Prod", "Live")),
        ["stage renamed Live: MINOR"],
        "Prod",
        id="a stage renamed",
    ),
    pytest.param(
        pipeline(source(), stage("Prod", home(1), twin(2, "Region: !Ref AWS::Region"))),
        pipeline(source(), stage("Prod", home(1), twin(1, "Region: !Ref AWS::Region"))),
        ["actions reordered Prod: MINOR, decide"],
        "Home, Twin",
        id="two actions at once",
    ),
    pytest.param(
        pipeline(source(), prod(ASKED)),
        pipeline(source(), prod(ASKED, deploy=home(5))),
        [],
        "",
        id="other run orders in the same order",
    ),
    pytest.param(
        pipeline(source(), stage("Prod", home(), twin())),
        pipeline(source(), stage("Prod", home())),
        ["action gone Prod.Twin: MAJOR, decide", "region lost eu-west-1: MAJOR, decide"],
        "what is deployed in this region",
        id="a region lost",
    ),
    pytest.param(
        pipeline(source(), stage("Prod", home())),
        pipeline(source(), stage("Prod", home(), twin(more="Region: !Ref Other"))),
        ["action added Prod.Twin: MINOR", "region gained ${Other}: MINOR, decide"],
        "has to be made ready",
        id="a region gained",
    ),
    pytest.param(
        pipeline(source(), prod(deploy=home(1, ROLE % "111122223333"))),
        pipeline(source(), prod(deploy=home(1, ROLE % "444455556666"))),
        [
            "account gained 444455556666: MINOR, decide",
            "account lost 111122223333: MAJOR, decide",
            "action changed Prod.Home: MINOR",
        ],
        "RoleArn",
        id="another account",
    ),
    pytest.param(
        pipeline(source(), prod(deploy=home(1, "Region: !Ref AWS::Region"))),
        pipeline(source(), prod(deploy=home(1, "Region: !Sub '${AWS::Region}'"))),
        [],
        "",
        id="another way to write a region",
    ),
    pytest.param(
        pipeline(source(), prod()),
        pipeline(source("Configuration: {BranchName: next}"), prod()),
        ["source changed Source.Source: MINOR, decide"],
        "Configuration.BranchName",
        id="another branch",
    ),
    pytest.param(
        pipeline(source(), prod()),
        pipeline(source(), prod(deploy=home(9, "Configuration: {StackName: other}"))),
        ["action changed Prod.Home: MINOR"],
        "Configuration.StackName",
        id="an action configured otherwise",
    ),
    pytest.param(
        pipeline(source(), stage("Prod", home(), more=ROLLBACK)),
        pipeline(source(), stage("Prod", home())),
        ["OnFailure dropped Prod: MINOR, decide"],
        "ROLLBACK",
        id="no rollback",
    ),
    pytest.param(
        pipeline(source(), stage("Prod", home(), more=ROLLBACK)),
        pipeline(source(), stage("Prod", home(), more=ROLLBACK.replace("ROLLBACK", "RETRY"))),
        ["OnFailure changed Prod: MINOR, decide"],
        "RETRY",
        id="another reaction to a failure",
    ),
    pytest.param(
        pipeline(source(), prod()),
        pipeline(source(), prod(), more="ExecutionMode: PARALLEL"),
        ["ExecutionMode changed Own: MINOR, decide"],
        "SUPERSEDED",
        id="another execution mode",
    ),
    pytest.param(
        pipeline(source(), prod()),
        pipeline(source(), prod(), more="ExecutionMode: SUPERSEDED"),
        [],
        "",
        id="the default execution mode written",
    ),
    pytest.param(
        pipeline(source(), prod(), more=TRIGGER % "main"),
        pipeline(source(), prod(), more=TRIGGER % "next"),
        ["trigger changed Source: MINOR, decide"],
        "next",
        id="a trigger changed",
    ),
    pytest.param(
        pipeline(source(), prod(), more=TRIGGER % "main"),
        pipeline(source(), prod()),
        ["trigger gone Source: MINOR, decide"],
        "",
        id="a trigger gone",
    ),
    pytest.param(
        pipeline(source(), prod(), more="ArtifactStore: {Type: S3, Location: a}"),
        pipeline(source(), prod(), more=f"ArtifactStores: [{STORE % ('!Ref AWS::Region', 'a')}]"),
        [],
        "",
        id="the only artifact store written as one of several",
    ),
    pytest.param(
        pipeline(source(), prod(), more=f"ArtifactStores: [{STORE % ('eu-west-1', 'a')}]"),
        pipeline(source(), prod(), more=f"ArtifactStores: [{STORE % ('eu-west-1', 'b')}]"),
        ["artifact store changed eu-west-1: MINOR, decide"],
        "Location",
        id="another artifact bucket",
    ),
    pytest.param(
        pipeline(source(), prod()),
        pipeline(source(), prod(), more="DisableInboundStageTransitions: [{StageName: Prod}]"),
        ["transition disabled Prod: MINOR, decide"],
        "",
        id="a transition disabled",
    ),
    pytest.param(
        pipeline(source(), stage("Prod", home(), TOO_LATE)),
        pipeline(source(), stage("Prod", home())),
        ["action gone Prod.Ask: MINOR"],
        "Manual",
        id="an approval gone that guarded nothing",
    ),
    pytest.param(
        pipeline(source(), prod(ASKED)),
        pipeline(source(), prod(), name="Other"),
        ["approval gone Prod.Ask: MAJOR, decide"],
        "",
        id="another logical id and an approval gone",
    ),
    pytest.param(pipeline(source(), prod(ASKED)), "{}", [], "", id="a pipeline gone"),
]


@pytest.mark.parametrize(("before", "after", "verdicts", "words"), CASES)
def test_a_change_of_a_pipeline(before: str, after: str, verdicts: list[str], words: str) -> None:
    found = seen(changes, before, after)
    assert sorted(lines(found)) == sorted(verdicts)
    assert words in str(found)


def test_an_approval_that_is_gone_under_a_condition_is_told_with_it() -> None:
    after = pipeline(source(), prod(f"!If [IsProd, {ASKED}, !Ref AWS::NoValue]"))
    found = seen(changes, pipeline(source(), prod(ASKED)), after, (PROD, PROD))
    assert "approval gone Prod.Ask: MAJOR, decide" in lines(found)
    assert "if not IsProd: nobody is asked before these" in str(found)
