"""What becomes of running stacks: long chains, odd shapes, and what no single change shows."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from verdict_table import BASE

from review.diff import callers, limits, stacks
from review.diff.change import Change, NotJudged
from review.diff.meaning import meaning, shown, side_of
from template_reader.file import Template, read_template
from template_reader.text import read_text

ODD = read_text(
    """
- null
- 1.5
- true
- ''
- [[]]
- {}
- {1: 2}
- {Ref: [a]}
- {Ref: Nothing}
- {Ref: AWS::NoValue}
- {Ref: AWS::NoValue, Fn::If: [Is, 1, 2]}
- {Fn::If: [1, 2]}
- {Fn::If: [IsProd, 1, {Ref: AWS::NoValue}]}
- {Fn::Sub: ['${a}']}
- {Fn::Sub: '${A.B}${!x}${'}
- {Fn::GetAtt: []}
- {Fn::GetAtt: [A, {Ref: B}]}
- {Fn::FindInMap: []}
- {Fn::FindInMap: [Regions, [x], Zone]}
- {Fn::FindInMap: [{Ref: x}, us-east-1, Zone]}
- {Fn::FindInMap: [Regions, us-east-1, Zone]}
- {Fn::Join: [',', {Ref: x}]}
- {Fn::Transform: {Name: x}}
- {Fn::And: 3}
- {Condition: [x]}
- {Condition: IsProd}
- {Type: 5}
- {Type: AWS::S3::Bucket, Properties: {Fn::If: [IsProd, {}, {}]}}
"""
)


def said(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change | NotJudged]:
    """Return what is said of the resources of two templates."""
    one, other = (Template(Path("t.yaml"), {"Resources": each}) for each in (before, after))
    return list(stacks.changes(one, other))


def changed(node: Any, chance: random.Random) -> Any:
    """Return a node with something odd in one place, or two."""
    if chance.random() < 0.02:
        return chance.choice(ODD)
    if isinstance(node, Mapping):
        made = {key: changed(each, chance) for key, each in node.items()}
        if chance.random() < 0.05:
            made[chance.choice(["Condition", "Type", "Properties", 3])] = chance.choice(ODD)
        return made
    return [changed(each, chance) for each in node] if isinstance(node, list) else node


@pytest.mark.parametrize("seed", range(40))
def test_a_template_of_any_shape_is_told_of(seed: int) -> None:
    base, chance = read_template(BASE), random.Random(seed)  # noqa: S311 - no secret
    odd, other = (
        Template(BASE, {key: changed(each, chance) for key, each in base.document.items()})
        for _ in range(2)
    )
    for one, two in ((base, odd), (odd, base), (odd, other)):
        for module in (callers, stacks, limits):
            assert all(isinstance(each, Change | NotJudged) for each in module.changes(one, two))


def chain(length: int, first: str) -> dict[str, Any]:
    """Return parameters of which each is called by the one before it, the last one first."""
    names = [first, *({"Fn::Sub": f"${{P{each}}}-x"} for each in range(length - 1))]
    resources = {
        f"P{each}": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Value": "v"}}
        for each, name in enumerate(names)
    }
    return dict(reversed(resources.items()))


def test_a_replacement_goes_all_along_a_chain() -> None:
    found = said(chain(50, "a"), chain(50, "b"))
    assert [(each.what, each.where) for each in found if isinstance(each, Change)] == [
        ("replace", f"P{each}") for each in reversed(range(50))
    ]


def test_resources_that_refer_to_each_other_end_somewhere() -> None:
    ring = {
        "A": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": {"Ref": "B"}, "Tier": "x"}},
        "B": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": {"Ref": "A"}}},
    }
    other = {**ring, "B": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "b"}}}
    found = said(ring, other)
    assert {each.where: each.what for each in found if isinstance(each, Change)} == {
        "A": "may replace",
        "B": "may replace",
    }


def group(will_replace: bool, template: str) -> dict[str, Any]:
    policy = {"AutoScalingReplacingUpdate": {"WillReplace": True}} if will_replace else {}
    properties = {"LaunchTemplate": {"LaunchTemplateId": template, "Version": "1"}}
    type_ = "AWS::AutoScaling::AutoScalingGroup"
    return {"G": {"Type": type_, "UpdatePolicy": policy, "Properties": properties}}


@pytest.mark.parametrize(
    ("will_replace", "what"),
    [
        pytest.param(True, "may replace", id="by its policy"),
        pytest.param(False, "update", id="without"),
    ],
)
def test_a_group_is_replaced_where_its_policy_says_so(will_replace: bool, what: str) -> None:
    (found,) = said(group(will_replace, "lt-1"), group(will_replace, "lt-2"))
    assert isinstance(found, Change)
    assert found.what == what


def test_two_that_never_are_in_one_stack_take_no_name_from_each_other() -> None:
    """The one is there where the other is not, so it is no rename."""
    conditions = {
        "Is": {"Fn::Equals": [{"Ref": "P"}, "a"]},
        "IsNot": {"Fn::Not": [{"Condition": "Is"}]},
    }

    def template(name: str, condition: str) -> Template:
        topic = {"Type": "AWS::SNS::Topic", "Condition": condition}
        document = {
            "Parameters": {"P": {"Type": "String"}},
            "Conditions": conditions,
            "Resources": {name: {**topic, "Properties": {"TopicName": "t"}}},
        }
        return Template(Path("t.yaml"), document)

    found = stacks.changes(template("Old", "Is"), template("New", "IsNot"))
    assert [each.what for each in found if isinstance(each, Change)] == ["remove", "may add"]
    (found_rename,) = stacks.changes(template("Old", "Is"), template("New", "Is"))
    assert isinstance(found_rename, Change)
    assert found_rename.what == "rename"


def test_where_too_many_conditions_are_asked_for_nothing_is_sure() -> None:
    def template(number: int) -> Template:
        names = [f"Is{each}" for each in range(number)]
        groups = [{"Fn::If": [each, each, {"Ref": "AWS::NoValue"}]} for each in names]
        document = {
            "Parameters": {each: {"Type": "String"} for each in names},
            "Conditions": {each: {"Fn::Equals": [{"Ref": each}, "yes"]} for each in names},
            "Resources": {
                "S": {"Type": "AWS::EC2::Instance", "Properties": {"SecurityGroups": groups}}
            },
        }
        return Template(Path("t.yaml"), document)

    (found,) = stacks.changes(template(0), template(20))
    assert isinstance(found, Change)
    assert found.what == "may replace"


def test_a_default_that_nobody_may_see_is_not_shown() -> None:
    def template(default: str) -> Template:
        properties = {"Name": {"Ref": "P"}, "Value": "v"}
        document = {
            "Parameters": {"P": {"Type": "String", "NoEcho": True, "Default": default}},
            "Resources": {"S": {"Type": "AWS::SSM::Parameter", "Properties": properties}},
        }
        return Template(Path("t.yaml"), document)

    before, after = template("hush-1"), template("hush-2")
    found = [*stacks.changes(before, after), *callers.changes(before, after)]
    assert [each.what for each in found if isinstance(each, Change)] == [
        "may replace",
        "default changed",
    ]
    assert "hush" not in str(found)


def test_a_macro_is_not_judged() -> None:
    document = {"Transform": ["AWS::LanguageExtensions", "Mine"], "Resources": {}}
    template = Template(Path("t.yaml"), document)
    assert [each.where for each in stacks.changes(template, template)] == ["Transform"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        pytest.param("!Sub '${A}'", "${A}", id="a name alone"),
        pytest.param("!Sub 'x-${A.B}'", "x-${A.B}", id="an attribute"),
        pytest.param("!Sub ['${V}-x', {V: !Ref A}]", "${A}-x", id="a variable"),
        pytest.param("!Sub '${!A}'", "${A}", id="a dollar that is meant"),
        pytest.param("!Join ['-', [a, !Ref A, b]]", "a-${A}-b", id="Fn::Join"),
        pytest.param("!Join ['', []]", "", id="nothing joined"),
        pytest.param("!FindInMap [M, a, v]", "1", id="a value in a mapping"),
        pytest.param("!FindInMap [M, !Ref A, v]", "(1 | 2)", id="one of two values"),
        pytest.param("!If [C, x, y]", "(x | y)", id="either"),
        pytest.param("!Base64 {Fn::Sub: 'x ${A}'}", "x ${A}", id="coded"),
        pytest.param("true", "true", id="truth"),
        pytest.param("1", "1", id="a number"),
    ],
)
def test_what_is_written_differently_is_read_alike(written: str, words: str) -> None:
    side = side_of({"Mappings": {"M": {"a": {"v": 1}, "b": {"v": "2"}}}})
    assert shown(meaning(side, read_text(written))) == words
