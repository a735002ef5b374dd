"""The command `check` as a person meets it, on files of their own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from generate import main
from review.lint import load

GOOD = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
BAD = "Resources:\n  Topic:\n    Type: AWS::SNS::Topc\n"


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    """Load cfn-lint before it is forked, once for all of these tests."""
    load()


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder: two templates, and what is none."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "good.yaml": GOOD,
        "deep/bad.yml": BAD,
        "deep/workflow.yaml": "on: push\n",
        "deep/.hidden/bad.yaml": BAD,
        "deep/notes.txt": BAD,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("named", "paths", "code"),
    [
        pytest.param(["good.yaml"], ["good.yaml"], 0, id="a file"),
        pytest.param(["deep"], ["deep/bad.yml"], 2, id="a folder"),
        pytest.param(["deep", "./good.yaml"], ["deep/bad.yml", "good.yaml"], 2, id="both"),
        pytest.param(["good.yaml", "good.yaml"], ["good.yaml"], 0, id="twice"),
    ],
)
def test_files_and_folders_are_checked(
    named: list[str], paths: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *named, "--format", "json"]) == code
    printed = capsys.readouterr()
    assert [each["path"] for each in json.loads(printed.out)["files"]] == paths
    assert printed.err == ""


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("format_", ["text", "json", "sarif", "junit", "github"])
def test_every_format_names_the_file_the_line_and_the_rule(
    format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "deep/bad.yml", "--format", format_]) == 2
    printed = capsys.readouterr().out
    for words in ("deep/bad.yml", "3", "E3006"):
        assert words in printed


@pytest.mark.usefixtures("folder")
def test_standard_input_is_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert main(["check", "-", "--regions", "eu-west-1"]) == 2
    assert "found -: cfn-lint for eu-west-1, as --regions says" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["none.yaml"], "none.yaml: is not there; name a template", id="no file"),
        pytest.param(["nothing"], "'nothing' is not a template", id="no name"),
        pytest.param(["good.yaml", "x/"], "x: is not there", id="no folder"),
        pytest.param(["good.yaml", "empty"], "empty: holds no template", id="empty folder"),
        pytest.param(
            ["good.yaml", "--regions", "eu-wst-1"], "did you mean eu-west-1", id="no region"
        ),
        pytest.param(["good.yaml", "--regions", ""], "is not an AWS region", id="no regions"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_one_line(
    arguments: list[str], words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    assert main(["check", *arguments]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert words in line


def test_whoever_asks_does_not_wait_for_cfn_lint_to_load() -> None:
    program = (
        "import sys\n"
        "from review import check, check_cli, check_sources\n"
        "from review.check_report import known_rules, sarif\n"
        "sys.exit('cfnlint' in sys.modules)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", program],
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    assert done.returncode == 0


def test_nothing_beside_the_templates_has_a_say(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = folder / "ran"
    (folder / "rules").mkdir()
    (folder / "rules" / "Mine.py").write_text(f"open({str(ran)!r}, 'w')\n")
    (folder / ".cfnlintrc").write_text("ignore_checks: [E]\nappend_rules: [rules]\n")
    (folder / "sitecustomize.py").write_text(f"open({str(ran)!r}, 'w')\n")
    monkeypatch.setenv("HOME", str(folder))
    own = "Metadata: {cfn-lint: {config: {append_rules: [rules], regions: [no-such-1]}}}\n"
    (folder / "deep" / "bad.yml").write_text(own + BAD)
    assert main(["check", "deep"]) == 2
    assert "E3006" in capsys.readouterr().out
    assert not ran.exists()
