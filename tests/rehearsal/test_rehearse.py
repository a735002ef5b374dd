"""`generate.py rehearse` run whole: green as committed, red where a template is broken by hand."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rehearsing import CHINA, IMAGES, Tree, make_tree, words

from rehearsal.progress import progress_on
from rehearsal.rehearse import Request, rehearse_all
from rehearsal.report import show

pytestmark = pytest.mark.slow
FOLDERS = ("templates", "topologies", "examples")
TITLES = ("everything is created", "everything is updated", "refuses it and is rolled back")
HOME = "111111111111"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Return a tree to break."""
    return make_tree(tmp_path)


def wrong(shown: str) -> str:
    """Return what a red report ends in: all that is wrong, and the verdict."""
    return shown[shown.index("\nWRONG ") :]


def seen(execution: dict[str, Any]) -> str:
    assert all(each["holds"] for each in execution["seen"])
    return "\n".join(each["sentence"] for each in execution["seen"])


def went_well(pipeline: dict[str, Any], places: int) -> None:
    """See that a pipeline created, updated and rolled back all of its places."""
    assert pipeline["green"]
    first, second, third = pipeline["executions"]
    for each, title in zip((first, second, third), TITLES, strict=True):
        assert title in each["title"]
        assert "started by rule" in seen(each)
    assert [each["status"] for each in (first, second, third)] == ["Succeeded"] * 2 + ["Failed"]
    assert seen(first).count("CREATE_COMPLETE") == places
    assert seen(second).count("UPDATE_COMPLETE") == places
    assert seen(third).count("UPDATE_ROLLBACK_COMPLETE, rolled back to") == 1
    assert seen(third).count("deleted for good: DELETE_COMPLETE") == places
    assert pipeline["grants_measured"]
    assert all(each["because"] for each in pipeline["unused_grants"])
    assert pipeline["stood_in"]
    assert pipeline["not_shown"]
    assert pipeline["seconds"]["whole"] > 0


def test_both_pipelines_are_green_as_they_are_committed(tree: Tree) -> None:
    done = tree.run("--format", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["green"], report["problems"]) == (0, True, [])
    china, images = report["pipelines"]
    assert (china["pipeline"], images["pipeline"]) == (CHINA, IMAGES)
    went_well(china, places=6)
    went_well(images, places=3)
    assert seen(images["executions"][1]).count("instances replaced: ami-") == 3
    assert seen(china["executions"][1]).count("function updated: code ") == 6
    assert "Inactive" in seen(china["executions"][2])
    accounts = {each["account"] for each in china["launches"]}
    assert len(accounts) == 6
    assert not accounts & {each["account"] for each in images["launches"]}
    # Whoever reads along in a file or a pipe finds whole lines, each with its pipeline.
    assert all(each.isprintable() for each in done.stderr.splitlines())
    assert all(CHINA in each or IMAGES in each for each in done.stderr.splitlines())


def test_a_call_nobody_granted_is_red_with_the_statement_to_add(tree: Tree) -> None:
    tree.edit(IMAGES, "            - codebuild:StartBuild\n", "", after="Sid: StartBuilds")
    done = tree.run(IMAGES)
    assert done.returncode == 2
    said = words(wrong(done.stdout))
    project = f"arn:aws:codebuild:us-east-1:{HOME}:project/web-app-pipeline-static-analysis"
    for fact in (
        "WRONG StaticAnalysis.CfnLint failed",
        f"at region us-east-1, account {HOME}",
        r"refused role web-app-pipeline-CodePipelineServiceRole-\w+ may not call codebuild:Start",
        f"on {project}",
        "add this statement to the policies of CodePipelineServiceRole in "
        f"templates/{IMAGES}.yaml \\(stack web-app-pipeline in us-east-1, account {HOME}\\)",
        "to keep it, add it to what the first line of that file says it is rendered from",
        f"- Effect: Allow Action: codebuild:StartBuild Resource: {project}",
        "Red: multi-region-pipeline, first commit: everything is created: StaticAnalysis.CfnLint",
    ):
        assert re.search(fact, said), fact
    assert said.count(" mend ") == 1


def test_what_came_of_a_real_run_is_shown_in_every_form(tree: Tree) -> None:
    tree.edit(IMAGES, "            - codebuild:StartBuild\n", "", after="Sid: StartBuilds")
    templates, topologies, examples = (tree.folder / each for each in FOLDERS)
    heard = io.StringIO()
    with progress_on(heard, [IMAGES], {}) as progress:
        outcomes = rehearse_all(
            Request((IMAGES,), templates, topologies, examples), progress.listener
        )
    assert [each.green for each in outcomes] == [False]
    assert "FAILED" in heard.getvalue()
    for form in ("text", "json", "md", "html"):
        shown = show(outcomes, form)
        assert "Action: codebuild:StartBuild" in shown, form
        assert "StaticAnalysis" in shown, form
        assert all(each.isprintable() or each in "\n\u200b" for each in shown), form


