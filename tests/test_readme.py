"""Holds the README to what is true: its pictures, its commands and what they print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from git_clone import Clone, git
from templates.committed import NAMES, PROJECT

from generate import main
from picture.__main__ import main as draw
from pipeline.errors import InputError
from pipeline.topology_file import parse_topology, read_topology

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def block(language: str, beginning: str) -> str:
    """Return the fenced block of a language that begins so."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return next(str(each) for each in blocks if each.startswith(beginning))


@pytest.mark.parametrize("name", ["multi-region-pipeline", "global-china-pipeline"])
def test_a_picture_is_drawn_from_the_template(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(PROJECT)
    assert draw([f"templates/{name}.yaml"]) == 0
    assert f"```mermaid\n{capsys.readouterr().out}```\n" in README, (
        f"mend: paste what `.venv/bin/python -m picture templates/{name}.yaml` prints"
        " into its block of README.md"
    )


def test_the_first_command_prints_every_template() -> None:
    printed = block("console", "$ make templates")
    assert re.findall(r"templates/([a-z-]+)\.yaml", printed) == NAMES


def test_the_list_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert block("console", "$ .venv/bin/meridian list") == (
        "$ .venv/bin/meridian list\n" + capsys.readouterr().out
    ), "mend: paste what `.venv/bin/meridian list` prints into README.md"


def test_the_link_shown_is_the_one_that_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    shown = block("console", "$ .venv/bin/meridian links")
    command, _, printed = shown.partition("\n")
    assert main(command.split()[2:]) == 0
    assert printed == capsys.readouterr().out, f"mend: paste what `{command[2:]}` prints"


def test_the_topology_shown_is_a_topology() -> None:
    topology = parse_topology(block("toml", "pipeline = "), name="orders")
    assert [region.name for region in topology.regions] == [
        "eu-west-1",
        "eu-central-1",
        "eu-north-1",
    ]


def test_the_error_shown_is_the_one_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = block("toml", "pipeline = ").replace("eu-central-1", "eu-centrl-1")
    (tmp_path / "topologies").mkdir()
    (tmp_path / "topologies" / "orders.toml").write_text(broken)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refused:
        read_topology(Path("topologies/orders.toml"))
    assert f"generate.py: {refused.value}\n" in README


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (PROJECT / "Makefile").read_text()))
    assert set(re.findall(r"(?:`|\$ )make ([a-z]+)", README)) <= targets


def test_the_change_shown_does_what_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clone = Clone(tmp_path / "clone")
    text = (PROJECT / "templates" / "artifact-store.yaml").read_text(encoding="utf-8")
    clone.write("artifact-store.yaml", text)
    clone.commit()
    git(clone.folder, "tag", "v0.1.0")
    for one, other in (
        ("BucketName: !Sub ${StoreName}-", "BucketName: !Sub ${StoreName}-store-"),
        ("          - kms:Decrypt\n", "          - kms:Decrypt\n          - kms:DescribeKey\n"),
    ):
        assert text.count(one) == 1
        text = text.replace(one, other)
    clone.write("artifact-store.yaml", text)
    monkeypatch.chdir(clone.folder)
    shown = block("console", "$ .venv/bin/meridian diff")
    command, _, rest = shown.partition("\n...\n")
    assert main(command.split()[2:]) == 1
    printed = capsys.readouterr().out.partition("\n\n")[2]
    assert rest == printed, f"mend: paste what `{command[2:]}` prints then:\n{printed}"
