"""The report as a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from examples.browser import DARK, LIGHT, Browser, Colour, read_picture
from outcomes import GREEN, HOSTILE, LONG, OUTCOMES, RED, STATEMENT

from rehearsal.report import show
from rehearsal.report_facts import verdict

LOADING = {"script", "img", "link", "iframe", "object", "embed", "audio", "video", "base", "form"}
Element = tuple[str, dict[str, str | None]]


@dataclass
class Page(HTMLParser):
    """The elements of a document, each with its text; it refuses what is not balanced."""

    elements: list[tuple[str, dict[str, str | None], list[str]]] = field(default_factory=list)
    open: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"<{tag}> says an attribute twice"
        self.elements.append((tag, dict(attrs), []))
        if tag != "meta":
            self.open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag, f"</{tag}> ends nothing"

    def handle_data(self, data: str) -> None:
        for at in self.open:
            self.elements[at][2].append(data)

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [
            "".join(text)
            for name, has, text in self.elements
            if name == tag and attributes.items() <= has.items()
        ]


def read(shown: str) -> Page:
    page = Page()
    page.feed(shown)
    page.close()
    assert not page.open, "something does not end"
    return page


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_page_is_whole_and_asks_for_nothing(name: str) -> None:
    shown = show(OUTCOMES[name], "html")
    page = read(shown)
    assert shown.startswith('<!doctype html>\n<html lang="en">')
    assert not LOADING & {tag for tag, _has, _text in page.elements}
    assert not {"src", "href"} & {name for _tag, has, _text in page.elements for name in has}
    assert not re.search(r"url\(|@import", "".join(page.texts("style")))
    assert not any(name.startswith("on") for _tag, has, _text in page.elements for name in has)
    assert page.texts("p", **{"class": "verdict"})[0][:5] == verdict(OUTCOMES[name])[:5]


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_table_has_a_caption_and_says_what_its_cells_are(name: str) -> None:
    page = read(show(OUTCOMES[name], "html"))
    tables = len(page.texts("table"))
    assert tables == len(page.texts("caption")) == len(page.texts("thead"))
    heads = [has for tag, has, _text in page.elements if tag == "th"]
    assert {(has["scope"], has["role"]) for has in heads} <= {
        *(("col", "columnheader"), ("row", "rowheader"))
    }
    rows = [has for tag, has, _text in page.elements if tag == "tr"]
    assert all(has["role"] == "row" for has in rows)


def test_texts_with_markup_are_shown_as_they_are() -> None:
    page = read(show(OUTCOMES["marked up"], "html"))
    plain = HOSTILE.replace("\033[31m", "")
    assert page.texts("td", **{"class": "says"})[0] == plain
    assert f"Deploy.{plain} failed" in page.texts("h3")
    assert page.texts("h2")[1] == plain


def test_the_failure_has_its_facts_and_its_statement() -> None:
    page = read(show((RED,), "html"))
    problem = page.texts("article")[0]
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=False))
    assert problem.startswith("Deploy.ap-south-1 failed")
    assert facts["region"] == "ap-south-1"
    assert facts["stack"] == "multi-region-pipeline-deploy"
    assert STATEMENT.strip("\n") in page.texts("pre")
    assert page.texts("summary") == ["the last 3 lines of what its build printed"]
    assert "3 lines" in problem and "AWS_SECRET_ACCESS_KEY=****" in problem


def test_a_green_page_has_every_action_and_nothing_wrong() -> None:
    page = read(show((GREEN,), "html"))
    assert not page.texts("article")
    assert page.texts("td", **{"data-label": "stage"}) == [
        action.stage for execution in GREEN.executions for action in execution.actions
    ]
    assert page.texts("ul", **{"class": "legend"}) == [
        "30 % the embedded AWS61 % the builds' commands9 % our own code"
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "scheme", "height", "background"),
    [("green", LIGHT, 1000, (0xF6, 0xF7, 0xF9)), ("lengthy", DARK, 2600, (0x11, 0x15, 0x1C))],
)
def test_nothing_sticks_out_of_a_phone_in_the_light_or_in_the_dark(
    tmp_path: Path, name: str, scheme: str, height: int, background: Colour
) -> None:
    path = tmp_path / "report.html"
    path.write_text(show(OUTCOMES[name], "html"), encoding="utf-8")
    picture = read_picture(Browser(tmp_path).picture(path.as_uri(), (360, height), scheme))
    assert {pixel for row in picture.rows for pixel in row[-8:]} == {background}
    assert len(picture.colours()) > 20


def test_names_may_be_long() -> None:
    assert f"{LONG[:100]}.{LONG[:100]} failed" in show(OUTCOMES["lengthy"], "html")
