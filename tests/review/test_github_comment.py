"""One comment on a pull request: written once, then edited in place; nobody else's is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from github import SAYS, TOKEN, GitHub, serving

from review.github_comment import MARKER, main

HEAD = "a" * 40


@pytest.fixture
def github(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> Iterator[GitHub]:
    """Return what stands in for GitHub, with a job's environment that leads to it."""
    record_property("stood in for", SAYS)
    with serving(GitHub(head=HEAD)) as served:
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        monkeypatch.setenv("GITHUB_API_URL", served.url)
        yield served


@pytest.fixture
def comment(tmp_path: Path) -> Path:
    """Return a file with something to say."""
    path = tmp_path / "review.md"
    path.write_text("First.", encoding="utf-8")
    return path


def keep(comment: Path, *more: str, pull: str = "7", head: str = HEAD) -> int:
    words = ("--repository", "example/web", "--pull", pull, "--head", head)
    return main([*words, "--file", str(comment), *more])


def bodies(github: GitHub) -> list[str]:
    return [each["body"] for each in github.comments]


def test_the_first_run_writes_and_the_second_edits(
    github: GitHub, comment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keep(comment) == 0
    comment.write_text("Second: ü.", encoding="utf-8")
    assert keep(comment) == 0
    assert bodies(github) == [f"{MARKER}\nSecond: ü."]
    assert "#issuecomment-1" in capsys.readouterr().out


def test_it_is_found_behind_a_hundred_others(github: GitHub, comment: Path) -> None:
    for number in range(150):
        github.add(f"Comment {number}", "somebody")
    github.add(f"{MARKER}\nFirst.")
    comment.write_text("Second.", encoding="utf-8")
    assert keep(comment) == 0
    assert len(github.comments) == 151
    assert bodies(github)[-1] == f"{MARKER}\nSecond."


def test_what_somebody_else_wrote_is_not_edited(github: GitHub, comment: Path) -> None:
    github.add(f"{MARKER}\nAll is well.", "somebody")
    github.add("Not of the review.")
    assert keep(comment) == 0
    assert bodies(github) == [
        f"{MARKER}\nAll is well.",
        "Not of the review.",
        f"{MARKER}\nFirst.",
    ]


def test_where_nothing_differs_nothing_is_written_but_what_is_there_is_edited(
    github: GitHub, comment: Path
) -> None:
    assert keep(comment, "--edit-only") == 0
    assert bodies(github) == []
    assert keep(comment) == 0
    comment.write_text("Nothing differs.", encoding="utf-8")
    assert keep(comment, "--edit-only") == 0
    assert bodies(github) == [f"{MARKER}\nNothing differs."]


def test_a_run_that_comes_late_writes_nothing(
    github: GitHub, comment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keep(comment, head="b" * 40) == 0
    assert bodies(github) == []
    assert "is no longer at" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "GITHUB_TOKEN is no token, or has expired; mend: "),
        (403, "mend: permissions: pull-requests: write in the job"),
        (404, "mend: name an open pull request"),
        (502, "mend: run it again"),
    ],
)
def test_what_github_refuses(
    github: GitHub, comment: Path, capsys: pytest.CaptureFixture[str], status: int, words: str
) -> None:
    github.refuses = status
    assert keep(comment) == 1
    said = capsys.readouterr().err
    assert words in said
    assert TOKEN not in said
    assert said.count("\n") == 1


def test_github_does_not_answer(
    comment: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    assert keep(comment) == 1
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--repository", "../../x"), "--repository: '../../x' is not OWNER/NAME"),
        (("--pull", "7/../8"), "--pull: '7/../8' is no number"),
        (("--file", "nowhere.md"), "nowhere.md: cannot be read as text"),
    ],
)
def test_what_is_given_wrongly(
    github: GitHub,
    comment: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, str],
    said: str,
) -> None:
    assert keep(comment, *words) == 1
    assert said in capsys.readouterr().err
    assert not github.requests


def test_no_token(
    comment: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    assert keep(comment) == 1
    assert "GITHUB_TOKEN: is not set" in capsys.readouterr().err


def test_a_comment_that_is_too_long(
    github: GitHub, comment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    comment.write_text("x" * 65_536, encoding="utf-8")
    assert keep(comment) == 1
    assert "GitHub takes 65,536" in capsys.readouterr().err
    assert not github.requests
