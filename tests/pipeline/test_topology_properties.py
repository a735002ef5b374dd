"""Thousands of mutated topologies: each is refused in one line, or renders to what AWS takes."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import functools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.library import Entry
from pipeline.partitions import PARTITIONS, partition_of
from pipeline.render import render_yaml
from pipeline.stacks import multi_region_pipeline
from pipeline.topology import SourceType, Topology
from pipeline.topology_file import parse_topology
from review.lint import lint
from topologies import VALID, changed, stages, toml

pytestmark = pytest.mark.slow

KIND = "multi-region"
AWS, GOVERNMENT = (partition_of(each).regions for each in ("us-east-1", "us-gov-west-1"))
OTHERS = [region for region in AWS if region != "us-east-1"]
NAMED = {"artifact_stores": "named"}
CROSSING = [
    {
        "name": "Live",
        "approval": True,
        "target": [
            {"region": "us-east-2"},
            {"region": "cn-north-1", "parameter": "ChinaRegion", "account": "ChinaAccountId"},
            {"region": "us-gov-west-1", "account": "111122223333"},
        ],
    }
]
BASES = (
    VALID,
    changed({"stage": CROSSING}),
    changed({**NAMED, "stage": stages(["us-east-1", "eu-west-1"], ["eu-west-1", "ap-south-1"])}),
    changed({"home": "us-gov-west-1", "stage": stages(["us-gov-east-1"])}),
)
GOVERNED = {
    "home": "us-gov-west-1",
    "stage": stages(["us-gov-west-1", "us-gov-east-1"], ["us-gov-east-1"]),
}
LONGHAND = (Path(__file__).resolve().parents[2] / "topologies" / "multi-region.toml").read_text()
DOCUMENTS = (LONGHAND, *map(toml, BASES))
WORD = re.compile(r"[\w:-]+")
SURPRISES = (
    *('"', "'", '"""', "[", "]", "[[", "]]", "{", "}", "=", ",", ".", "\n", "\r", "\t", "\0", "#"),
    *("\\", "\\u0000", "\\ud800", "é", "\u2028", "\x85", "\x1b[2J", "﻿", "1", "-1", "1e999", "nan"),
    *("true", "2026-01-31", "12:30:00", "home", "parameter", "us-west-2", "cn-north-1", "Build"),
)
WORDS = st.sampled_from(
    (
        *("us-east-1", "us-east-2", "us-gov-east-1", "cn-north-1", "eu-wst-1", "Test", "live"),
        *("OtherRegion1", "OtherRegion2", "RepositoryName", "AWS::Region", "${AWS::Region}"),
        *("named", "asked", "S3", "CodeCommit", "source", "", " ", "x" * 31, "x" * 1_000),
    )
)
TEXTS = WORDS | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PRINTABLE = st.characters(exclude_categories=["C", "Z"])
LEAVES = (
    *(st.booleans(), st.integers(), st.floats(), TEXTS),
    *(st.dates(datetime.date(1, 1, 1)), st.times()),
)
VALUES = st.recursive(
    st.one_of(*LEAVES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=4,
)


def profile(examples: int) -> settings:
    """Return settings that try the same examples every time, however long one takes."""
    slow = [HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large]
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=slow,
    )


@st.composite
def mutated_texts(draw: st.DrawFn) -> str:
    """Return the text of a topology with pieces cut out, put in or repeated, or words replaced."""
    text = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            start, end = draw(st.sampled_from([at.span() for at in WORD.finditer(text)]))
            piece = draw(WORDS | st.sampled_from(WORD.findall(text)))
        else:
            start = draw(st.integers(0, len(text)))
            end = start + draw(st.integers(0, 12))
            piece = draw(st.sampled_from((*SURPRISES, text[start : end + 30])))
        text = text[:start] + piece + text[end:]
    return text


