"""Which regions are linted for, of those that are the same to a template."""

from __future__ import annotations

from typing import Any

import pytest

from review.alike import one_of_each

REGIONS = ("us-east-1", "us-east-2", "eu-west-1", "cn-north-1", "cn-northwest-1")
BUCKET = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}
HERE = {"Ref": "AWS::Region"}


def allowing(*values: Any, default: str = "") -> dict[str, Any]:
    """Return a template that compares its region with a parameter of those values."""
    return {
        "Parameters": {"Other": {"AllowedValues": [*values], "Default": default}},
        "Conditions": {"Same": {"Fn::Equals": [HERE, {"Ref": "Other"}]}},
    }


@pytest.mark.parametrize(
    ("document", "chosen"),
    [
        pytest.param({}, ["us-east-1", "cn-north-1"], id="partitions"),
        pytest.param(
            {"Mappings": {"Names": {"us-east-2": {"Name": "Ohio"}}}},
            ["us-east-1", "us-east-2", "cn-north-1"],
            id="looked up",
        ),
        pytest.param(
            {"Conditions": {"Home": {"Fn::Equals": [HERE, "eu-west-1"]}}},
            ["us-east-1", "eu-west-1", "cn-north-1"],
            id="compared",
        ),
        pytest.param(
            {"Description": "For eu-west-1.", "Parameters": {"Other": {"Default": "eu-west-1"}}},
            ["us-east-1", "cn-north-1"],
            id="named where nothing is decided",
        ),
        pytest.param(
            allowing(*REGIONS), ["us-east-1", "cn-north-1"], id="in the same list of values"
        ),
        pytest.param(
            allowing("us-east-2", "eu-west-1"),
            ["us-east-1", "us-east-2", "cn-north-1"],
            id="in another list",
        ),
        pytest.param(
            allowing(*REGIONS, default="eu-west-1"),
            ["us-east-1", "eu-west-1", "cn-north-1"],
            id="the default",
        ),
        pytest.param(
            allowing("arn:aws:s3:eu-west-1:a"),
            ["us-east-1", "eu-west-1", "cn-north-1"],
            id="part of a value",
        ),
        pytest.param(
            {"Resources": {"Link": {"Type": "AWS::CodeConnections::Connection"}}},
            ["us-east-1", "cn-north-1"],
            id="a type that one partition lacks",
        ),
        pytest.param(
            {"Parameters": None, "Conditions": 3, "Mappings": ["a"], "Resources": {"A": None}},
            ["us-east-1", "cn-north-1"],
            id="any shape",
        ),
    ],
)
def test_one_region_of_each_kind_is_chosen(document: dict[str, Any], chosen: list[str]) -> None:
    assert list(one_of_each({**BUCKET, **document}, REGIONS, lambda _: 0)) == chosen


def test_what_else_tells_regions_apart_counts() -> None:
    chosen = one_of_each(BUCKET, REGIONS, lambda region: region == "us-east-2")
    assert list(chosen) == ["us-east-1", "us-east-2", "cn-north-1"]


def test_a_region_whose_data_differs_is_its_own() -> None:
    document = {"Resources": {"Project": {"Type": "AWS::CodeBuild::Project"}}}
    chosen = one_of_each(document, ("us-east-1", "ca-west-1", "us-east-2"), lambda _: 0)
    assert list(chosen) == ["us-east-1", "ca-west-1"]
