"""Which regions there are and which partition each lies in, as botocore's data says."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from aws_reference.shipped import data_of, read_json

NO_REGION = "-global"


@functools.cache
def partitions() -> tuple[Mapping[str, Any], ...]:
    """Return what is known of each partition, in botocore's own form."""
    return tuple(read_json(data_of("botocore") / "partitions.json")["partitions"])


@functools.cache
def partition_by_region() -> Mapping[str, str]:
    """Return the partition of every region there is."""
    return {
        name: str(partition["id"])
        for partition in partitions()
        for name in partition["regions"]
        if not name.endswith(NO_REGION)
    }
