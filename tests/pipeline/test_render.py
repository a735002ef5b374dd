"""How a template is written down: short forms, literal blocks, one order, no anchors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import Base64, GetAtt, If, Join, NoValue, Ref, Sub, Template
from troposphere.sns import Topic
from troposphere.ssm import Parameter

from pipeline.render import RESOURCE_ATTRIBUTES, SECTIONS, render_json, render_yaml


def written(value: Any) -> str:
    """Return how a property's value is written."""
    template = Template()
    template.add_resource(Parameter("It", Type="String", Value=value))
    return render_yaml(template, "header").partition("      Value:")[2].strip()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(Ref("A"), "!Ref A", id="ref"),
        pytest.param(Sub("${A}-b"), "!Sub ${A}-b", id="sub"),
        pytest.param(GetAtt("A", "Arn"), "!GetAtt A.Arn", id="get-att"),
        pytest.param(Join("", ["a", Ref("B")]), "!Join ['', [a, !Ref B]]", id="join"),
        pytest.param(If("C", Ref("A"), NoValue), "!If [C, !Ref A, !Ref 'AWS::NoValue']", id="if"),
        pytest.param(Base64(Sub("a")), "Fn::Base64: !Sub a", id="call-of-a-call"),
        pytest.param("12:30", "'12:30'", id="text-that-yaml-takes-for-a-number"),
        pytest.param("yes", "'yes'", id="text-that-yaml-takes-for-a-boolean"),
        pytest.param("2012-10-17", "'2012-10-17'", id="text-that-yaml-takes-for-a-date"),
        pytest.param("a" * 200 + " b", "a" * 200 + " b", id="long-text-is-not-folded"),
        pytest.param("für", "für", id="letters-outside-ascii"),
    ],
)
def test_a_value_is_written(value: Any, expected: str) -> None:
    assert written(value) == expected


def test_code_is_a_literal_block() -> None:
    assert written("one\n  two\n") == "|\n        one\n          two"


def test_what_is_used_twice_is_written_twice() -> None:
    names = ["a"]
    template = Template()
    template.add_resource(Topic("One"))
    template.set_metadata({"one": names, "two": names})
    text = render_yaml(template, "header")
    assert "&" not in text
    assert "*" not in text


def test_sections_and_attributes_follow_their_tables() -> None:
    template = Template(Description="d")
    template.add_resource(Topic("One", Condition="C", Metadata={"a": "b"}, DeletionPolicy="Retain"))
    template.set_version()
    template.set_metadata({"a": "b"})
    document = json.loads(render_json(template))
    assert list(document) == [each for each in SECTIONS if each in document]
    attributes = list(document["Resources"]["One"])
    assert attributes == [each for each in RESOURCE_ATTRIBUTES if each in attributes]


def test_a_section_without_a_place_is_refused() -> None:
    template = Template()
    template.add_resource(Topic("One"))
    template.set_transform("AWS::Serverless-2016-10-31")
    with pytest.raises(KeyError, match="Transform"):
        render_json(template)


def test_the_header_is_a_comment_and_the_text_ends_in_one_newline() -> None:
    template = Template()
    template.add_resource(Topic("One"))
    text = render_yaml(template, "one\ntwo")
    assert text.startswith("# one\n# two\n")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
