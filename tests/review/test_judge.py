"""Judging takes a template of any shape: each part of a good one, made into something else."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from planting import GOOD

from review.judge import judge
from template_reader.file import Template
from template_reader.text import read_text

DOCUMENT = read_text(GOOD.read_text(encoding="utf-8"))
SOMETHING_ELSE = [
    None,
    5,
    True,
    "",
    "text",
    [],
    [None],
    [["*"], 5],
    {},
    {5: 6},
    {"Ref": "Nothing"},
    {"Ref": 5},
    {"Fn::If": ["Nothing", {"Ref": "AWS::NoValue"}, "text"]},
    {"Fn::If": 5},
    {"Fn::Sub": ["${A}", 5]},
    {"Fn::Join": [5, "text"]},
    {"Fn::ForEach::Each": ["Name", ["a"], {"${Name}": {"Type": "AWS::S3::Bucket"}}]},
]


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, each in items:
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from paths(each, (*path, key))


def with_another(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a document that has something else at the end of a path."""
    changed = copy.deepcopy(document)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return changed


def with_another_everywhere(node: Any, key: str, value: Any) -> Any:
    """Return a document that has something else wherever a key stands."""
    if isinstance(node, dict):
        return {
            name: value if name == key else with_another_everywhere(each, key, value)
            for name, each in node.items()
        }
    if isinstance(node, list):
        return [with_another_everywhere(each, key, value) for each in node]
    return node


@pytest.mark.slow
@pytest.mark.parametrize("value", SOMETHING_ELSE, ids=str)
def test_a_part_of_any_shape_is_judged(value: Any) -> None:
    """A third of the parts is made into each value, another third into the next."""
    for path in [*paths(DOCUMENT)][SOMETHING_ELSE.index(value) % 3 :: 3]:
        if path != ("Resources",):
            for each in judge(Template(GOOD, with_another(DOCUMENT, path, value))):
                assert str(each).startswith(f"{GOOD}:"), path


@pytest.mark.slow
@pytest.mark.parametrize("value", SOMETHING_ELSE[::4], ids=str)
def test_keys_of_any_value_are_judged(value: Any) -> None:
    for key in {path[-1] for path in paths(DOCUMENT) if isinstance(path[-1], str)} - {"Resources"}:
        changed = with_another_everywhere(DOCUMENT, key, value)
        assert isinstance(judge(Template(GOOD, changed)), list), key


@pytest.mark.parametrize("section", ["Metadata", "Parameters", "Mappings", "Conditions", "Outputs"])
def test_a_section_of_any_shape_is_judged(section: str) -> None:
    for value in SOMETHING_ELSE:
        assert isinstance(judge(Template(Path("a.yaml"), {**DOCUMENT, section: value})), list)


def test_conditions_that_ask_for_each_other_are_judged() -> None:
    document = {
        "Conditions": {"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}},
        "Resources": {
            "Policy": {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {
                    "PolicyDocument": {
                        "Statement": {
                            "Effect": "Allow",
                            "Principal": {"Fn::If": ["A", "*", {"Ref": "AWS::NoValue"}]},
                        }
                    }
                },
            }
        },
    }
    assert judge(Template(Path("a.yaml"), document)) == []
