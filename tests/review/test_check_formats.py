"""What programs read of a check: JSON, SARIF, the XML of JUnit, and GitHub's commands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from review.check import Verdict
from review.check_report.as_json import as_json
from review.check_report.github import as_github
from review.check_report.junit import as_junit
from review.check_report.sarif import as_sarif
from review.check_report.text import as_text
from review.finding import Finding
from review.linted import LintRule, Report

ODD = "50% of a,b: c\r\n'\x1b[31m\x00"
LINT = Finding("a/b c.yaml", 7, "E3002", ODD, resource="Queue")
OURS = Finding("a/b c.yaml", 3, "MR101", "Logs: keeps them", "add RetentionInDays", "Logs")
WARNING = Finding("a/b c.yaml", 9, "W1001", "might not be there", level="warning")
NOTE = Finding("good.yaml", 2, "I3011", "says nothing", level="note")
REPORT = Report(
    path="a/b c.yaml",
    regions=("us-east-1", "me-south-1"),
    is_fit=True,
    unfit={"ca-west-1": "AWS::SQS::Queue"},
    unproven=("me-south-1",),
    findings=(LINT, WARNING),
    rules=(
        LintRule("E3002", "Properties are valid", "Why", "https://example.com/E3002"),
        LintRule("W1001", "Is there", "Why not", ""),
    ),
)
BAD = Verdict(Path("a/b c.yaml"), (OURS, LINT, WARNING), REPORT)
GOOD = Verdict(Path("good.yaml"), (NOTE,), None, ("what the macro Mine makes of it",), "nobody")
VERDICTS = (BAD, GOOD)
# What the schema of SARIF 2.1.0 requires of its objects, and the levels it knows.
REQUIRED = {
    "": ("version", "runs"),
    "runs": ("tool",),
    "tool": ("driver",),
    "driver": ("name",),
    "rules": ("id",),
    "results": ("message",),
    "invocations": ("executionSuccessful",),
    "toolExecutionNotifications": ("message",),
    "message": ("text",),
}
LEVELS = ("none", "note", "warning", "error")


def objects(node: Any, name: str = "") -> list[tuple[str, Mapping[str, Any]]]:
    """Return every object below a node, each with the key it or its list stands under."""
    if isinstance(node, list):
        return [each for item in node for each in objects(item, name)]
    if not isinstance(node, dict):
        return []
    return [(name, node), *(each for key in node for each in objects(node[key], key))]


def test_json_has_the_shape_that_programs_rely_on() -> None:
    found = json.loads(as_json(VERDICTS))
    assert (found["format"], found["passes"]) == (1, False)
    assert found["counts"] == {"error": 2, "warning": 1, "note": 1}
    bad, good = found["files"]
    assert good == {
        "path": "good.yaml",
        "passes": True,
        "summary": "not linted",
        "regions": [],
        "regions_named_by": "nobody",
        "unfit": {},
        "unproven": [],
        "not_judged": ["what the macro Mine makes of it"],
        "findings": [
            {
                "path": "good.yaml",
                "line": 2,
                "rule": "I3011",
                "message": "says nothing",
                "mend": "",
                "resource": "",
                "level": "note",
            }
        ],
    }
    assert bad["regions"] == ["us-east-1", "me-south-1"]
    assert bad["unfit"] == {"ca-west-1": "AWS::SQS::Queue"}


def test_sarif_has_what_its_schema_requires() -> None:
    log = json.loads(as_sarif(VERDICTS, "1.2.3"))
    assert log["version"] == "2.1.0"
    for name, node in objects(log):
        assert set(REQUIRED.get(name, ())) <= set(node), name
        assert node.get("level", "none") in LEVELS
        assert node.get("startLine", 1) >= 1


def test_sarif_tells_of_each_rule_and_points_to_each_line() -> None:
    (run,) = json.loads(as_sarif(VERDICTS, "1.2.3"))["runs"]
    driver = run["tool"]["driver"]
    rules = {each["id"]: each for each in driver["rules"]}
    assert driver["version"] == "1.2.3"
    assert set(rules) == {"E3002", "I3011", "MR101", "W1001"}
    assert rules["E3002"]["helpUri"] == "https://example.com/E3002"
    assert rules["MR101"]["shortDescription"]["text"].startswith("A log group says")
    assert "add RetentionInDays" in rules["MR101"]["help"]["text"]
    assert rules["W1001"]["defaultConfiguration"] == {"level": "warning"}
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "a/b%20c.yaml", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 3},
    }
    assert place["logicalLocations"] == [{"name": "Logs", "kind": "resource"}]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == ("good.yaml: not judged: what the macro Mine makes of it")


def test_sarif_writes_a_whole_path_as_a_whole_uri() -> None:
    verdict = Verdict(Path("/a b.yaml"), (Finding("/a b.yaml", 1, "MG002", "is odd"),), None)
    (run,) = json.loads(as_sarif([verdict], "1"))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "file:///a%20b.yaml"}


def test_junit_is_xml_with_a_case_for_each_file() -> None:
    suites = ElementTree.fromstring(as_junit(VERDICTS))  # noqa: S314 - our own
    (suite,) = suites
    assert (suites.tag, suite.tag) == ("testsuites", "testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    bad, good = suite
    assert (bad.get("name"), good.get("name")) == ("a/b c.yaml", "good.yaml")
    failure = bad.find("failure")
    assert failure is not None
    assert failure.get("message") == "MR101 Logs: keeps them and 2 more"
    assert "a/b c.yaml:9: W1001 might not be there" in str(failure.text)
    assert "50% of a,b: c" in str(failure.text)
    assert good.find("failure") is None
    said = str(good.findtext("system-out"))
    assert "note: good.yaml:2: I3011 says nothing" in said
    assert "not judged: what the macro Mine makes of it" in said


def test_github_reads_one_command_a_line_with_nothing_left_to_misread() -> None:
    assert as_github(VERDICTS).splitlines() == [
        "::error file=a/b c.yaml,line=3,title=MR101 Logs::"
        "Logs: keeps them; mend: add RetentionInDays",
        "::error file=a/b c.yaml,line=7,title=E3002 Queue::50%25 of a,b: c%0D%0A'\x1b[31m\x00",
        "::warning file=a/b c.yaml,line=9,title=W1001::might not be there",
        "::notice file=good.yaml,line=2,title=I3011::says nothing",
        "::notice file=good.yaml::not judged: what the macro Mine makes of it",
    ]


@pytest.mark.parametrize(
    ("path", "written"), [("a,b.yaml", "a%2Cb.yaml"), ("a:b%.yaml", "a%3Ab%25.yaml")]
)
def test_github_takes_any_file_name(path: str, written: str) -> None:
    verdict = Verdict(Path(path), (Finding(path, 1, "MG002", "is odd"),), None)
    assert as_github([verdict]) == f"::error file={written},line=1,title=MG002::is odd"


def test_people_get_a_line_for_each_finding_whatever_it_quotes() -> None:
    assert as_text(VERDICTS).splitlines() == [
        "found a/b c.yaml: cfn-lint for 2 regions; not for ca-west-1, which have no "
        "AWS::SQS::Queue; proves nothing for me-south-1, whose data it lacks",
        "      a/b c.yaml:3: MR101 Logs: keeps them; mend: add RetentionInDays",
        "      a/b c.yaml:7: E3002 50% of a,b: c\\r\\n'\\x1b[31m\\x00",
        "      a/b c.yaml:9: warning: W1001 might not be there",
        "ok    good.yaml: not linted",
        "      good.yaml:2: note: I3011 says nothing",
        "      not judged: what the macro Mine makes of it",
        "2 templates: 2 errors, 1 warning, 1 note",
    ]
