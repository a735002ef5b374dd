"""What `generate.py rehearse` refuses in one line, and before anything is started where it can."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from rehearsing import CHINA, IMAGES, Tree, make_tree

import generate
from rehearsal import rehearse
from rehearsal.commands import LINT


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Return a tree of this test's own, in which nothing may be started."""

    def start(*_: object) -> None:
        pytest.fail("it was started")

    made = make_tree(tmp_path)
    monkeypatch.setattr(generate, "PROJECT", made.folder)
    monkeypatch.setattr(rehearse, "start_clouds", start)
    monkeypatch.chdir(made.folder)
    return made


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line of a refusal."""
    assert generate.main(["rehearse", *arguments]) == 1
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert captured.out == ""
    return line.removeprefix("generate.py: ")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["multi-regoin-pipeline"],
            "multi-regoin-pipeline: no topology renders a pipeline of that name "
            "(did you mean multi-region-pipeline?)",
        ),
        (
            ["artifact-store"],
            "artifact-store: no topology renders a pipeline of that name; there are "
            "global-china-pipeline, multi-region-pipeline",
        ),
        (
            [IMAGES, "--fault", "region:eu-north-1=refused"],
            "--fault region:eu-north-1=refused: multi-region-pipeline has nothing in "
            "eu-north-1; there are ap-south-1, us-east-1, us-east-2, or name another pipeline",
        ),
        (
            ["--fault", "copy:ap-south-1=failed"],
            "--fault copy:ap-south-1=failed: global-china-pipeline has nothing in "
            "ap-south-1; there are cn-north-1, us-east-1, or name another pipeline",
        ),
        (
            [CHINA, "--fault", "approval:prod=rejected"],
            "--fault approval:prod=rejected: global-china-pipeline has no stage prod "
            "(did you mean Prod?)",
        ),
        (
            [IMAGES, "--fault", "function:CopyImages=killed"],
            "--fault function:CopyImages=killed: multi-region-pipeline has no function "
            "CopyImages (did you mean CopyImage?)",
        ),
        (
            ["--fault", "quota:us-east-1=full"],
            "--fault quota:us-east-1=full: there is no fault quota; there are copy, throttle, "
            "approval, region, function",
        ),
        (
            ["--application", "nowhere"],
            "nowhere: is no folder; name one that holds an application",
        ),
        (["--application", "tmp"], "tmp: is empty; name a folder that holds an application"),
        (
            ["--param", "RepositoryNam=a"],
            "--param RepositoryNam: is no parameter of templates/global-china-pipeline.yaml or "
            "templates/multi-region-pipeline.yaml (did you mean RepositoryName?)",
        ),
        (["--param", "RepositoryName"], "--param RepositoryName: is not NAME=VALUE; write it so"),
        (["--real", "mvm"], "--real mvm: nothing stands in for it (did you mean mvn?)"),
        (
            ["--real", "cargo"],
            "--real cargo: nothing stands in for it; there are mvn, packer, cfn_nag_scan, "
            "checkov, dnf, gem, ln, sleep",
        ),
        (
            ["--region", "us-east-1"],
            "--region: a rehearsal goes on where the topology says; change `home` there, "
            "or add --dry-run",
        ),
        (
            ["--dry-run", "--fault", "copy:ap-south-1=failed"],
            "--fault: nothing runs with --dry-run; leave one of them out",
        ),
        (
            ["--dry-run", "--application", "tmp"],
            "--application: nothing runs with --dry-run; leave one of them out",
        ),
        (
            ["--dry-run", "--format", "html"],
            "--format html: is of what has run; use text, json or md for a plan",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("tree")
def test_bad_input_is_answered_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert refusal(capsys, *arguments) == line


def template(tree: Tree) -> Path:
    return tree.folder / "templates" / f"{IMAGES}.yaml"


def unlink(tree: Tree) -> None:
    template(tree).unlink()


def break_off(tree: Tree) -> None:
    template(tree).write_text("Resources:\n  Pipeline: [\n", encoding="utf-8")


def empty(tree: Tree) -> None:
    template(tree).write_text("Resources: {Topic: {Type: 'AWS::SNS::Topic'}}\n", encoding="utf-8")


def lose_topologies(tree: Tree) -> None:
    topologies = tree.folder / "topologies"
    topologies.unlink()
    topologies.mkdir()


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        (unlink, f"templates/{IMAGES}.yaml: is not there; `make templates` renders it"),
        (break_off, f"templates/{IMAGES}.yaml:3: is no YAML: "),
        (empty, f"templates/{IMAGES}.yaml: has no pipeline in it; `make templates` renders it"),
        (lose_topologies, "topologies: has no topology; write one, or name its folder"),
    ],
)
def test_a_tree_that_cannot_be_rehearsed_is_named(
    tree: Tree, capsys: pytest.CaptureFixture[str], harm: Callable[[Tree], None], line: str
) -> None:
    harm(tree)
    assert refusal(capsys).startswith(line)


@pytest.mark.usefixtures("tree")
def test_a_command_that_is_not_installed_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert refusal(capsys) == f"aws is not installed in {tmp_path}; mend: make templates"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "aws").touch()
    assert refusal(capsys).startswith(f"{LINT} is not installed in ")


@pytest.mark.usefixtures("tree")
def test_an_emulator_that_is_not_installed_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ministack" else find(name)
    )
    assert refusal(capsys).startswith("ministack is not installed in ")


@pytest.mark.usefixtures("tree")
def test_a_tool_that_is_to_be_real_has_to_be_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    line = "--real packer: is not installed; install it, or leave that out"
    assert refusal(capsys, "--real", "packer") == line


@pytest.mark.slow
def test_an_action_it_does_not_know_is_an_error(tmp_path: Path) -> None:
    tree = make_tree(tmp_path)
    tree.edit(IMAGES, "Provider: CodeBuild", "Provider: Jenkins", after="- Name: SecurityAnalysis")
    done = tree.run(IMAGES)
    assert (done.returncode, done.stdout) == (1, "")
    assert "SecurityAnalysis.Scan: Test/AWS/Jenkins" in done.stderr.splitlines()[-1]