@st.composite
def mutated_values(draw: st.DrawFn) -> str:
    """Return a topology with some values removed, replaced, renamed or repeated."""
    topology = copy.deepcopy(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(topology))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(("remove", "replace", "word", "rename", "repeat"))):
            case "remove":
                del holder[key]
            case "replace":
                holder[key] = draw(VALUES)
            case "word":
                holder[key] = draw(WORDS)
            case "rename" if isinstance(holder, dict):
                holder[draw(TEXTS)] = holder.pop(key)
            case "repeat" if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[key]))
    return toml(topology)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(node) if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])


@st.composite
def plausible_topologies(draw: st.DrawFn) -> str:
    """Return a topology a person might want: most of them are taken."""
    regions = draw(st.sampled_from([AWS, AWS, GOVERNMENT]))
    home, *others = draw(st.permutations(regions))
    chosen = others[: draw(st.integers(1, 12 if draw(st.booleans()) else len(others)))]
    asked = set(chosen[: draw(st.sampled_from([0, 1, 5, 10]))])
    named = {
        region: f"{draw(st.sampled_from(['A', 'Other', 'Second']))}Region{at}"
        for at, region in enumerate(chosen)
        if region in asked
    }
    names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}", fullmatch=True)
    size = draw(st.sampled_from([1, 2, 12, 25]))
    makings = st.lists(names, min_size=size, max_size=size, unique_by=str.lower)
    places = [home, *chosen]
    return toml(
        {
            "pipeline": KIND,
            "description": draw(st.text(PRINTABLE, min_size=1, max_size=300)),
            "home": home,
            "sources": draw(st.lists(st.sampled_from(list(SourceType)), min_size=1, unique=True)),
            "artifact_stores": draw(st.sampled_from(["named", "asked"])),
            "stage": [
                {"name": name, "target": [_target(each, named) for each in places[at % 2 :]]}
                for at, name in enumerate(draw(makings))
            ],
        }
    )


def _target(region: str, named: Mapping[str, str]) -> dict[str, str]:
    return {"region": region, **({"parameter": named[region]} if region in named else {})}


def judge(text: str, description: str = "") -> None:
    """See that a topology is refused in a line, or that it renders.

    With a `description` in place of its own, those that differ in nothing else are rendered once.
    """
    try:
        topology = parse_topology(text, name="orders")
        assert topology.description.isprintable()
        described = description or topology.description
        assert renders(dataclasses.replace(topology, pipeline=KIND, description=described))
    except InputError as error:
        (line,) = str(error).splitlines()
        assert line.isprintable()
        assert ": " in line


@functools.cache
def renders(topology: Topology) -> bool:
    """Return True, having seen that a topology makes a template within the bounds."""
    entry = Entry("orders-pipeline", multi_region_pipeline, topology)
    template = entry.build()
    assert len(render_yaml(template, "x").encode()) <= 1_000_000
    document = template.to_dict()
    assert len(document["Description"].encode()) <= 1_024
    assert document["Description"].isprintable()
    assert len(document["Parameters"]) <= 200
    assert len(document["Outputs"]) <= 200
    assert len(document["Resources"]) <= 500
    _roles_fit(document, partition_of(topology.home.name).name)
    _pipeline_fits(document)
    return True


