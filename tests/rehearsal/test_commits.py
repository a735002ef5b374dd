"""Commits of a folder: the same tree is the same commit, and each is a little different."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from rehearsal.commits import Commit, commit
from rehearsal.errors import RehearsalError


def names(one: Commit) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(one.archive)) as packed:
        return {*packed.namelist()}


def text(one: Commit, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(one.archive)) as packed:
        return packed.read(name).decode()


def write(folder: Path, name: str, content: str = "content\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_the_same_folder_makes_the_same_commit(tmp_path: Path) -> None:
    write(tmp_path, "b/c")
    write(tmp_path, "a")
    one = commit(tmp_path, 1, "main")
    (tmp_path / "a").touch()
    assert commit(tmp_path, 1, "main") == one
    assert (one.branch, one.message) == ("main", "Commit 1 of a rehearsal")
    assert names(one) == {"a", "b/c"}
    assert len(one.id) == 40
    write(tmp_path, "a", "other\n")
    assert commit(tmp_path, 1, "main").id != one.id


def test_what_nobody_commits_is_left_out(tmp_path: Path) -> None:
    for name in (".git/HEAD", "a/__pycache__/b.pyc", "target/a.war", ".hidden", "a/git"):
        write(tmp_path, name)
    assert names(commit(tmp_path, 1, "main")) == {".hidden", "a/git"}


@pytest.mark.parametrize(
    ("name", "changed", "added"),
    [
        ("src/app.py", "src/app.py", "content\n\n# Commit 2 of a rehearsal.\n"),
        (
            "src/main/resources/page.css",
            "src/main/resources/page.css",
            "content\n\n/* Commit 2 of a rehearsal. */\n",
        ),
        ("other", "REHEARSAL.txt", "Commit 2 of a rehearsal.\n"),
    ],
)
def test_a_second_commit_changes_a_file(
    tmp_path: Path, name: str, changed: str, added: str
) -> None:
    write(tmp_path, name)
    first, second, third = (commit(tmp_path, number, "main") for number in (1, 2, 3))
    assert text(second, changed) == added
    assert text(first, name) == "content\n"
    assert len({first.id, second.id, third.id}) == 3
    assert (tmp_path / name).read_text() == "content\n"


def test_an_executable_file_is_one_in_the_archive(tmp_path: Path) -> None:
    write(tmp_path, "tool").chmod(0o755)
    with zipfile.ZipFile(io.BytesIO(commit(tmp_path, 1, "main").archive)) as packed:
        assert (packed.getinfo("tool").external_attr >> 16) & 0o111 == 0o111


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("none", "none: is no folder; name one that holds an application"),
        ("empty", "empty: is empty; name a folder that holds an application"),
        ("file", "file: is no folder"),
    ],
)
def test_a_folder_that_is_none_or_empty_is_refused(tmp_path: Path, folder: str, why: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(RehearsalError, match=why):
        commit(tmp_path / folder, 1, "main")
