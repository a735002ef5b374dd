"""References of a template that lead nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from templates.committed import TEMPLATES

from rehearsal.references import unresolved
from template_reader.file import Template, read_template


def template(value: Any, **more: Any) -> Template:
    """Return a template with a parameter, and a resource of one property."""
    resources = {"It": {"Type": "T", "Properties": {"P": [value]}, **more}}
    return Template(Path("x.yaml"), {"Parameters": {"Asked": {}}, "Resources": resources})


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Asked"},
        {"Ref": "AWS::Region"},
        {"Fn::GetAtt": ["It", "Arn"]},
        {"Fn::GetAtt": "It.Endpoint.Port"},
        {"Fn::Sub": "${Asked} ${It.Arn} ${AWS::Region} ${!Lost} $Lost {Lost}"},
        {"Fn::Sub": ["${Own} ${ Asked }", {"Own": {"Ref": "It"}}]},
        "${Lost}",
    ],
)
def test_what_is_there_is_found(value: Any) -> None:
    assert unresolved(template(value)) == ()


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Lost"},
        {"Fn::GetAtt": ["Lost", "Arn"]},
        {"Fn::GetAtt": "Lost.Arn"},
        {"Fn::Sub": "${Lost} ${Lost.Arn}"},
        {"Fn::Sub": ["${Own}", {"Own": {"Ref": "Lost"}}]},
        {"Fn::If": ["Is", {"Ref": "Lost"}, {"Ref": "AWS::NoValue"}]},
    ],
)
def test_what_is_not_there_is_told_once(value: Any) -> None:
    assert unresolved(template(value)) == ("Lost",)


@pytest.mark.parametrize("lost", ["Lost", ["It", "Lost"]])
def test_what_something_waits_for_has_to_be_there(lost: Any) -> None:
    assert unresolved(template("", DependsOn=lost)) == ("Lost",)


def test_an_output_refers_to_what_is_there() -> None:
    whole = template("")
    lost = {**whole.document, "Outputs": {"Arn": {"Value": {"Ref": "Lost"}}}}
    assert unresolved(Template(whole.path, lost)) == ("Lost",)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.yaml")), ids=lambda path: path.stem)
def test_committed_templates_refer_to_nothing_that_is_not_there(path: Path) -> None:
    assert unresolved(read_template(path)) == ()
