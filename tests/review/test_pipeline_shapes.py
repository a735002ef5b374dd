"""A pipeline of any shape is read and judged; what is not known is not complained of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from planting import GOOD

from review.judge import judge
from review.pipeline_reading import MOST_OUTCOMES, pipelines
from template_reader.file import Template
from template_reader.text import read_text

SHAPES: tuple[Any, ...] = (
    *(None, 0, 1.5, True, "", "a::b", "#{a.b}", [], {}, [None], [[]], {1: 2}),
    *({"Ref": "X"}, {"Ref": 1}, {"Fn::If": ["A", 1, 2]}, {"Fn::If": None}, {"Fn::Sub": "${A}"}),
    *({"Fn::Sub": ["a", None]}, {"Fn::Join": ["", None]}, {"Fn::GetAtt": []}, {"Fn::Any": [1]}),
    *({"Fn::ForEach::A": ["B", [1], {"C": 2}]}, [{"Fn::Transform": {"Name": "M"}}]),
)
KNOWN_NOTHING: tuple[dict[str, Any], ...] = (
    {"Ref": "X"},
    {"Fn::FindInMap": ["A", "B", "C"]},
    {"Fn::ImportValue": "x"},
)


def document() -> Any:
    return read_text(GOOD.read_text(encoding="utf-8"))


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each mapping or list below a node, and each of its keys or places."""
    keys = list(node) if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from places(node[key])


@pytest.mark.slow
def test_whatever_stands_in_a_pipeline_is_judged_without_an_error() -> None:
    good = document()
    resources = good["Resources"]
    for holder, key in places({"Pipeline": resources["Pipeline"]}):
        before = holder[key]
        for shape in SHAPES:
            holder[key] = shape
            judge(Template(GOOD, {**good, "Resources": {"Pipeline": resources["Pipeline"]}}))
        holder[key] = before


@pytest.mark.parametrize("key", ["Stages", "ArtifactStores", "Triggers", "Variables"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_part_of_any_shape_is_judged_without_an_error(key: str, shape: Any) -> None:
    good = document()
    good["Resources"]["Pipeline"]["Properties"][key] = shape
    judge(Template(GOOD, good))


@pytest.mark.parametrize("parameters", [None, [], {"Mode": None}, {"Mode": {"AllowedValues": 1}}])
def test_parameters_of_any_shape_are_judged_without_an_error(parameters: Any) -> None:
    good = document()
    action = good["Resources"]["Pipeline"]["Properties"]["Stages"][2]["Actions"][0]
    action["Configuration"]["ActionMode"] = {"Ref": "Mode"}
    assert judge(Template(GOOD, {**good, "Parameters": parameters})) == []


@pytest.mark.parametrize("conditions", [None, [], "x", {"A": None}, {"A": {"Condition": "A"}}])
def test_conditions_of_any_shape_are_judged_without_an_error(conditions: Any) -> None:
    good = document()
    pipeline = good["Resources"]["Pipeline"]
    pipeline["Condition"] = "A"
    pipeline["Properties"]["Name"] = {"Fn::If": ["B", "one", "other"]}
    judge(Template(GOOD, {**good, "Conditions": conditions}))


@pytest.mark.slow
@pytest.mark.parametrize("unknown", KNOWN_NOTHING, ids=lambda node: next(iter(node)))
def test_nothing_is_said_of_what_only_a_launch_can_tell(unknown: Any) -> None:
    good = document()
    pipeline = good["Resources"]["Pipeline"]["Properties"]
    for holder, key in [*places(pipeline)]:
        before = holder[key]
        holder[key] = unknown
        assert judge(Template(GOOD, good)) == [], key
        holder[key] = before


def test_a_pipeline_is_read_once_for_each_outcome_of_its_conditions() -> None:
    good = document()
    good["Parameters"]["Kind"] = {"Type": "String"}
    good["Conditions"] = {
        "IsOne": {"Fn::Equals": [{"Ref": "Kind"}, "one"]},
        "IsTwo": {"Fn::Equals": [{"Ref": "Kind"}, "two"]},
    }
    pipeline = good["Resources"]["Pipeline"]
    pipeline["Properties"]["Name"] = {"Fn::If": ["IsOne", "a", {"Fn::If": ["IsTwo", "b", "c"]}]}
    names = [each.told("Name") for _, each in pipelines(Template(GOOD, good))]
    assert sorted(map(str, names)) == ["a", "b", "c"]
    pipeline["Condition"] = "IsTwo"
    assert [each.told("Name") for _, each in pipelines(Template(GOOD, good))] == ["b"]


def asking(number: int) -> Template:
    """Return a template whose pipeline asks about so many conditions, each free of the others."""
    good = document()
    names = [f"C{each}" for each in range(number)]
    good["Conditions"] = {each: {"Fn::Equals": [{"Ref": each}, "yes"]} for each in names}
    good["Resources"]["Pipeline"]["Properties"]["Tags"] = [
        {"Key": each, "Value": {"Fn::If": [each, "yes", "no"]}} for each in names
    ]
    return Template(GOOD, good)


def test_of_very_many_outcomes_those_are_read_that_show_any_two_together() -> None:
    views = [each for _, each in pipelines(asking(10))]
    tags = [[tag["Value"] for tag in each.node["Tags"]] for each in views]
    assert len(views) < MOST_OUTCOMES
    for one in range(10):
        for other in range(one):
            assert len({(each[one], each[other]) for each in tags}) == 4


def test_of_more_outcomes_than_can_be_tried_none_is_taken_for_known() -> None:
    ((_, view),) = pipelines(asking(13))
    assert [tag["Value"] for tag in view.node["Tags"]][:1] == [{"Fn::If": ["C0", "yes", "no"]}]
