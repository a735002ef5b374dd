"""`generate.py rehearse --dry-run` as a person meets it: what it prints, refuses and returns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from templates.committed import PROJECT, TEMPLATES
from test_generate import generate, one_line

from generate import main

PLANNED = "rehearse", "--dry-run"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the code, and what is printed to either stream."""
    code = main([*PLANNED, *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line of a refusal."""
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    (line,) = err.splitlines()
    return line.removeprefix("generate.py: ")


def test_every_pipeline_is_planned_and_nothing_is_said_to_have_run() -> None:
    done = generate(*PLANNED, environment={"NO_COLOR": "1"})
    assert (done.returncode, done.stderr) == (0, "")
    titles = [line for line in done.stdout.splitlines() if ".yaml, AppPipeline" in line]
    assert [line.split()[0] for line in titles] == [
        "global-china-pipeline",
        "multi-region-pipeline",
    ]
    assert done.stdout.splitlines()[-1].startswith("This is a plan: nothing has run")
    assert "\033" not in done.stdout


@pytest.mark.parametrize(("no_color", "painted"), [("", True), ("1", False)])
def test_a_terminal_is_painted_unless_no_color_forbids(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    no_color: str,
    painted: bool,
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert ("\033[1m" in run(capsys, "multi-region-pipeline")[1]) is painted


def test_formats_for_programs_and_pages(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(capsys, "multi-region-pipeline", "--format", "json")
    assert code == 0
    assert [plan["stack"] for plan in json.loads(out)] == ["multi-region-pipeline"]
    pages = run(capsys, "--format", "md")[1].splitlines()
    assert [line for line in pages if line.startswith("#")] == [
        "## global-china-pipeline",
        "## multi-region-pipeline",
    ]


def test_values_and_regions_are_those_that_are_given(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--param", "OtherRegion1=eu-north-1", "--param", "RepositoryName=octo/shop")
    _code, out, _err = run(capsys, "multi-region-pipeline", "--region", "eu-west-1", *given)
    for words in ("Launched in eu-west-1", "artifacts in eu-north-1", "repository octo/shop"):
        assert words in out
    assert "us-east" not in out


def test_a_source_is_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    _code, out, _err = run(capsys, "--source", "S3", "--param", "SourceBucketName=sources")
    assert out.count("fetch source.zip from bucket sources") == 2


def test_a_value_reaches_the_pipelines_that_ask_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    _code, out, _err = run(capsys, "--param", "ProjectName=shop")
    assert "shop-app-stack-dev" in out
    assert "multi-region-pipeline-deploy" in out


def test_a_template_of_ones_own_is_named_by_its_path(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_bytes((TEMPLATES / "global-china-pipeline.yaml").read_bytes())
    code, out, _err = run(capsys, str(mine))
    assert code == 0
    assert "mine-change" in out
    mine.write_text(mine.read_text().replace("Provider: Manual", "Provider: Snake\u2028"))
    assert refusal(capsys, str(mine)).startswith(f"{mine}: Prod.Approve: Approval/AWS/Snake")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["global-chna-pipeline"],
            "no pipeline of that name (did you mean global-china-pipeline?)",
        ),
        (["xyz"], "no pipeline of that name; there are global-china-pipeline, multi-region-pipel"),
        (["artifact-store"], "artifact-store.yaml: has no pipeline in it; these have one: global-"),
        (["missing.yaml"], "missing.yaml: is not there; name a template, or its file"),
        (["./tests"], "tests: cannot be read: Is a directory"),
        ([str(PROJECT / "README.md")], "README.md:"),
        ([str(TEMPLATES / "artifact-store.yaml")], "artifact-store.yaml: has no pipeline in it"),
        (["--param", "SourceTyp=S3"], "no such parameter (did you mean SourceType?)"),
        (["--param", "SourceType"], "--param SourceType: is not NAME=VALUE; write it so"),
        (["--param", "=S3"], "is not NAME=VALUE"),
        (["--param", "SourceType=S3", "--source", "S3"], "--param SourceType: is given twice"),
        (["--param", "SourceType=Git"], "--param SourceType: 'Git' is not allowed; choose one of"),
        (["--param", "RepositoryName=a b"], "'a b' is not allowed; wanted: A repository name like"),
        (["--region", "us-east-9"], "--region: 'us-east-9' is not an AWS region (did you mean"),
        (["--region", "cn-north-1"], "--region cn-north-1: lies in aws-cn, and "),
        (["--region", "us-east-2"], "Rules.RegionsDiffer: The region of this stack and OtherReg"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_answered_in_one_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(PROJECT)
    assert words in refusal(capsys, *arguments)


def test_a_source_there_is_not_is_refused() -> None:
    assert "invalid choice: 'Git'" in one_line(generate(*PLANNED, "--source", "Git"))
