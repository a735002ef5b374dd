"""A template may be of any shape: whatever stands anywhere in it, judging and comparing it ends."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from planting import GOOD

from review.comparison import changes_between
from review.judge import judge
from template_reader.file import Template, decode_template, read_template
from template_reader.text import read_text

TEMPLATES = Path(__file__).parents[2] / "templates"
# One in so many of the places, so that each kind of junk meets other places than the next.
STRIDE = 7
JUNK: dict[str, Any] = {
    "nothing": None,
    "a number": 3,
    "a text": "text",
    "an empty list": [],
    "a list of all sorts": [None, 1, "a", {}, []],
    "an empty mapping": {},
    "a loop": {"Fn::ForEach::Each": ["Name", ["a"], {"${Name}": {}}]},
    "a function": {"Fn::If": ["Nowhere", {"Ref": "AWS::NoValue"}, {"Fn::GetAtt": "No.Such"}]},
    "a function wrongly written": {"Fn::If": "Nowhere"},
    "a substitution": {"Fn::Sub": ["${A}${B.C}", {"A": {"Ref": 3}}]},
}


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a document."""
    if path:
        yield path
    pairs = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, each in pairs:
        yield from places(each, (*path, key))


def with_junk(text: str, path: tuple[Any, ...], junk: Any) -> Any:
    """Return a document with something else at one place."""
    document = read_text(text)
    node = document
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = junk
    return document


def survives(whole: Template, text: str, path: tuple[Any, ...], junk: Any) -> None:
    document = with_junk(text, path, junk)
    if not isinstance(document.get("Resources"), dict):
        return
    changed = Template(GOOD, document)
    judge(changed)
    changes_between(whole, changed)
    changes_between(changed, whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", JUNK)
def test_anything_at_any_place(name: str) -> None:
    text = GOOD.read_text(encoding="utf-8")
    whole = decode_template(GOOD, text.encode())
    start = list(JUNK).index(name) % STRIDE
    for path in itertools.islice(places(read_text(text)), start, None, STRIDE):
        try:
            survives(whole, text, path, JUNK[name])
        except Exception as error:
            pytest.fail(f"{name} at {'.'.join(map(str, path))}: {error!r}")


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_changes_from_a_template_to_itself(path: Path) -> None:
    template = read_template(path)
    assert changes_between(template, template) == ()


@pytest.mark.parametrize(
    "document",
    [
        {"Resources": {}},
        {"Resources": {"A": None}},
        {"Resources": {"A": {}}, "Parameters": None, "Conditions": [], "Outputs": 3},
        {"Resources": {"A": {"Type": "No::Such::Type"}}, "Rules": [], "Mappings": "x"},
        {"Resources": {"Fn::ForEach::A": ["B", ["c"], {"D": {"Type": "AWS::SNS::Topic"}}]}},
        {"Transform": ["AWS::Serverless-2016-10-31"], "Resources": {"A": {"Type": "Custom::A"}}},
    ],
)
def test_templates_that_are_hardly_any(document: dict[str, Any]) -> None:
    good, bare = read_template(GOOD), Template(GOOD, document)
    judge(bare)
    changes_between(good, bare)
    changes_between(bare, good)
