"""Holds the table of partitions against what botocore and cfn-lint know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore
import pytest
from cfnlint.helpers import REGIONS as KNOWN_TO_CFN_LINT

from pipeline.errors import InputError
from pipeline.partitions import PARTITIONS, Partition, partition_of

EVERY = pytest.mark.parametrize("partition", PARTITIONS, ids=lambda each: each.name)
BOTOCORE = Path(botocore.__file__).parent / "data" / "partitions.json"


def known_to_botocore(name: str) -> dict[str, Any]:
    """Return what botocore says of a partition."""
    partitions: list[dict[str, Any]] = json.loads(BOTOCORE.read_text())["partitions"]
    return next(each for each in partitions if each["id"] == name)


@EVERY
def test_its_regions_are_those_that_both_know(partition: Partition) -> None:
    both = set(known_to_botocore(partition.name)["regions"]) & set(KNOWN_TO_CFN_LINT)
    assert sorted(partition.regions) == sorted(both), "mend: src/pipeline/partitions.py"


@EVERY
def test_its_suffix_is_botocores(partition: Partition) -> None:
    assert partition.dns_suffix == known_to_botocore(partition.name)["outputs"]["dnsSuffix"]


def test_a_region_lies_in_one_partition() -> None:
    every = [region for partition in PARTITIONS for region in partition.regions]
    assert len(every) == len(set(every))
    assert partition_of("cn-north-1").name == "aws-cn"


def test_an_unknown_region_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        InputError, match=r"'eu-wst-1' is not an AWS region \(did you mean eu-west-1"
    ):
        partition_of("eu-wst-1")
