"""The command `diff` as people call it: in clones of many shapes, on folders and on files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from git_clone import TOPIC, Clone, git

from generate import main

DONE, FAILED, FOUND = 0, 1, 2


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """Return a clone with one released template, in which the command is called."""
    made = Clone(tmp_path / "clone")
    made.write("topic.yaml", TOPIC.format("1.0.0"))
    made.commit()
    git(made.folder, "tag", "v1.0.0")
    monkeypatch.chdir(made.folder)
    return made


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    main(["diff", *words, "--format", "json"])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["diff", *words]) == FAILED
    answer = capsys.readouterr()
    assert not answer.out
    assert answer.err.count("\n") == 1
    return answer.err


def files(found: dict[str, object]) -> list[str]:
    templates = found["templates"]
    assert isinstance(templates, list)
    return [each["file"] for each in templates]


@pytest.mark.parametrize("base", ["v1.0.0", "main", "HEAD", "main~0"])
def test_nothing_differs(clone: Clone, capsys: pytest.CaptureFixture[str], base: str) -> None:
    assert main(["diff", base]) == DONE
    assert "No template differs." in capsys.readouterr().out


def test_a_template_gone_from_the_work_tree(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    clone.write("queue.yaml", TOPIC.format("2.0.0"))
    (clone.folder / "templates" / "topic.yaml").unlink()
    assert main(["diff", "v1.0.0"]) == FOUND
    assert "! template removed: the template" in capsys.readouterr().out


def test_a_major_that_is_forgotten(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    clone.write("other.yaml", TOPIC.format("1.1.0"))
    (clone.folder / "templates" / "topic.yaml").unlink()
    assert main(["diff", "v1.0.0"]) == FAILED
    assert "mend: set it to 2.0.0 or more" in capsys.readouterr().out


def test_the_newest_release_counts_and_not_what_the_base_says(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    clone.write("topic.yaml", TOPIC.format("2.0.0"))
    clone.commit()
    clone.write("queue.yaml", TOPIC.format("2.0.0"))
    found = told(capsys, "HEAD")["version"]
    assert isinstance(found, dict)
    assert (found["before"], found["wanted"], found["problem"]) == ("1.0.0", "1.1.0", "")


def test_two_commits(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    clone.write("below/queue.yaml", TOPIC.format("1.1.0"))
    second = clone.commit()
    clone.write("not-committed.yaml", TOPIC.format("1.1.0"))
    found = told(capsys, "v1.0.0", second)
    assert files(found) == ["below/queue.yaml"]
    assert found["after"] == second[:9]


def test_what_the_base_has_gained_since_is_no_change_of_a_branch(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    git(clone.folder, "switch", "--quiet", "--create", "branch")
    clone.write("mine.yaml", TOPIC.format("1.0.0"))
    clone.commit()
    git(clone.folder, "switch", "--quiet", "main")
    clone.write("theirs.yaml", TOPIC.format("1.0.0"))
    clone.commit()
    git(clone.folder, "switch", "--quiet", "branch")
    assert files(told(capsys, "main", "--merge-base")) == ["mine.yaml"]
    assert files(told(capsys, "main")) == ["mine.yaml", "theirs.yaml"]


def test_other_folders_files_and_links_are_not_compared(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone.folder / "elsewhere.yaml").write_text(TOPIC.format("1.0.0"))
    clone.write("notes.md", "# Notes")
    (clone.folder / "templates" / "link.yaml").symlink_to("topic.yaml")
    clone.commit()
    assert files(told(capsys, "v1.0.0", "HEAD")) == []


def test_names_that_git_quotes(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    clone.write('ü "queue".yaml', TOPIC.format("1.0.0"))
    clone.commit()
    assert files(told(capsys, "v1.0.0", "HEAD")) == ['ü "queue".yaml']


def test_another_folder_of_templates(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    git(clone.folder, "mv", "templates", "stacks")
    clone.commit()
    assert "templates: is no folder here; mend: name yours with --templates" in refused(
        capsys, "HEAD"
    )
    assert main(["diff", "HEAD", "--templates", "stacks"]) == DONE


def test_a_clone_without_history(
    clone: Clone,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clone.commit()
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", clone.folder.as_uri(), str(shallow))
    monkeypatch.chdir(shallow)
    said = refused(capsys, "v1.0.0")
    assert "'v1.0.0': is no commit, file or folder here" in said
    assert "git fetch --unshallow --tags (this clone is shallow)" in said


def test_a_clone_that_lacks_the_tags_is_held_to_what_its_base_says(
    clone: Clone,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clone.commit()
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", clone.folder.as_uri(), str(shallow))
    monkeypatch.chdir(shallow)
    (shallow / "templates" / "topic.yaml").unlink()
    (shallow / "templates" / "queue.yaml").write_text(TOPIC.format("1.0.0"))
    assert main(["diff", "HEAD"]) == FAILED
    assert "mend: set it to 2.0.0 or more" in capsys.readouterr().out


def test_no_commit_in_common(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    git(clone.folder, "switch", "--quiet", "--orphan", "alone")
    clone.write("topic.yaml", TOPIC.format("1.0.0"))
    clone.commit("begin anew")
    said = refused(capsys, "main", "--merge-base")
    assert "have no commit in common here; mend: git fetch --all" in said


@pytest.mark.parametrize("base", ["nowhere", "--option", "v9", "HEAD~9", "a\nb", ""])
def test_a_commit_that_is_not_there(
    clone: Clone, capsys: pytest.CaptureFixture[str], base: str
) -> None:
    assert main(["diff", "--", base]) == FAILED
    answer = capsys.readouterr()
    assert "; mend: " in answer.err
    assert answer.err.count("\n") == 1


def test_a_folder_that_is_no_clone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "templates").mkdir()
    assert "not a git repository" in refused(capsys, "main")


def test_settings_of_git_in_the_environment_lead_nowhere(
    clone: Clone, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert main(["diff", "v1.0.0"]) == DONE


def test_two_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "other" / "topic.yaml").write_text(TOPIC.format("1.0.0"))
    (tmp_path / "other" / ".hidden.yaml").write_text(TOPIC.format("1.0.0"))
    assert files(told(capsys, str(tmp_path / "one"), str(tmp_path / "other"))) == ["topic.yaml"]


def test_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    one.write_text(TOPIC.format("1.0.0"))
    other.write_text(TOPIC.format("1.0.0"))
    assert main(["diff", str(one), str(other)]) == DONE
    assert "No template differs." in capsys.readouterr().out


@pytest.mark.parametrize("head", ["", "nowhere.yaml", "."])
def test_a_file_is_compared_with_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str
) -> None:
    one = tmp_path / "a.yaml"
    one.write_text(TOPIC.format("1.0.0"))
    assert "mend: name two files to compare" in refused(capsys, str(one), *filter(None, [head]))


@pytest.mark.parametrize("text", ["a: [", "a: 1", "\x00", b"\xff\xfe", "- a", ""])
def test_two_files_of_which_one_is_no_template(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | bytes
) -> None:
    one, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    one.write_text(TOPIC.format("1.0.0"))
    other.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main(["diff", str(one), str(other)]) == FAILED
    assert "Failed: 1 file can no longer be read." in capsys.readouterr().out


def test_what_is_accepted_among_the_templates(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone.folder / "templates" / "topic.yaml").unlink()
    clone.write(
        "accepted-changes.toml",
        '[[accept]]\ntemplate = "topic.yaml"\nchange = "template removed"\n'
        'where = "the template"\nreason = "Nobody has it."\n',
    )
    assert main(["diff", "v1.0.0"]) == DONE
    assert "accepted: Nobody has it." in capsys.readouterr().out


def test_a_list_that_is_not_there(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nowhere.toml: cannot be read" in refused(capsys, "main", "--accept", "nowhere.toml")
