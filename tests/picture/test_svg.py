"""The SVG stands alone, says everything once, and is the same bytes wherever it is drawn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET  # of what we wrote
from collections import Counter
from typing import Any

import pytest
from drawing import COMMITTED, GIANT, HOSTILE, action, committed, drawn, only, stage
from templates.committed import PROJECT

from picture.diagram import Diagram
from picture.svg import as_svg
from picture.type_area import MOST_LINES, broken, width

SVG = "{http://www.w3.org/2000/svg}"
ALONE = drawn(stage("Build", action("Build")))


def parsed(diagram: Diagram, across: int = 1) -> ET.Element:
    return ET.fromstring(as_svg(diagram, across))  # noqa: S314 - we wrote it


def said(part: ET.Element) -> str:
    """Return what a reader sees, line after line."""
    return "\n".join(each.text or "" for each in part.iter(f"{SVG}text"))


def groups(root: ET.Element, look: str) -> list[ET.Element]:
    return [each for each in root.iter(f"{SVG}g") if each.get("class") == look]


@pytest.mark.parametrize("across", [1, 3])
@pytest.mark.parametrize("name", COMMITTED)
def test_every_stage_and_action_is_there_once_and_in_order(name: str, across: int) -> None:
    diagram = committed(name)
    root = parsed(diagram, across)
    stages = groups(root, "stage")
    assert [said(each).split("\n")[0] for each in stages] == [
        f"{at + 1}  {each.name}" for at, each in enumerate(diagram.stages)
    ]
    for panel, each in zip(stages, diagram.stages, strict=True):
        assert len(groups(panel, "action")) == len(each.actions)
        for card, one in zip(groups(panel, "action"), each.actions, strict=True):
            named = "" if one.name == each.name else one.name
            lines = said(card).replace(" \n", " ").split("\n")
            assert lines[:2] == [named, one.what] if named else lines[:1] == [one.what]


def test_the_only_action_of_a_stage_says_something_even_of_the_same_name() -> None:
    assert said(parsed(drawn(stage("Build", {"Name": "Build"})))) == "1  Build\nBuild"
    assert said(parsed(ALONE)) == "1  Build\nCodeBuild"


@pytest.mark.parametrize("name", COMMITTED)
def test_every_region_account_and_partition_deployed_to_is_there_once(name: str) -> None:
    diagram = committed(name)
    cards = groups(parsed(diagram), "action")
    actions = [each for drawn_stage in diagram.stages for each in drawn_stage.actions]
    for card, one in zip(cards, actions, strict=True):
        lines = said(card).replace(" \n", " ").split("\n")
        places = [one.place.region, one.place.account, one.place.partition]
        wanted = Counter(filter(None, places)) if one.placed else Counter[str]()
        assert Counter(each for each in lines if each in places) == wanted


def test_region_and_account_are_told_even_of_an_action_with_a_name_of_its_own() -> None:
    lines = said(parsed(drawn(stage("Deploy", action("web", "CloudFormation"))))).split("\n")
    assert lines[1:] == [
        *("web", "CloudFormation", "Region", "the pipeline's region"),
        *("Account", "the pipeline's account"),
    ]


@pytest.mark.parametrize("name", COMMITTED)
def test_a_screen_reader_hears_what_others_see(name: str) -> None:
    root, diagram = parsed(committed(name)), committed(name)
    by_id = {each.get("id"): each.text or "" for each in root.iter()}
    assert root.get("role") == "img"
    title = by_id[root.get("aria-labelledby")]
    assert title.endswith(" → ".join(each.name for each in diagram.stages))
    heard = by_id[root.get("aria-describedby")]
    for at, drawn_stage in enumerate(diagram.stages):
        assert heard.count(f"Stage {at + 1}, {drawn_stage.name}: ") == 1
        for one in drawn_stage.actions:
            assert one.name in heard and one.what in heard
            assert one.place.account in heard or not one.placed


@pytest.mark.parametrize("diagram", [committed(COMMITTED[1]), GIANT, HOSTILE])
def test_the_picture_asks_for_nothing_and_runs_nothing(diagram: Diagram) -> None:
    root = parsed(diagram)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        *("svg", "title", "desc", "style", "g", "rect", "path", "text")
    }
    attributes = {name for each in root.iter() for name in each.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    assert not re.search(r"url\(|@import|@font-face", as_svg(ALONE))
    assert as_svg(diagram).count("http") == 1  # the namespace


@pytest.mark.parametrize("diagram", [committed(COMMITTED[0]), GIANT, HOSTILE])
def test_no_line_is_wider_than_its_box(diagram: Diagram) -> None:
    for look in ("action", "stage"):
        for group in groups(parsed(diagram), look):
            box = float(group[0].get("width", ""))
            for each in group.iter(f"{SVG}text"):
                size, bold = float(each.get("font-size", "")), each.get("class") == "bold"
                assert width((each.text or "").rstrip(), size, bold) <= box - 20


def test_what_is_no_text_of_xml_is_escaped_or_replaced() -> None:
    text = said(parsed(HOSTILE))
    assert "1  <&\"'>]]>" in text
    assert '<script>alert("1")</script>' in text
    assert "evil \ufffd \ufffd" in text.replace("\n", "")
    assert "<script" not in as_svg(HOSTILE)


def test_two_pictures_in_one_page_share_no_id_and_no_rule() -> None:
    pictures = [as_svg(committed(name), across) for name in COMMITTED for across in (1, 3)]
    ids = [each for picture in pictures for each in re.findall(r' id="([^"]+)"', picture)]
    assert len(ids) == len(set(ids)) == 3 * len(pictures)
    for picture in pictures:
        own = re.findall(r' id="([^"]+)"', picture)[0]
        rules = picture.partition("<style>")[2].partition("</style>")[0]
        selectors = re.findall(
            r"([^{}]+)\{", rules.replace("@media (prefers-color-scheme:dark){", "")
        )
        assert selectors and all(each.split()[0] == f"#{own}" for each in selectors)


def test_light_and_dark_have_the_same_colours_to_choose() -> None:
    rules = as_svg(ALONE).partition("<style>")[2]
    light, dark = rules.split("@media (prefers-color-scheme:dark)")
    assert set(re.findall(r"--[a-z]+", light)) == set(re.findall(r"(--[a-z]+):", dark))
    assert set(re.findall(r"var\((--[a-z]+)\)", rules)) <= set(re.findall(r"--[a-z]+", light))


@pytest.mark.slow
def test_the_same_template_gives_the_same_bytes_in_every_process() -> None:
    program = [sys.executable, "-m", "picture", f"templates/{COMMITTED[1]}.yaml", "--format", "svg"]
    seeds = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    one, other = (
        subprocess.run(program, cwd=PROJECT, env=each, capture_output=True, check=True).stdout  # noqa: S603 - our own
        for each in seeds
    )
    assert one == other == as_svg(committed(COMMITTED[1])).encode()


@pytest.mark.parametrize("across", [-1, 0, 1, 2, 50, 1000])
def test_as_many_stages_stand_side_by_side_as_there_are_at_most(across: int) -> None:
    places = [
        re.findall(r"[\d.]+", each.get("transform", ""))
        for each in groups(parsed(GIANT, across), "stage")
    ]
    columns = {x for x, _y in places}
    assert len(columns) == max(1, min(across, 50))
    assert len(places) == len({tuple(each) for each in places}) == 50


def test_a_hundred_actions_of_one_stage_all_have_their_card() -> None:
    text = said(parsed(GIANT))
    assert all(f"action-number-{at}\n" in f"{text}\n" for at in range(100))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("Lints with cfn-lint here", ["Lints with ", "cfn-lint here"]),
        ("a-name-that-takes-two-lines", ["a-name-that-", "takes-two-lines"]),
        ("i" * 50, ["i" * 28, "i" * 22]),
    ],
)
def test_text_is_broken_where_it_reads_best(text: str, lines: list[str]) -> None:
    assert broken(text, 80, 10) == lines
    assert "".join(lines) == text


def test_what_takes_too_many_lines_ends_in_dots() -> None:
    lines = broken("word " * 100, 100, 10)
    assert len(lines) == MOST_LINES
    assert lines[-1].endswith("…")
    assert all(width(each.rstrip(), 10) <= 100 for each in lines)


@pytest.mark.parametrize(
    ("placed", "bar"),
    [
        ({"ActionTypeId": {"Category": "Approval"}}, "bar approval"),
        ({"ActionTypeId": {"Category": "x y"}}, "bar"),
        ({"Region": "cn-north-1"}, "bar abroad"),
    ],
)
def test_what_an_action_is_shows_in_its_colour(placed: Any, bar: str) -> None:
    root = parsed(drawn(stage("Stage", action("a", **placed))))
    assert bar in {each.get("class") for each in root.iter(f"{SVG}rect")}
    assert only(action("a", **placed)).name == "a"
