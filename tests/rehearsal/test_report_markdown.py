"""The report as a comment on a pull request."""

from __future__ import annotations

import html
import re

import pytest
from outcomes import COMMIT, DEPLOYED, GREEN, HOSTILE, OUTCOMES, STATEMENT

from markdown_writer.parts import code, fenced, table, text
from rehearsal.report import show

OURS = re.compile(r"</?(?:details|summary|code)(?: open)?>")


def outside_code(shown: str) -> str:
    return re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", shown)


@pytest.mark.parametrize("name", OUTCOMES)
def test_rows_have_as_many_cells_as_their_table_has_columns(name: str) -> None:
    width = 0
    for line in show(OUTCOMES[name], "md").splitlines():
        if line.startswith("|"):
            width = width or line.count("|")
            assert line.count("|") == width, line
        else:
            width = 0


@pytest.mark.parametrize("name", OUTCOMES)
def test_no_text_becomes_markup(name: str) -> None:
    shown = outside_code(show(OUTCOMES[name], "md"))
    assert "<" not in OURS.sub("", shown)
    assert not re.search(r"[@#]\w", re.sub(r"&#\d+;", "", shown))
    assert "`" not in shown
    assert "](" not in shown


@pytest.mark.parametrize("tag", ["details", "summary", "code"])
@pytest.mark.parametrize("name", OUTCOMES)
def test_what_is_folded_ends(name: str, tag: str) -> None:
    shown = show(OUTCOMES[name], "md")
    assert len(re.findall(f"<{tag}[ >]", shown)) == shown.count(f"</{tag}>")


@pytest.mark.parametrize("written", [text, code])
@pytest.mark.parametrize(
    "words",
    ["a|b", "`a`", "*a* _b_ ~c~", "<b>&amp;", r"a\|b", "@me #1", "- a", "1. a", "snake_case"],
)
def test_a_text_is_read_as_it_was_said(written: object, words: str) -> None:
    made = text(words) if written is text else code(words)
    assert html.unescape(re.sub("</?code>", "", made)).replace("\u200b", "") == words
    assert not re.search(r"[|`*~\\]|^- |^1\.", made)


def test_a_fence_is_longer_than_any_in_it() -> None:
    assert list(fenced("a\n````\nb")) == ["`````", "a", "````", "b", "`````"]


def test_a_table_has_a_head() -> None:
    assert list(table(("a", "b"), [("1", "2")])) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]


def test_the_failure_and_its_statement_stand_open_and_the_rest_is_folded() -> None:
    shown = show(OUTCOMES["red"], "md")
    opened = shown.partition("<details")[0]
    assert "### ❌ Deploy.ap-south-1 failed" in opened
    assert f"```yaml\n{STATEMENT}```" in opened
    assert "<code>ec2:RunInstances</code>" in opened
    assert shown.count("<details open>") == 1
    assert COMMIT in shown


def test_green_says_so_and_shows_every_action() -> None:
    shown = show((GREEN,), "md")
    assert shown.startswith("## ✅ Rehearsal\n\nGreen: 2 executions of multi-region-pipeline")
    for action in DEPLOYED:
        assert f"| Deploy | {action.name} | {action.region} | {action.account} | 1.2 s |" in shown
    assert "nothing says why" not in shown


def test_a_hostile_log_stays_in_its_fence() -> None:
    shown = show(OUTCOMES["marked up"], "md")
    assert f"````\n{HOSTILE.partition(chr(27))[0]}red\n```\n````" in shown
