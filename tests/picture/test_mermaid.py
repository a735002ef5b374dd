"""The flowchart is one Mermaid draws, whatever the names: read here by the few forms it uses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from drawing import COMMITTED, GIANT, HOSTILE, action, committed, drawn, stage

from picture.diagram import Diagram
from picture.mermaid import as_mermaid

NODE = r"s\d+(?:c\d+)?(?:a\d+)?"
BOX = re.compile(rf'({NODE})(?:\["|\(\["|\{{\{{")([^"]*)(?:"\]|"\]\)|"\}}\}})')
FRAME = re.compile(rf'subgraph ({NODE})\["([^"]*)"\]')
LINK = re.compile(rf"{NODE}(?: --> {NODE})+")
ENTITY = re.compile(r"#(\d+);")


def read(text: str) -> dict[str, list[str]]:
    """Return the labels by their ids, each as its lines; every line of the text is understood."""
    settings, chart, *lines = text.splitlines()
    assert settings.startswith("%%{init: ") and settings.endswith("}%%")
    assert chart == "flowchart TB"
    labels: dict[str, list[str]] = {}
    depth, links = 0, []
    for line in (each.strip() for each in lines):
        if found := FRAME.fullmatch(line) or BOX.fullmatch(line):
            assert found[1] not in labels
            labels[found[1]] = [plain(each) for each in re.split("<br/>", found[2])]
            depth += line.startswith("subgraph")
        elif line == "end":
            depth -= 1
        elif LINK.fullmatch(line):
            links += line.split(" --> ")
        else:
            assert depth and line in {"direction TB", "direction LR"}
        assert depth >= 0
    assert depth == 0
    assert set(links) <= set(labels)
    return labels


def plain(label: str) -> str:
    assert not re.search(r'["<>&`{}\[\]|*\\]|#(?!\d+;)', label)
    return ENTITY.sub(lambda found: chr(int(found[1])), label)


@pytest.mark.parametrize("name", COMMITTED)
def test_every_drawn_stageaction_region_and_account_is_named_once(name: str) -> None:
    diagram = committed(name)
    labels = read(as_mermaid(diagram))
    firsts = [lines[0] for lines in labels.values()]
    titles = [re.split("[:,]", each)[0] for each in firsts]
    assert [titles.count(each.name) for each in diagram.stages] == [1] * len(diagram.stages)
    boxes = [lines for lines in labels.values() if len(lines) > 1]
    actions = [each for drawn_stage in diagram.stages for each in drawn_stage.actions]
    assert len(boxes) == len(actions)
    for lines, one in zip(boxes, actions, strict=True):
        assert lines[0].split(": ")[-1] == one.name
        assert lines[1] == one.what
        region = [one.place.region] if one.place.region != one.name else []
        told = " ".join(lines[2:])
        assert [each for each in region if each not in told] == [] or not one.placed
        assert one.place.account in told or not one.placed
        assert one.place.partition in told


def test_stages_follow_each_other_and_what_begins_at_once_stands_in_one_frame() -> None:
    lines = [line.strip() for line in as_mermaid(committed(COMMITTED[1])).splitlines()]
    assert "s1 --> s2 --> s3 --> s4 --> s5" in lines
    assert "s5c1 --> s5c2 --> s5c3 --> s5c4" in lines
    assert 'subgraph s5c4["2 at once"]' in lines
    assert 'subgraph s6["Deploy, 3 at once"]' in as_mermaid(committed(COMMITTED[0]))


@pytest.mark.parametrize("diagram", [HOSTILE, GIANT])
def test_names_stay_names(diagram: Diagram) -> None:
    labels = read(as_mermaid(diagram))
    told = [line for lines in labels.values() for line in lines]
    for drawn_stage in diagram.stages:
        assert any(each.startswith(drawn_stage.name) for each in told)
        for one in drawn_stage.actions:
            assert any(each.endswith(one.name) for each in told)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("12. first", "12#46; first"),
        ("- dash", "#45; dash"),
        ("cfn_nag", "cfn_nag"),
        ("__init__", "#95;#95;init#95;#95;"),
        ("www.example.com", "www#46;example.com"),
        ("team@example", "team#64;example"),
        ("end", "end"),
        ("日本 é", "日本 é"),
    ],
)
def test_what_mermaid_would_take_for_markup_is_a_number(name: Any, label: str) -> None:
    assert as_mermaid(drawn(stage(name, action(name)))).splitlines()[-1] == (
        f'    s1["{label}<br/>CodeBuild"]'
    )


def test_a_pipeline_of_one_drawn_stageneeds_no_link() -> None:
    assert "-->" not in as_mermaid(drawn(stage("Build", action("a"))))


def test_few_actions_stand_side_by_side_and_many_below_each_other() -> None:
    few, many = (
        as_mermaid(drawn(stage("Deploy", *(action(f"a{at}") for at in range(count)))))
        for count in (3, 4)
    )
    assert "direction TB" in few and "direction LR" in many