def test_a_call_of_a_function_is_refused_in_the_region_it_is_for(tree: Tree) -> None:
    tree.leave_out_analyses()
    tree.edit(IMAGES, "            - ssm:PutParameter\n", "", after="\n  LambdaServiceRole:")
    done = tree.run(IMAGES)
    assert done.returncode == 2
    said = words(wrong(done.stdout))
    for fact in (
        "WRONG CopyImage.CopyImage failed",
        r"role web-app-pipeline-LambdaServiceRole-\w+ may not call ssm:PutParameter",
        f"on arn:aws:ssm:us-east-2:{HOME}:parameter/",
        f"on arn:aws:ssm:ap-south-1:{HOME}:parameter/",
        f"in ap-south-1, account {HOME}: because no identity-based policy allows",
        f"policies of LambdaServiceRole in templates/{IMAGES}.yaml",
        f"Action: ssm:PutParameter Resource: arn:aws:ssm:ap-south-1:{HOME}:parameter/",
    ):
        assert re.search(fact, said), fact


def test_a_role_that_its_service_may_not_take_on_is_red_with_the_trust_to_add(tree: Tree) -> None:
    trusted = "Service: codebuild.amazonaws.com"
    tree.edit(IMAGES, trusted, "Service: ec2.amazonaws.com", after="\n  CodeBuildServiceRole:")
    done = tree.run(IMAGES)
    assert done.returncode == 2
    said = words(wrong(done.stdout))
    for fact in (
        "WRONG a stack cannot be launched, so nothing ran",
        f"templates/{IMAGES}.yaml: stack web-app-pipeline in account {HOME}, us-east-1",
        r"role/web-app-pipeline-CodeBuildServiceRole-\w+ \(CodeBuildServiceRole in the template\)",
        "cannot be assumed by codebuild.amazonaws.com",
        "Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: sts:AssumeRole",
    ):
        assert re.search(fact, said), fact
    assert "3 stacks launched" in done.stdout


def test_a_grant_that_nobody_uses_is_red_with_its_role_and_statement(tree: Tree) -> None:
    unused = (
        '          - {Sid: TellNobody, Effect: Allow, Action: sqs:SendMessage, Resource: "*"}\n'
    )
    first = "          - Sid: WriteLogs\n"
    tree.edit(IMAGES, first, unused + first, after="\n  CodeBuildServiceRole:")
    done = tree.run(IMAGES)
    assert done.returncode == 2
    assert words(wrong(done.stdout)).startswith(
        "WRONG CodeBuildServiceRole of multi-region-pipeline may call sqs:SendMessage (statement "
        "TellNobody), and nobody did in multi-region-pipeline mend take out of the statement what "
        "nobody uses; or, if it must stay, say why under Metadata: Unrehearsed of the role"
    )
    assert done.stdout.count("WRONG") == 1


@pytest.mark.parametrize(
    ("fault", "reaction", "failed", "second"),
    [
        (
            "copy:ap-south-1=failed",
            "the pipeline stopped at CopyImage.CopyImage; Deploy.us-east-1, Deploy.us-east-2, "
            "Deploy.ap-south-1 did not begin",
            "ap-south-1: ami-",
            "CREATE_COMPLETE",
        ),
        ("throttle:ec2:CopyImage=3", "the pipeline coped, every stage succeeded", "", "UPDATE"),
        (
            "region:us-east-2=refused",
            "the pipeline stopped at Deploy.us-east-2",
            "is ROLLBACK_COMPLETE; first to fail was Instances",
            "us-east-2 of account 111111111111: CREATE_COMPLETE",
        ),
        ("function:CopyImage=killed", "the pipeline coped, every stage succeeded", "", "UPDATE"),
    ],
)
def test_a_fault_is_met_told_of_and_recovered_from(
    tree: Tree, fault: str, reaction: str, failed: str, second: str
) -> None:
    tree.leave_out_analyses()
    done = tree.run(IMAGES, "--fault", fault, "--format", "json")
    (pipeline,) = json.loads(done.stdout)["pipelines"]
    first, then = pipeline["executions"]
    assert first["title"] == f"first commit: with {fault}"
    assert f"{fault}: {reaction}" in seen(first).splitlines()
    whys = [each["why"] for each in first["actions"] if each["status"] == "Failed"]
    assert [failed in why for why in whys] == [True] * bool(failed)
    assert (done.returncode, then["status"]) == (0, "Succeeded")
    assert second in seen(then)
    assert not pipeline["grants_measured"]
    if fault.startswith("function"):
        (copied,) = [each for each in first["actions"] if each["stage"] == "CopyImage"]
        assert "it died 1 time, and Lambda called it again" in copied["said"]


def test_a_rejected_approval_stops_the_stage_and_the_next_commit_goes_on(tree: Tree) -> None:
    done = tree.run(CHINA, "--fault", "approval:Prod=rejected")
    assert done.returncode == 0
    said = words(done.stdout)
    assert (
        "approval:Prod=rejected: the pipeline stopped at Prod.Approve; Prod.us-east-1, "
        "Prod.cn-north-1 did not begin"
    ) in said
    assert "went as wanted, and the pipeline recovered; whether grants are used" in said


def test_a_fault_that_nothing_meets_is_red(tree: Tree) -> None:
    tree.leave_out_analyses()
    done = tree.run(IMAGES, "--fault", "throttle:sqs:SendMessage=3")
    assert done.returncode == 2
    assert "throttle:sqs:SendMessage=3: nothing met it" in words(wrong(done.stdout))
