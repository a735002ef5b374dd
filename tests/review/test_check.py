"""What `check` says of a file: as rendered, drifted, missing, left over, or found fault with."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.check import Source, Verdict, check, check_rendered
from review.check_report.text import summary
from review.lint import load

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
LOGS = "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n"
QUEUE = """\
Resources:
  Queue:
    Type: AWS::SQS::Queue
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
"""
LONE = Path("mine.yaml")


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    """Load cfn-lint before it is forked, once for all of these tests."""
    load()


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    """Return a template on disk."""
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    return file


def checked(content: str | bytes, *regions: str) -> Verdict:
    """Return the verdict on a file of that content."""
    encoded = content.encode() if isinstance(content, str) else content
    (verdict,) = check([Source(LONE, encoded)], regions=regions)
    return verdict


def said(verdict: Verdict) -> list[str]:
    """Return what was found, a line each."""
    return list(map(str, verdict.findings))


def test_a_file_that_is_as_rendered(path: Path) -> None:
    (verdict,) = check_rendered({path: GOOD})
    assert verdict.findings == ()
    assert verdict.passes
    assert summary(verdict).startswith("cfn-lint for ")


def test_a_file_that_differs(path: Path) -> None:
    (verdict,) = check_rendered({path: GOOD + "\n"})
    words = "MG001 differs from what its sources render; mend: make templates"
    assert said(verdict) == [f"{path}:1: {words}"]
    assert not verdict.passes


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    (verdict,) = check_rendered({path: GOOD})
    assert said(verdict) == [f"{path}:1: MG001 is not there; mend: make templates"]
    assert summary(verdict) == "not linted"


def test_a_file_that_is_expected_and_was_not_named(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    verdicts = check([Source(path, GOOD.encode())], lambda: {path: GOOD, other: GOOD})
    assert [each.path for each in verdicts if not each.passes] == [other]


def test_a_file_that_nothing_renders(path: Path) -> None:
    (verdict,) = check([Source(path, GOOD.encode())], lambda: {path: None})
    assert said(verdict) == [f"{path}:1: MG001 nothing renders it; mend: git rm {path}"]


def test_cfn_lint_s_findings_and_ours_are_one_list_by_line() -> None:
    verdict = checked(LOGS + "    Properties: {RetentionInDay: 7}\n")
    assert {"E3002", "MR101"} <= {each.rule for each in verdict.findings}
    lines = [each.line for each in verdict.findings]
    assert lines == sorted(lines)
    assert {each.path for each in verdict.findings} == {str(LONE)}
    assert {each.resource for each in verdict.findings} == {"Logs"}


@pytest.mark.parametrize(
    ("named", "words", "named_by"),
    [
        pytest.param((), "cfn-lint for us-east-1, as nothing names others", "nobody", id="nobody"),
        pytest.param(
            ("eu-west-1", "cn-north-1"),
            "cfn-lint for eu-west-1, cn-north-1, as --regions says",
            "options",
            id="options",
        ),
    ],
)
def test_it_says_for_which_regions_and_who_named_them(
    named: tuple[str, ...], words: str, named_by: str
) -> None:
    verdict = checked(QUEUE, *named)
    assert summary(verdict) == words
    assert verdict.named_by == named_by


def test_a_region_without_a_type_is_found_when_it_is_named(path: Path) -> None:
    assert checked(GOOD).passes
    verdict = checked(GOOD, "ca-west-1")
    assert {each.rule for each in verdict.findings} == {"E3006"}


def test_a_note_does_not_count() -> None:
    text = "Metadata: {cfn-lint: {config: {ignore_checks: [W3011]}}}\n"
    verdict = checked(text + QUEUE)
    assert f"{LONE}:1: MG003 asks cfn-lint to ignore W3011, and it does" in said(verdict)
    assert {each.level for each in verdict.findings} == {"note"}
    assert verdict.passes


@pytest.mark.parametrize("is_ignored", [True, False])
def test_what_a_template_asks_to_ignore_is_ignored_and_told(is_ignored: bool) -> None:
    config = "{cfn-lint: {config: {ignore_checks: [E3002]}}}" if is_ignored else "{}"
    text = f"{QUEUE}    Metadata: {config}\n    Properties: {{QueueNam: a}}\n"
    found = {each.rule for each in checked(text).findings}
    assert ("E3002" in found, "MG003" in found) == (not is_ignored, is_ignored)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(10 * [f'*{last}'])}]\n"
    for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "rule", "words"),
    [
        pytest.param("", "E1001", "", id="empty"),
        pytest.param("- a list\n", "E1001", "", id="list"),
        pytest.param("a: [unclosed\n", "E0000", "", id="no YAML"),
        pytest.param("Resources: {\n", "E0000", "", id="no JSON"),
        pytest.param("Resources: a text\n", "E1001", "", id="resources no mapping"),
        pytest.param("Resources: {}\n", "E1001", "", id="no resources"),
        pytest.param(f"{QUEUE}{QUEUE}", "E0000", "", id="twice"),
        pytest.param(b"Resources: \xff\n", "MG002", "is no text in UTF-8", id="not UTF-8"),
        pytest.param(QUEUE + "#" * 1_000_000, "MG002", "and CloudFormation takes", id="too large"),
        pytest.param(BOMB + QUEUE, "MG002", "has aliases that make", id="aliases of aliases"),
        pytest.param("Resources: &a {Queue: *a}\n", "E0000", "", id="an alias of itself"),
        pytest.param("Resources: " + "[" * 20_000, "MG002", "deep", id="no end of brackets"),
        pytest.param(f"A: {'[' * 5_000}{']' * 5_000}\n{QUEUE}", "MG002", "deep", id="deep"),
        pytest.param(f"A: {'- ' * 50_000}a\n{QUEUE}", "MG002", "deep", id="dashes"),
        pytest.param(f"A: {'[' * 500}{']' * 500}\n{QUEUE}", "E", "", id="rather deep"),
        pytest.param("Resources: {A: {Type: No::Such::Type}}\n", "E3006", "No::Such", id="type"),
        pytest.param("Resources: {A: {Type: 3}}\n", "E3001", "", id="a number for a type"),
        pytest.param("Resources: {A: null}\n", "E3001", "", id="an empty resource"),
        pytest.param(f"{QUEUE}    Metadata: null\n", "E", "", id="empty Metadata"),
        pytest.param(f"{QUEUE}Transform: 3\n", "E", "", id="a number for a transform"),
        pytest.param(f"{QUEUE}Conditions: 3\n", "E", "", id="a number for conditions"),
    ],
)
def test_whatever_is_no_good_template_is_found_not_thrown(
    content: str | bytes, rule: str, words: str
) -> None:
    verdict = checked(content)
    found = [each for each in verdict.findings if each.rule.startswith(rule)]
    assert any(words in each.message for each in found), said(verdict)
    assert not verdict.passes


@pytest.mark.parametrize(
    ("head", "words"),
    [
        pytest.param("Transform: AWS::Serverless-2016-10-31\n", "SAM", id="SAM"),
        pytest.param("Transform: AWS::LanguageExtensions\n", "Fn::ForEach", id="extensions"),
        pytest.param("Transform: [Mine]\n", "what the macro Mine makes", id="macro"),
        pytest.param(
            "Metadata: {A: {'Fn::Transform': {Name: AWS::Include}}}\n", "line 1", id="include"
        ),
    ],
)
def test_what_a_macro_makes_is_not_judged_and_it_is_said(head: str, words: str) -> None:
    (reason,) = checked(head + QUEUE).not_judged
    assert words in reason
    assert checked(QUEUE).not_judged == ()
