"""Templates other people wrote give a picture of what can be read in them, or none."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET  # of what we wrote
from typing import Any

import pytest
from drawing import action, pipeline, stage, template, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picture.diagram import read_diagram
from picture.mermaid import as_mermaid
from picture.svg import as_svg

GOOD = stage("Good", action("good"))
FUNCTIONS = ("Ref", "Fn::If", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::FindInMap", "Fn::GetAtt")
KEYS = (
    *("Name", "Actions", "Stages", "ActionTypeId", "Category", "Provider", "Configuration"),
    *("ProjectName", "Region", "RoleArn", "RunOrder", "Description", "Environment", "ActionMode"),
    *("EnvironmentVariables", "Value", "Default", "Type", "AllowedValues", *FUNCTIONS),
)
WORDS = ("a", "AWS::Region", "AWS::NoValue", "Pipeline", "CodeBuild", "${a}", "TARGET_REGION", "")


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        None,
        {"Resources": None},
        {"Resources": []},
        {"Resources": {"P": None}},
        {"Resources": {"P": {"Type": "AWS::S3::Bucket"}}},
        {"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline"}}},
        {"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": []}}},
        pipeline(),
        pipeline(None, 7, "x", [], {}, [GOOD]),
        pipeline({"Name": "x"}, {"Name": "x", "Actions": None}, {"Name": "x", "Actions": {}}),
        pipeline(stage("x"), stage("x", None, 7, [], {}, {"Name": ""}, {"Name": []})),
        pipeline(stage(None, action("x")), stage({}, action("x")), stage([1], action("x"))),
        pipeline({"Fn::If": ["C", {"Ref": "AWS::NoValue"}, {"Ref": "AWS::NoValue"}]}),
    ],
)
def test_a_template_without_a_pipeline_that_can_be_drawn_has_no_picture(document: Any) -> None:
    assert read_diagram(template(document)) is None


@pytest.mark.parametrize(
    "document",
    [
        pipeline(None, GOOD, {"Name": "x"}, stage("x"), stage("", action("x"))),
        pipeline(stage("Good", None, action(None), action("good"), {"Name": {}}, [])),
        pipeline(GOOD, Parameters=[], Mappings=7, Metadata="x", Conditions=None, Description={}),
        pipeline(GOOD, Parameters={"A": None}, Metadata={"Meridian": {"Partitions": [[], {}]}}),
        pipeline(GOOD, Resources={"A": None, "B": [], "C": {"Type": []}, "D": {"Type": {}}}),
        pipeline(stage("Good", {"Name": "good", "ActionTypeId": []})),
        pipeline(stage("Good", {"Name": "good", "ActionTypeId": {"Provider": {"Fn::If": 7}}})),
        pipeline(stage("Good", action("good", Configuration=[], Region=[], RoleArn=7))),
    ],
)
def test_what_can_be_read_is_drawn(document: Any) -> None:
    diagram = read_diagram(template(document))
    assert diagram is not None
    assert [(each.name, [one.name for one in each.actions]) for each in diagram.stages] == [
        ("Good", ["good"])
    ]


def test_of_several_pipelines_the_first_that_can_be_drawn_is() -> None:
    empty, other = pipeline()["Resources"]["Pipeline"], pipeline(GOOD)["Resources"]["Pipeline"]
    diagram = read_diagram(template({"Resources": {"A": empty, "B": other}}))
    assert diagram is not None
    assert diagram.stages[0].name == "Good"


def nested(function: str, *operands: Any) -> Any:
    node: Any = "x"
    for _ in range(sys.getrecursionlimit()):  # which others in this process may have raised
        node = {function: [*operands, node, node]}
    return node


@pytest.mark.slow
def test_choices_nested_too_deep_give_no_picture() -> None:
    deep = nested("Fn::If", "C")
    for document in (pipeline(deep), pipeline(stage("a", deep)), pipeline(stage(deep, GOOD))):
        assert read_diagram(template(document)) is None


@pytest.mark.parametrize("function", ["Fn::Join", "Fn::Sub", "Fn::Select", "Fn::ImportValue"])
def test_texts_nested_deep_leave_the_action_in_the_picture(function: str) -> None:
    region = nested(function) if function != "Fn::Join" else nested(function, "-", [])
    diagram = read_diagram(template(pipeline(stage("Good", action("good", Region=region)))))
    assert diagram is not None
    assert len(diagram.stages[0].actions[0].place.region) <= 300


@pytest.mark.parametrize("function", ["!If [C, *{0}, *{0}]", "!Join ['', [*{0}, *{0}]]"])
@pytest.mark.parametrize("leaf", ["''", "x", "!Ref AWS::NoValue", "!Join ['', []]"])
def test_aliases_that_double_a_text_again_and_again_end(function: str, leaf: str) -> None:
    doubled = "".join(f"  a{at}: &a{at} {function.format(f'a{at - 1}')}\n" for at in range(1, 60))
    text = (
        f"Metadata:\n  a0: &a0 {leaf}\n{doubled}"
        "Resources:\n  P:\n    Type: AWS::CodePipeline::Pipeline\n    Properties:\n      Stages:\n"
        "      - {Name: Good, Actions: [{Name: good, Region: *a59}, *a59]}\n"
    )
    diagram = written(text)
    assert diagram is not None
    assert diagram.stages[0].actions[0].name == "good"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)
ACTIONS = st.fixed_dictionaries(
    {"Name": st.text(min_size=1) | VALUES},
    optional={
        **dict.fromkeys(("Region", "RoleArn", "RunOrder", "Configuration"), VALUES),
        "ActionTypeId": st.fixed_dictionaries(
            {
                "Category": VALUES,
                "Provider": st.sampled_from(["CodeBuild", "CloudFormation"]) | VALUES,
            }
        ),
    },
)
STAGES = st.fixed_dictionaries(
    {"Name": st.text(min_size=1) | VALUES, "Actions": st.lists(ACTIONS, max_size=5) | VALUES}
)
DOCUMENTS = st.builds(
    lambda stages, resources, sections: pipeline(*stages, Resources=resources, **sections),
    st.lists(STAGES, max_size=4),
    st.dictionaries(st.sampled_from(["A", "a", "P"]), VALUES, max_size=2),
    st.dictionaries(st.sampled_from(["Parameters", "Mappings", "Metadata", "Description"]), VALUES),
)


def profile(examples: int) -> settings:
    """Return settings that try the same examples every time, however long one takes."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=slow,
    )


def drawn_well_formed(document: Any) -> None:
    diagram = read_diagram(template(document))
    if diagram is None:
        return
    ET.fromstring(as_svg(diagram, 2).encode())  # noqa: S314 - we wrote it
    lines = [line.strip() for line in as_mermaid(diagram).encode().decode().split("\n")]
    assert lines.count("end") == sum(line.startswith("subgraph ") for line in lines)


@pytest.mark.slow
@profile(10)
@given(DOCUMENTS)
def test_whatever_stands_in_a_template_a_picture_of_it_is_well_formed(document: Any) -> None:
    drawn_well_formed(document)


@pytest.mark.slow
@profile(300)
@given(DOCUMENTS)
def test_whatever_stands_in_many_templates_is_well_formed(document: Any) -> None:
    drawn_well_formed(document)
