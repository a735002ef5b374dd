"""Holds the design's arrows: what makes templates is pure, and what reads them does not know it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src"
PURE = {
    "__future__", "collections", "configparser", "dataclasses", "difflib", "enum", "functools",
    "importlib", "itertools", "json", "pathlib", "pkgutil", "re", "tomllib", "types", "typing",
    "awacs", "pipeline", "refusals", "troposphere", "yaml",
}  # fmt: skip
AT_THE_EDGE = {"write.py": {"contextlib", "tempfile"}}
READERS = sorted(each for each in SRC.iterdir() if each.name not in {"pipeline", "lambdas"})


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("file", sorted((SRC / "pipeline").rglob("*.py")), ids=lambda f: f.name)
def test_pipeline_imports_nothing_that_is_not_pure(file: Path) -> None:
    assert imported(file) <= PURE | AT_THE_EDGE.get(file.name, set())


@pytest.mark.parametrize("file", sorted((SRC / "lambdas").glob("*.py")), ids=lambda f: f.name)
def test_a_function_imports_the_standard_library_and_boto3_only(file: Path) -> None:
    assert imported(file) <= sys.stdlib_module_names | {"boto3", "botocore"}


@pytest.mark.parametrize(
    "file", [f for package in READERS for f in package.rglob("*.py")], ids=lambda f: f.name
)
def test_readers_of_yaml_do_not_know_how_it_is_made(file: Path) -> None:
    assert imported(file).isdisjoint({"pipeline", "lambdas", "troposphere", "awacs"})


def test_what_both_sides_import_knows_neither_and_is_pure() -> None:
    for file in (SRC / "refusals").rglob("*.py"):
        assert imported(file) <= {"__future__", "collections", "difflib"}


def test_the_reader_of_templates_knows_nobody_who_reads() -> None:
    own = {each.name for each in READERS} - {"refusals", "template_reader"}
    for file in (SRC / "template_reader").rglob("*.py"):
        assert imported(file).isdisjoint(own)


@pytest.mark.parametrize("package", ["html_writer", "markdown_writer"])
def test_the_writers_of_pages_know_nothing_of_what_is_shown(package: str) -> None:
    known = {"__future__", "collections", "dataclasses", "html", "re", package}
    for file in (SRC / package).rglob("*.py"):
        assert imported(file) <= known


@pytest.mark.parametrize("package", ["aws_reference", "git_reader", "semantic_version"])
def test_what_knows_no_template_reads_none(package: str) -> None:
    own = {each.name for each in READERS} - {"refusals", package}
    for file in (SRC / package).rglob("*.py"):
        assert imported(file).isdisjoint(own)


def test_templates_are_reviewed_without_knowing_who_else_reads_them() -> None:
    others = {"html_writer", "launch", "operate", "picture", "rehearsal"}
    for file in (SRC / "review").rglob("*.py"):
        assert imported(file).isdisjoint(others)


def test_data_modules_hold_no_template_object() -> None:
    for name in ("topology", "topology_file", "topology_rules", "partitions", "errors"):
        assert "troposphere" not in imported(SRC / "pipeline" / f"{name}.py"), name


def test_importing_every_stack_builds_nothing() -> None:
    program = (
        "import troposphere\n"
        "def refuse(*_, **__): raise SystemExit('a Template was made while importing')\n"
        "troposphere.Template.__init__ = refuse\n"
        "from pathlib import Path\n"
        "from pipeline.library import find_entries\n"
        "print(len(find_entries(Path('topologies'))))\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", program],
        cwd=SRC.parent,
        env={"PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