def _roles_fit(document: dict[str, Any], partition: str) -> None:
    lengths = {"AWS::Partition": len(partition), "AWS::StackName": 40, "AWS::AccountId": 12}
    for title, resource in document["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            policies = resolved(resource["Properties"]["Policies"], document, lengths)
            texts = [json.dumps(each["PolicyDocument"]) for each in policies]
            assert len(re.sub(r"\s", "", "".join(texts))) <= 10_240, title


def _pipeline_fits(document: dict[str, Any]) -> None:
    properties = document["Resources"]["AppPipeline"]["Properties"]
    names = [stage["Name"] for stage in properties["Stages"]]
    assert len(names) <= 50
    assert set(Counter(names).values()) == {1}
    assert sum(len(stage["Actions"]) for stage in properties["Stages"]) <= 1_000
    stores = [json.dumps(each["Region"]) for each in properties["ArtifactStores"]]
    assert set(Counter(stores).values()) == {1}
    lengths = {"AWS::StackName": 40, "TemplatePath": 255}
    lengths |= {"AmiParameterName": 64, "ImageKeyAlias": 64}  # as long as they may be
    for action in [each for stage in properties["Stages"][1:] for each in stage["Actions"]]:
        assert json.dumps(action.get("Region", {"Ref": "AWS::Region"})) in stores
        configuration = resolved(action["Configuration"], document, lengths)
        assert all(1 <= len(each) <= 1_000 for each in configuration.values())


def resolved(node: Any, document: dict[str, Any], lengths: Mapping[str, int]) -> Any:
    """Return a node with a text as long as AWS would have it in place of each function."""

    def again(each: Any) -> Any:
        return resolved(each, document, lengths)

    if isinstance(node, list):
        return [again(each) for each in node]
    if not isinstance(node, dict):
        return node
    result: Any
    match list(node.items()):
        case [("Ref", name)]:
            result = filler(name, document, lengths)
        case [("Fn::GetAtt", _)]:
            result = "x" * 120
        case [("Fn::Sub", str(text))]:
            result = re.sub(r"\$\{([^}]+)\}", lambda at: filler(at[1], document, lengths), text)
        case [("Fn::Join", [separator, parts])]:
            result = separator.join(again(parts))
        case [("Fn::If", [_, then, _])]:
            result = again(then)
        case items:
            result = {name: again(value) for name, value in items}
    return result


def filler(name: str, document: dict[str, Any], lengths: Mapping[str, int]) -> str:
    """Return a text as long as a reference may come to be."""
    if name in lengths:
        return "x" * lengths[name]
    if name.startswith("S3BucketName"):
        return "x" * 63
    if name.startswith("KmsKeyArn"):
        return "x" * 80
    parameter = document["Parameters"].get(name, {})
    longest = 14 if "Region" in name else 60
    return "x" * max(len(str(parameter.get("Default", ""))), longest)


@profile(1_500)
@given(mutated_texts())
def test_a_mutated_text_is_refused_in_a_line_or_renders(text: str) -> None:
    judge(text, description="Orders.")


@profile(1_500)
@given(mutated_values())
def test_a_mutated_value_is_refused_in_a_line_or_renders(text: str) -> None:
    judge(text, description="Orders.")


@profile(300)
@given(mutated_texts() | mutated_values())
def test_some_mutations_are_refused_in_a_line_or_render(text: str) -> None:
    judge(text, description="Orders.")


@profile(20)
@given(plausible_topologies())
def test_a_plausible_topology_is_refused_in_a_line_or_renders(text: str) -> None:
    judge(text)


@profile(200)
@given(name=st.text(max_size=30) | st.from_regex(r"[a-z0-9.-]{1,120}"))
def test_any_name_is_refused_in_a_line_or_taken(name: str) -> None:
    try:
        assert parse_topology(toml(VALID), name=name).name == name
        assert re.fullmatch(r"[a-z0-9-]{1,100}", name)
    except InputError as error:
        assert len(str(error).splitlines()) == 1


TAKEN = {
    "every region, six stages": {**NAMED, "stage": stages(*[AWS] * 6)},
    "twenty regions, ten stages": {**NAMED, "stage": stages(*[AWS[:20]] * 10)},
    "two regions, 27 stages": {**NAMED, "stage": stages(*[OTHERS[:2]] * 27)},
    "ten stores asked for, ten stages": {"stage": stages(*[OTHERS[:9]] * 10)},
}


@pytest.mark.parametrize("changes", TAKEN.values(), ids=TAKEN)
def test_a_large_topology_is_taken(changes: dict[str, Any]) -> None:
    assert renders(parse_topology(toml(changed(changes)), name="orders"))


def test_a_topology_too_large_for_iam_is_refused() -> None:
    wanted = changed({**NAMED, "stage": stages(*[AWS] * 12)})
    line = r"topologies/orders\.toml: stage: IAM takes 10,240 .*; name fewer regions"
    with pytest.raises(InputError, match=line):
        renders(parse_topology(toml(wanted), name="orders"))


@pytest.mark.parametrize(
    ("stores", "regions", "at_least"),
    [("named", AWS, 6), ("named", OTHERS[:2], 26), ("asked", OTHERS[:9], 18)],
    ids=["every region", "two regions", "ten stores asked for"],
)
def test_the_largest_that_is_taken_fits_into_iam(
    stores: str, regions: Sequence[str], at_least: int
) -> None:
    largest: dict[str, Any] = {}
    with pytest.raises(InputError, match="IAM takes"):
        for count in range(at_least, 46):
            wanted = {"artifact_stores": stores, "stage": stages(*[regions] * count)}
            topology = parse_topology(toml(changed(wanted)), name="orders")
            largest = Entry("orders-pipeline", multi_region_pipeline, topology).build().to_dict()
    _roles_fit(largest, "aws")


def asked(*regions: str) -> list[dict[str, Any]]:
    """Return a stage of regions that are asked for."""
    named = {region: f"OtherRegion{at}" for at, region in enumerate(regions, start=1)}
    return [{"name": "Live", "target": [_target(region, named) for region in regions]}]


# Each differs from the others in regions, sources, stores and in what is asked for, and from the
# committed template. The government's partition has two regions, and so is soon linted.
LARGEST = "every region, from CodeConnections"
BOTH_KINDS = "regions of both kinds, from S3 or CodeCommit"
TO_CHINA = "two stages, both with a twin in China"
QUICK_TO_LINT = "the government's, from S3"
LINTED = {
    LARGEST: {
        **NAMED,
        "sources": ["CodeConnections"],
        "stage": stages(AWS),
    },
    BOTH_KINDS: {
        **NAMED,
        "sources": ["S3", "CodeCommit"],
        "description": "Aufträge, 注文, null: 'x' #1",
        "stage": [*asked("eu-west-1", "eu-west-2"), *stages(["us-east-1", "ap-south-1"])],
    },
    "the government's, from CodeCommit": {
        **GOVERNED,
        "sources": ["CodeCommit"],
        "artifact_stores": "named",
    },
    QUICK_TO_LINT: {**GOVERNED, "sources": ["S3"], "artifact_stores": "asked"},
    "the government's, from CodeConnections, asked for, with a twin beyond": {
        "home": "us-gov-east-1",
        "sources": ["CodeConnections", "CodeCommit"],
        "stage": asked("us-gov-west-1", "eu-west-1"),
        "stage[1].approval": True,
        "stage[1].target[2].account": "TwinAccountId",
    },
    "the government's, stages named like numbers": {
        **GOVERNED,
        "sources": ["CodeConnections", "S3"],
        "stage[1].name": "12",
        "stage[2].name": "2026-01-31",
    },
    TO_CHINA: {
        **NAMED,
        "access": "web-identity",
        "stage": [*CROSSING, {**CROSSING[0], "name": "Test", "approval": False}],
    },
}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(changes, id=name, marks=[pytest.mark.slow] if name != QUICK_TO_LINT else [])
        for name, changes in LINTED.items()
    ],
)
def test_cfn_lint_finds_nothing_in_what_is_taken(tmp_path: Path, changes: dict[str, Any]) -> None:
    topology = parse_topology(toml(changed(changes)), name="orders")
    path = tmp_path / "orders.yaml"
    path.write_text(render_yaml(multi_region_pipeline.build(topology), "x"), encoding="utf-8")
    report = lint(path)
    assert set(report.regions) & set(partition_of(topology.home.name).regions)
    assert list(map(str, report.findings)) == []


def test_every_partition_was_thought_of() -> None:
    homes = {each.name for each in PARTITIONS if each.deploys_from_pipelines}
    assert homes == {"aws", "aws-us-gov"}
