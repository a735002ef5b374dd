"""The launch page as a document: what it says, what it leads to, and that it is only text."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from contrast import contrast
from published import CHINA, COMMIT, HOME, documents, manifest

from html_writer import style
from launch import page_style
from launch.consoles import partition
from launch.manifest import Bucket, Manifest, Parameter, Published, read_manifest
from launch.page import render_page
from semantic_version import read_version
from template_reader.file import Template

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> ${x} `a` & \"b\" 'c'"
LOADING = {"img", "iframe", "object", "embed", "audio", "video", "base", "form", "use", "image"}
EMPTY = {"link", "meta"}
HEADINGS = {f"h{level}" for level in range(1, 7)}


@dataclasses.dataclass
class Document(HTMLParser):
    """The elements of a page, each with its text; it refuses what is not balanced."""

    found: list[tuple[str, dict[str, str], list[str]]] = dataclasses.field(default_factory=list)
    open: list[int] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"<{tag}> says an attribute twice"
        self.found.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in EMPTY:
            self.open.append(len(self.found) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self.open.pop()][0] == tag, f"</{tag}> ends nothing"

    def handle_data(self, data: str) -> None:
        for at in self.open:
            self.found[at][2].append(data)

    def all(self, *tags: str) -> Iterator[tuple[str, dict[str, str], str]]:
        for tag, has, text in self.found:
            if tag in tags:
                yield tag, has, " ".join("".join(text).split())


def read(text: str) -> Document:
    document = Document()
    document.feed(text)
    document.close()
    assert not document.open, "something does not end"
    return document


def page(*buckets: Bucket) -> Document:
    return read(render_page(manifest(*buckets), documents()))


def hostile() -> tuple[Manifest, dict[str, Template]]:
    parameter = Parameter(HOSTILE, "String", HOSTILE, HOSTILE, False, HOSTILE, HOSTILE)
    published = Published("mine", "0" * 64, 10, f"{HOSTILE}. {HOSTILE}", (parameter,), (), ())
    version = read_version("2.0.0-rc.1", "here")
    made = Manifest(version, COMMIT, f"# {HOSTILE}\n\n- {HOSTILE}", (published,), (HOME,))
    return made, {"mine": Template(Path("mine.yaml"), {"Resources": {}})}


def test_it_runs_nothing_and_asks_for_nothing() -> None:
    document = page()
    assert not LOADING & {tag for tag, _has, _text in document.found}
    names = {name for _tag, has, _text in document.found for name in has}
    assert "src" not in names
    assert not [name for name in names if name.startswith("on")]
    ((_tag, script, _text),) = document.all("script")
    assert script["type"] == "application/json"
    ((_tag, icon, _text),) = document.all("link")
    assert icon["href"].startswith("data:image/svg+xml,")
    styles = "".join(text for _tag, _has, text in document.all("style"))
    assert not re.search(r"url\(|@import|expression", styles)
    policies = [has["content"] for _tag, has, _text in document.all("meta") if "http-equiv" in has]
    assert policies[0].startswith("default-src 'none';")
    assert "script-src" not in policies[0]


def test_what_is_embedded_is_the_manifest() -> None:
    document = page()
    ((_tag, has, text),) = ((t, h, "".join(x)) for t, h, x in document.found if t == "script")
    assert has["id"] == "manifest"
    assert read_manifest(text, "the page") == manifest()
    assert json.loads(text)["commit"] == COMMIT


def test_texts_with_markup_are_shown_as_they_are() -> None:
    text = render_page(*hostile())
    document = read(text)
    assert len(list(document.all("script"))) == 1
    assert not list(document.all("img"))
    shown = " ".join(words for _tag, _has, words in document.all("article"))
    assert shown.count("<script>alert(1)</script><img src=x onerror=alert(2)> ${x}") >= 5
    assert (
        read_manifest(next("".join(x) for t, _h, x in document.found if t == "script"), "the page")
        == hostile()[0]
    )


def test_headings_leave_no_level_out_and_landmarks_have_names() -> None:
    for document in (page(), read(render_page(*hostile()))):
        levels = [int(tag[1]) for tag, _has, _text in document.all(*HEADINGS)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        assert [len(list(document.all(each))) for each in ("header", "nav", "main", "footer")] == [
            *(1, 1, 1, 1),
        ]
        ids = [has["id"] for _tag, has, _text in document.found if "id" in has]
        assert len(ids) == len(set(ids))
        for _tag, has, _text in document.found:
            named = [has.get("aria-labelledby", ""), has.get("aria-describedby", "")]
            assert set(" ".join(named).split()) <= set(ids)
        targets = [has["href"] for _t, has, _x in document.all("a") if has["href"][0] == "#"]
        assert {each[1:] for each in targets} <= set(ids)


def test_every_link_makes_sense_alone() -> None:
    document = page()
    buttons = [text for _t, has, text in document.all("a") if "go" in has.get("class", "").split()]
    for each in buttons:
        assert re.fullmatch(r"Launch [a-z-]+ in [a-z]{2}-[a-z]+-\d [^,]+(, not proven)?", each), (
            each
        )
    assert len(list(document.all("a"))) > len(buttons) > 300
    assert all(text for _tag, _has, text in document.all("a"))


def test_a_template_s_parameters_are_those_of_the_console() -> None:
    document = page()
    captions = [text for _tag, _has, text in document.all("caption")]
    rows = [text for _tag, has, text in document.all("th") if has["scope"] == "row"]
    for published in manifest().templates:
        assert {each.group for each in published.parameters} <= set(captions)
        assert {f"{each.label} {each.name}" for each in published.parameters} <= set(rows)
    summaries = [text for _tag, _has, text in document.all("summary")]
    assert "5 parameters: each has a default" in summaries
    assert any("parameters: you give Artifact bucket in this region" in each for each in summaries)


def test_a_partition_without_a_bucket_is_named_and_has_no_button() -> None:
    document = page(HOME)
    cards = {has["id"]: text for _tag, has, text in document.all("article")}
    words = "Meant for AWS in China and AWS GovCloud (US) and AWS European Sovereign Cloud, too;"
    assert words in cards["artifact-store"]
    links = [has["href"] for _tag, has, _text in document.all("a")]
    assert not [each for each in links if "amazonaws.cn" in each or "amazonaws-" in each]
    assert [each for each in links if "//cn-north-1." in each] == []
    both = {has["href"] for _tag, has, _text in page(HOME, CHINA).all("a")}
    assert any(each.startswith("https://cn-north-1.console.amazonaws.cn/") for each in both)


def test_a_button_for_each_region_and_one_more_where_the_bucket_lies() -> None:
    document = page()
    for published in manifest().templates:
        file = f"%2F{published.file}&"
        own = [has["href"] for _tag, has, _text in document.all("a") if file in has["href"]]
        regions = [each.partition("//")[2].partition(".")[0] for each in own]
        launched = [each for each in published.regions if partition(each) in {"aws", "aws-cn"}]
        many = [each for each in launched if partition(each) == "aws"]
        assert sorted(regions) == sorted([*launched, *(["us-east-1"] if many else [])])


def test_pipelines_are_drawn_and_nothing_else_is() -> None:
    document = page()
    cards = [has["id"] for _tag, has, text in document.all("article") if "1 Source" in text]
    assert cards == ["global-china-pipeline", "multi-region-pipeline"]


def test_a_page_without_notes_leads_to_none_and_a_pre_release_says_so() -> None:
    made, told = hostile()
    bare = render_page(dataclasses.replace(made, notes=" \n"), told)
    assert "What changed" not in bare
    assert "pre-release" in bare
    assert "pre-release" not in render_page(manifest(), documents())


def test_it_is_light_enough_for_a_slow_line_and_the_same_each_time() -> None:
    text = render_page(manifest(), documents())
    assert len(text.encode()) < 1_000_000
    assert text == render_page(manifest(), documents())


@pytest.mark.parametrize("scheme", ["LIGHT", "DARK"])
def test_every_text_can_be_read(scheme: str) -> None:
    said = {**getattr(style, scheme), **getattr(page_style, scheme)}
    pairs = [
        *(("ink", ground) for ground in ("page", "card", "code")),
        *(("soft", ground) for ground in ("page", "card", "code")),
        *(("link", ground) for ground in ("page", "card", "code")),
        *(("go-ink", "go"), ("go-ink", "go-over"), ("must", "must-back")),
        *(("good", "good-back"), ("bad", "bad-back"), ("good", "card"), ("bad", "card")),
    ]
    poor = {pair: contrast(said[pair[0]], said[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}
    assert all(contrast(said["focus"], said[ground]) >= 3 for ground in ("page", "card", "code"))
