"""What `check` says of a file: as rendered, drifted, missing, left over, or found fault with."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.check import check, stale
from review.lint import lint

GOOD = """\
AWSTemplateFormatVersion: '2010-09-09'
Metadata:
  Meridian:
    Partitions: [aws, aws-eusc]
Resources:
  Project:
    Type: AWS::CodeBuild::Project
    Properties:
      Artifacts: {Type: NO_ARTIFACTS}
      Environment: {ComputeType: BUILD_GENERAL1_SMALL, Image: an-image, Type: LINUX_CONTAINER}
      ServiceRole: a-role
      Source: {Type: NO_SOURCE, BuildSpec: a-spec}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a template on disk."""
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    return file


def test_a_file_that_is_as_rendered(path: Path) -> None:
    (verdict,) = check({path: GOOD})
    assert verdict.findings == []
    assert verdict.summary.startswith("cfn-lint for ")


def test_a_file_that_differs(path: Path) -> None:
    (verdict,) = check({path: GOOD + "\n"})
    assert verdict.findings == [
        f"{path}: differs from what its sources render; mend: make templates"
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (verdict,) = check({tmp_path / "none.yaml": GOOD})
    assert verdict.findings == [f"{tmp_path / 'none.yaml'}: is not there; mend: make templates"]
    assert verdict.summary == "not linted"


def test_a_file_that_nothing_renders(path: Path) -> None:
    (verdict,) = stale(path.parent, {})
    assert verdict.findings == [f"{path}: nothing renders it; mend: git rm {path}"]
    assert stale(path.parent, {path: GOOD}) == []


def test_regions_without_a_type_are_named_and_not_linted_for(path: Path) -> None:
    report = lint(path)
    assert "ca-west-1" not in report.regions
    assert report.unfit["ca-west-1"] == "AWS::CodeBuild::Project"
    assert "us-east-1" in report.regions
    assert not any(region.startswith("cn-") for region in report.regions)


def test_regions_of_which_cfn_lint_knows_nothing_are_named(path: Path) -> None:
    report = lint(path)
    assert {"me-south-1", "eusc-de-east-1"} <= set(report.unproven)
    assert "us-east-1" not in report.unproven


def test_findings_name_file_line_and_rule(path: Path) -> None:
    path.write_text(GOOD.replace("ServiceRole", "ServiceRol"))
    found = [str(finding) for finding in lint(path).findings]
    assert any(line.startswith(f"{path}:") and ": E3002 " in line for line in found)


@pytest.mark.parametrize("text", ["", "- a list\n", "a: [unclosed\n", "Resources: {\n"])
def test_a_file_that_is_no_template_is_found_not_thrown(path: Path, text: str) -> None:
    path.write_text(text)
    assert lint(path).findings
