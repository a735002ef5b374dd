"""A release is one command, and each thing that stands against it stops it with nothing changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from publishing import House, listed, sound
from templates.committed import PROJECT

pytestmark = pytest.mark.slow

GENERATOR = """\
import pathlib, shutil, sys
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
out.mkdir(exist_ok=True)
for each in pathlib.Path("sources").iterdir():
    shutil.copy(each, out)
"""


def write(house: House, version: str) -> Path:
    """Write a project whose sources are its templates; commit it, and return its folder."""
    folder = house.clone.folder
    house.clone.write(version, ("alerts", "costs"))
    (folder / "generate.py").write_text(GENERATOR)
    (folder / "setup.cfg").write_text(f"[metadata]\nversion = {version}\n")
    (folder / "Makefile").write_text("test:\n\t@echo every test passed\n")
    sources = folder / "sources"
    sources.mkdir(exist_ok=True)
    for each in (folder / "templates").iterdir():
        (sources / each.name).write_bytes(each.read_bytes())
    house.clone.commit(f"Release {version}")
    return folder


@pytest.fixture
def project(house: House) -> Path:
    """Return the folder of a project that can be released as 1.0.0."""
    return write(house, "1.0.0")


def test_a_release_is_published_and_becomes_the_latest(house: House, project: Path) -> None:
    told = house.told("release")
    assert (told["version"], told["status"], told["promoted"]) == ("1.0.0", "published", True)
    contents = house.contents()
    assert sound(contents)
    assert contents["latest/index.html"] == contents["1.0.0/index.html"]


@pytest.mark.slow
def test_what_a_program_reads_is_not_mixed_with_what_the_tests_print(
    house: House, project: Path
) -> None:
    words = house.arguments("release", "--format", "json")
    there = f"generate.PROJECT = pathlib.Path({str(project)!r})"
    program = f"import generate, pathlib; {there}; generate.main({words!r})"
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (PROJECT, PROJECT / "src")))},
    )
    assert json.loads(done.stdout)["status"] == "published"
    assert "every test passed" in done.stderr


def test_it_says_on_standard_error_what_it_looked_at(house: House, project: Path) -> None:
    answer = house.run("release")
    looked = [line.split()[0] for line in answer.err.splitlines()]
    assert looked == ["clean", "new", "rendered", "tested"]
    assert [line.split()[0] for line in answer.out.splitlines()] == [
        "published",
        "commit",
        "page",
        "manifest",
        "promoted",
        "page",
    ]


def test_a_pre_release_does_not_become_the_latest(house: House, project: Path) -> None:
    house.done("release", "--no-promote")
    assert "latest/index.html" not in house.contents()
    write(house, "1.1.0-rc.1")
    assert house.told("release")["promoted"] is False
    contents = house.contents()
    assert list(listed(contents)) == ["1.1.0-rc.1", "1.0.0"]
    assert "latest/index.html" not in contents


def dirty(folder: Path) -> None:
    (folder / "templates" / "costs.yaml").write_text("Resources: {}\n")


def untracked(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")


def not_told(folder: Path) -> None:
    path = folder / "CHANGELOG.md"
    path.write_text(path.read_text().replace("[1.0.0]", "[0.9.0]"))


def another_version(folder: Path) -> None:
    (folder / "setup.cfg").write_text("[metadata]\nversion = 1.0.1\n")


def no_version(folder: Path) -> None:
    (folder / "setup.cfg").write_text("[options]\n")


def bad_version(folder: Path) -> None:
    (folder / "setup.cfg").write_text("[metadata]\nversion = 1.0\n")


def drift(folder: Path) -> None:
    path = folder / "sources" / "costs.yaml"
    path.write_text(path.read_text().replace("news", "costs"))


def nothing_renders(folder: Path) -> None:
    (folder / "generate.py").write_text("import sys; sys.exit('alas')\n")


def failing(folder: Path) -> None:
    (folder / "Makefile").write_text("test:\n\t@exit 3\n")


def leaving(folder: Path) -> None:
    (folder / "Makefile").write_text("test:\n\t@touch left-behind\n")


def committing(folder: Path) -> None:
    who = "-c user.name=S -c user.email=s@example.com"
    commit = f"git {who} commit --quiet --allow-empty --message More"
    (folder / "Makefile").write_text(f"test:\n\t@{commit}\n")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (dirty, "not everything is committed: templates/costs.yaml; mend: git commit"),
        (untracked, "not everything is committed: notes.txt; mend: git commit, or git stash"),
        (not_told, "CHANGELOG.md: has no section for 1.0.0; mend: write '## [1.0.0] - YYYY-MM"),
        (another_version, "setup.cfg: is of version 1.0.1, the templates of 1.0.0; mend: make"),
        (no_version, "setup.cfg: says no version; mend: write it under [metadata]"),
        (bad_version, "setup.cfg: version: '1.0' is no version; write one like 1.4.0"),
        (drift, "templates: not as their sources render them: costs; mend: make templates"),
        (nothing_renders, "does not render here: alas; mend: make templates"),
        (failing, "make test: failed with exit code 2, and nothing was published; mend: what"),
        (leaving, "not everything is committed: left-behind; mend: git commit"),
        (committing, "has another commit than before the tests; run it again"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_what_stands_against_a_release_stops_it(
    house: House, project: Path, harm: object, words: str
) -> None:
    assert callable(harm)
    harm(project)
    if harm not in (dirty, untracked):
        house.clone.commit("Harm it")
    answer = house.run("release")
    assert (answer.code, answer.out) == (1, "")
    assert words in answer.err.splitlines()[-1]
    assert house.contents() == {}


def test_a_version_that_is_there_is_not_released_again(house: House, project: Path) -> None:
    house.done("release")
    before = house.history()
    answer = house.run("release")
    words = "1.0.0 is published there already; mend: raise the version in setup.cfg, or make it"
    assert words in answer.err.splitlines()[-1]
    house.clone.git("commit", "--allow-empty", "--quiet", "--message", "Go on")
    assert "generate.py promote 1.0.0" in house.run("release").err
    assert house.history() == before


def test_a_release_that_was_cut_short_is_completed(house: House, project: Path) -> None:
    house.done("publish", "--dry-run")
    house.done("publish")
    for key in ("index.json", "1.0.0/costs.yaml", "1.0.0/index.html"):
        house.s3.delete_object(Bucket=house.bucket, Key=key)
    assert house.told("release")["promoted"] is True
    assert sound(house.contents())


def test_publishing_refuses_what_is_not_committed(house: House, project: Path) -> None:
    for number in range(8):
        (project / f"notes-{number}.txt").write_text("x")
    line = house.run("publish").line
    assert "notes-0.txt, notes-1.txt, notes-2.txt, notes-3.txt, notes-4.txt and 3 more" in line
    assert house.contents() == {}
