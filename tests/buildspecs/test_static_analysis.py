"""The linting gate, with cfn-lint itself, on templates good, bad and hostile."""

from __future__ import annotations

import json

import pytest
from buildspecs.stand_ins import KILLED, SILENT, script
from buildspecs.workshop import GOOD, TEMPLATE, Workshop

from rehearsal.buildspec import Result, Status

PROJECT = "StaticCodeAnalysisProject"
FAULTY = "Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {DelaySecond: 1}}}"
JUDGES_ITSELF = {"cfn-lint": {"config": {"ignore_checks": ["E3002"]}}}
SEES_THE_CANARY = 'case "$*" in *canary*) exit 2;; esac\n'
HIDDEN = """\
Transform: AWS::LanguageExtensions
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Metadata:
      Fn::ForEach::Tool:
        - Tool
        - [cfn-lint]
        - ${Tool}: {config: {ignore_checks: [E3002]}}
    Properties: {DelaySecond: 1}
"""
IN_ONE_REGION_ONLY = """\
Resources:
  Connection:
    Type: AWS::CodeStarConnections::Connection
    Properties: {ConnectionName: repository, ProviderType: GitHub}
"""


@pytest.fixture
def gate(workshop: Workshop) -> Workshop:
    """Return a workshop that has cfn-lint, in the version the pipeline asks for."""
    workshop.use_tool_of_this_environment("cfn-lint")
    return workshop


def refused(result: Result, *words: str) -> None:
    for each in words:
        assert each in result.output
    assert result.phases["build"] is Status.FAILED
    assert "cfn-lint finds nothing" not in result.output


@pytest.mark.slow
def test_what_the_library_deploys_passes(gate: Workshop) -> None:
    result = gate.run(PROJECT)
    assert result.succeeded, result.output
    assert f"finds nothing in {TEMPLATE} for us-east-1 us-east-2 ap-south-1." in result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Parameters: {Unused: {Type: String}}\n" + FAULTY.replace("Second", "Seconds"), "W2001"),
        ("Resources: {A: {Type: [", "E0000"),
        ("only words", "E0000"),
    ],
    ids=["warning", "no YAML", "no mapping"],
)
def test_a_fault_is_refused(gate: Workshop, text: str, words: str) -> None:
    gate.files[TEMPLATE] = text
    refused(gate.run(PROJECT), words, f"cfn-lint refuses {TEMPLATE}")


@pytest.mark.slow
@pytest.mark.parametrize("place", ["template", "resource"])
def test_a_template_may_not_judge_itself(gate: Workshop, place: str) -> None:
    document = {"Resources": {"A": {"Type": "AWS::SQS::Queue", "Properties": {"Wrong": 1}}}}
    target = document if place == "template" else document["Resources"]["A"]
    target["Metadata"] = JUDGES_ITSELF  # type: ignore[assignment]
    gate.files[TEMPLATE] = json.dumps(document)
    refused(gate.run(PROJECT), "A template may not judge itself. Remove cfn-lint from:")


@pytest.mark.slow
def test_a_macro_may_not_bring_a_judgement_in(gate: Workshop) -> None:
    """Only once it is expanded does this Metadata hold the word cfn-lint."""
    gate.files[TEMPLATE] = HIDDEN
    refused(gate.run(PROJECT), "E3002", f"cfn-lint refuses {TEMPLATE}")


@pytest.mark.slow
def test_a_repository_cannot_weaken_the_gate(gate: Workshop) -> None:
    good_for_nothing = "raise SystemExit(0)\n"
    gate.files |= {
        TEMPLATE: FAULTY,
        ".cfnlintrc": "ignore_checks: [E, W]\n",
        ".cfnlintrc.yaml": "ignore_checks: [E, W]\n",
        "setup.cfg": "[cfn-lint]\nignore_checks = E, W\n",
        ".python-version": "2.7\n",
        "pip.conf": "[global]\nindex-url = https://example.invalid\n",
        **dict.fromkeys(("json.py", "os.py", "shutil.py", "cfnlint.py"), good_for_nothing),
        **dict.fromkeys(("cfn-lint", "python3"), "#!/bin/sh\nexit 0\n"),
    }
    refused(gate.run(PROJECT), "E3002")


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    ["", "/etc/hostname", "../outside.yaml", "./" + TEMPLATE, "link.yaml"],
)
def test_a_path_that_is_no_plain_file_of_the_repository_is_refused(
    gate: Workshop, path: str
) -> None:
    gate.repository.mkdir()
    (gate.folder / "outside.yaml").write_text(GOOD)
    (gate.repository / "link.yaml").symlink_to("../outside.yaml")
    refused(gate.run(PROJECT, TEMPLATE_PATH=path), f"'{path}', which is no file of the repository")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [("", f"{TEMPLATE} is empty"), (" \n", f"{TEMPLATE} is empty"), ("A: 1", "has no Resources")],
)
def test_a_template_without_anything_is_refused(gate: Workshop, text: str, words: str) -> None:
    gate.files[TEMPLATE] = text
    refused(gate.run(PROJECT), words)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("regions", "words"),
    [("us-nowhere-1", "could not judge"), ("us-east-1 cn-north-1", "E3006")],
)
def test_every_region_counts(gate: Workshop, regions: str, words: str) -> None:
    gate.files[TEMPLATE] = IN_ONE_REGION_ONLY
    refused(gate.run(PROJECT, TARGET_REGIONS=regions), words)


@pytest.mark.slow
def test_a_region_without_data_of_its_own_is_named(gate: Workshop) -> None:
    gate.files[TEMPLATE] = IN_ONE_REGION_ONLY
    result = gate.run(PROJECT, TARGET_REGIONS="us-east-1 eusc-de-east-1")
    assert result.succeeded, result.output
    assert "no data of its own for eusc-de-east-1 and took it for us-east-1" in result.output


@pytest.mark.slow
def test_without_regions_nothing_is_judged(gate: Workshop) -> None:
    refused(gate.run(PROJECT, TARGET_REGIONS=" "), "TARGET_REGIONS is empty")


@pytest.mark.slow
def test_a_version_that_cannot_be_installed_is_refused(gate: Workshop) -> None:
    result = gate.run(PROJECT, CFN_LINT_VERSION="0.0.1")
    assert result.phases == {"install": Status.FAILED}
    assert "cfn-lint '0.0.1' cannot be installed. pip says why above" in result.output


@pytest.mark.slow
def test_without_python_nothing_is_judged(gate: Workshop) -> None:
    gate.lose("python3")
    assert gate.run(PROJECT).phases["build"] is Status.FAILED


@pytest.mark.slow
def test_without_cfn_lint_nothing_is_judged(gate: Workshop) -> None:
    gate.lose("cfn-lint")
    refused(gate.run(PROJECT), "cfn-lint is not on the PATH, though pip has installed it")


@pytest.mark.slow
@pytest.mark.parametrize("body", [KILLED, SILENT, f"{SEES_THE_CANARY}{KILLED}"])
def test_a_linter_that_does_not_do_its_work_is_no_pass(gate: Workshop, body: str) -> None:
    gate.stand_ins["cfn-lint"] = script(body)
    refused(gate.run(PROJECT), "cfn-lint")
