"""What linting says of regions, and that nothing of the machine it runs on changes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from review.lint import lint_text

FIT = """\
Metadata: {Meridian: {Partitions: [aws, aws-eusc]}}
Resources:
  Project:
    Type: AWS::CodeBuild::Project
    Properties:
      Artifacts: {Type: NO_ARTIFACTS}
      Environment: {ComputeType: BUILD_GENERAL1_SMALL, Image: an-image, Type: LINUX_CONTAINER}
      ServiceRole: a-role
      Source: {Type: NO_SOURCE, BuildSpec: a-spec}
"""
TOPIC = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
CONNECTION = "Resources:\n  Topic:\n    Type: AWS::CodeStarConnections::Connection\n"


def test_regions_without_a_type_are_named_and_not_linted_for() -> None:
    report = lint_text("fit.yaml", FIT)
    assert report.is_fit
    assert report.findings == ()
    assert "ca-west-1" not in report.regions
    assert report.unfit["ca-west-1"] == "AWS::CodeBuild::Project"
    assert "us-east-1" in report.regions
    assert not any(region.startswith("cn-") for region in report.regions)


def test_regions_of_which_cfn_lint_knows_nothing_are_named() -> None:
    report = lint_text("fit.yaml", FIT)
    assert {"me-south-1", "eusc-de-east-1"} <= set(report.unproven)
    assert "us-east-1" not in report.unproven


def test_a_template_that_is_fit_for_no_region_is_not_passed_in_silence() -> None:
    text = f"Metadata: {{Meridian: {{Partitions: [aws-cn]}}}}\n{CONNECTION}"
    report = lint_text("unfit.yaml", text)
    assert {each.rule for each in report.findings} >= {"E3006"}


@pytest.mark.parametrize("partitions", ["3", "aws", "{aws: true}", "null", "[]", "[no-such]"])
def test_partitions_that_are_none_are_as_if_not_said(partitions: str) -> None:
    text = f"Metadata: {{Meridian: {{Partitions: {partitions}}}}}\n{TOPIC}"
    assert lint_text("topic.yaml", text).regions == ("us-east-1",)


def test_the_rules_that_findings_name_are_told_of() -> None:
    report = lint_text("topic.yaml", f"{TOPIC}    Properties: {{TopicNam: a}}\n")
    (finding,) = report.findings
    assert finding.message.startswith("Topic: ")
    assert (finding.line, finding.level, finding.resource) == (4, "error", "Topic")
    assert [each.id for each in report.rules] == [finding.rule]


@pytest.mark.slow
def test_a_newer_registry_of_whoever_runs_it_is_not_read(tmp_path: Path) -> None:
    """cfn-lint alone prefers one, and then regions that are alike here would not be there."""
    cache = tmp_path / "aws" / "cfn-lint" / "schemas"
    for name, content in {
        "version.json": {"schema_date": "9999-12-31"},
        "providers/us-east-1.json": {},
        "providers/sam.json": {},
    }.items():
        (cache / name).parent.mkdir(parents=True, exist_ok=True)
        (cache / name).write_text(json.dumps(content))
    program = (
        "import sys\nfrom review.lint import lint_text\n"
        "print(*lint_text('topic.yaml', sys.stdin.read()).findings)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", program],
        input=TOPIC,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src"), "XDG_CACHE_HOME": str(tmp_path)},
    )
    assert done.stdout.strip() == ""
