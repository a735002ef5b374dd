"""Holds the README to what is true: its picture, its commands and what they print."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from templates.committed import NAMES, PROJECT, document

from pipeline.topology_file import parse_topology

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def block(language: str, beginning: str) -> str:
    """Return the fenced block of a language that begins so."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return next(str(each) for each in blocks if each.startswith(beginning))


def test_the_picture_shows_the_stages_of_the_template() -> None:
    pipeline = document("multi-region-pipeline")["Resources"]["AppPipeline"]["Properties"]
    stages = [stage["Name"] for stage in pipeline["Stages"]]
    assert " --> ".join(stages) in block("mermaid", "flowchart")


def test_the_first_command_prints_every_template() -> None:
    printed = block("console", "$ make templates")
    assert re.findall(r"templates/([a-z-]+)\.yaml", printed) == NAMES


def test_the_list_is_what_the_command_prints() -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, PROJECT / "generate.py", "list"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert block("console", "$ .venv/bin/meridian list") == (
        "$ .venv/bin/meridian list\n" + done.stdout
    ), "mend: paste what `.venv/bin/meridian list` prints into README.md"


def test_the_topology_shown_is_a_topology() -> None:
    topology = parse_topology(block("toml", "pipeline = "), name="orders")
    assert [region.name for region in topology.regions] == [
        "eu-west-1",
        "eu-central-1",
        "eu-north-1",
    ]


def test_the_error_shown_is_the_one_that_is_said(tmp_path: Path) -> None:
    broken = block("toml", "pipeline = ").replace("eu-central-1", "eu-centrl-1")
    (tmp_path / "orders.toml").write_text(broken)
    program = (
        "import sys; from pathlib import Path; from pipeline.errors import InputError\n"
        "from pipeline.topology_file import read_topology\n"
        "try: read_topology(Path('orders.toml'))\n"
        "except InputError as error: print(error)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"generate.py: topologies/{done.stdout}" in README


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (PROJECT / "Makefile").read_text()))
    assert set(re.findall(r"(?:`|\$ )make ([a-z]+)", README)) <= targets
