"""The command as a person meets it: what it prints, what it returns, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from cfnlint.decode.decode import decode_str
from templates.committed import NAMES, PROJECT

from generate import main

COPIED = ("generate.py", "setup.cfg", "src", "buildspecs", "topologies", "templates")


def generate(
    *arguments: str | Path,
    project: Path = PROJECT,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command of a project's tree to its end."""
    return subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, project / "generate.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(project / "src"), **(environment or {})},
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a tree of one's own to break."""
    for name in COPIED:
        source = PROJECT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    return tmp_path


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line of an error, having seen that it is one and the code is 1."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def contents(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_help_tells_a_stranger_what_there_is() -> None:
    done = generate("--help")
    assert done.returncode == 0
    for word in (
        "render",
        "check",
        "list",
        "rehearse --dry-run",
        "publish --bucket",
        "store-access-key --prefix",
        "examples:",
        "exit codes: 0 done, 1 failed, 2",
    ):
        assert word in done.stdout


COMMANDS = ("render", "check", "list", "rehearse", "store-access-key")
LAUNCHING = ("publish", "promote", "yank", "verify", "release")


@pytest.mark.parametrize("command", [*COMMANDS, *LAUNCHING])
def test_the_help_of_a_command_shows_that_command_alone(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    shown = re.findall(r"generate\.py ([a-z-]+)", capsys.readouterr().out)
    assert set(shown) == {command}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "required: COMMAND"),
        (["rendr"], "invalid choice: 'rendr'"),
        (["render", "--format", "xml"], "invalid choice: 'xml'"),
        (["render", "--out"], "expected one argument"),
        (["render", "artefact-store"], "did you mean artifact-store"),
        (["check", "artefact-store"], "did you mean artifact-store"),
        (["list", "artifact-store"], "unrecognized arguments"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_answered_in_one_line(arguments: list[str], words: str) -> None:
    assert words in one_line(generate(*arguments))


def test_list_names_every_template() -> None:
    rows = json.loads(generate("list", "--format", "json").stdout)
    assert [row["name"] for row in rows] == NAMES
    printed = generate("list").stdout.splitlines()
    assert [line.split()[0] for line in printed[::2]] == NAMES


def test_render_writes_then_leaves_alone(tmp_path: Path) -> None:
    first, second = (generate("render", "--out", tmp_path / "new") for _ in range(2))
    assert first.stdout.count("written") == second.stdout.count("unchanged") == len(NAMES)
    assert contents(tmp_path / "new") == contents(PROJECT / "templates")


def test_render_can_make_one(tmp_path: Path) -> None:
    generate("render", "service-roles", "--out", tmp_path)
    assert list(contents(tmp_path)) == ["service-roles.yaml"]


def test_json_says_what_yaml_says(tmp_path: Path) -> None:
    generate("render", "--format", "json", "--out", tmp_path)
    assert sorted(contents(tmp_path)) == [f"{name}.json" for name in NAMES]
    for name in NAMES:
        yaml, errors = decode_str((PROJECT / "templates" / f"{name}.yaml").read_text())
        assert not errors
        assert json.loads((tmp_path / f"{name}.json").read_text()) == yaml, name


def test_output_in_the_way_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "file" in one_line(generate("render", "--out", tmp_path / "file"))
    assert "file" in one_line(generate("render", "--out", tmp_path / "file" / "below"))


def test_a_broken_topology_writes_nothing(project: Path) -> None:
    topology = project / "topologies" / "multi-region.toml"
    topology.write_text(topology.read_text().replace("ap-south-1", "ap-south-9"))
    before = contents(project / "templates")
    line = one_line(generate("render", project=project))
    assert line.startswith("generate.py: ")
    assert "multi-region.toml: stage[1].target[3].region: 'ap-south-9' is not an AWS region" in line
    assert contents(project / "templates") == before


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
        {"PYTHONUTF8": "0", "LANG": "ja_JP.eucJP", "AWS_REGION": "cn-north-1"},
    ],
    ids=lambda environment: next(iter(environment)) + next(iter(environment.values())),
)
def test_the_bytes_depend_on_nothing_around(tmp_path: Path, environment: dict[str, str]) -> None:
    assert (
        generate("render", "--out", tmp_path, *reversed(NAMES), environment=environment).returncode
        == 0
    )
    rendered = contents(tmp_path)
    assert rendered == contents(PROJECT / "templates")
    assert all(text.endswith(b"\n") and b"\r" not in text for text in rendered.values())


@pytest.mark.slow
def test_check_is_content_with_what_is_rendered(project: Path) -> None:
    done = generate("check", "artifact-store", project=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert "templates/artifact-store.yaml: cfn-lint for " in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["change", "remove"])
def test_check_finds_drift_and_says_how_to_mend_it(project: Path, harm: str) -> None:
    path = project / "templates" / "artifact-store.yaml"
    if harm == "change":
        path.write_text(path.read_text().replace("TLS", "TLs").replace("2012-10-17", "2008-10-17"))
    else:
        path.unlink()
    done = generate("check", "artifact-store", project=project)
    assert done.returncode == 2
    assert "artifact-store.yaml: " in done.stdout
    assert "mend: make templates" in done.stdout


def test_an_interruption_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.library.find_entries", interrupt)
    assert main(["list"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "generate.py: interrupted; every file is whole, old or new"
    ]


def test_a_signal_between_two_files_leaves_each_whole(project: Path) -> None:
    for path in (project / "templates").iterdir():
        path.write_bytes(b"old\n")
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from generate import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored in the background
        "put, done = Path.replace, []\n"
        "def stopping(self, target):\n"
        "    if done: os.kill(os.getpid(), signal.SIGINT)\n"
        "    done.append(target)\n"
        "    return put(self, target)\n"
        "Path.replace = stopping\n"
        "sys.exit(main(['render']))\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={"PYTHONPATH": f"{project}:{project / 'src'}"},
    )
    assert one_line(done) == "generate.py: interrupted; every file is whole, old or new"
    new = contents(PROJECT / "templates")
    left = contents(project / "templates")
    assert left.keys() == new.keys()
    assert sorted(text == b"old\n" for text in left.values())[:2] == [False, True]
    assert all(text in (b"old\n", new[name]) for name, text in left.items())


def test_without_its_libraries_it_says_what_to_run() -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-I", "-S", PROJECT / "generate.py", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is not installed; run `make templates`" in one_line(done)
