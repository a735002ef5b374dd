"""Which partition a region lies in, as botocore knows it: nothing about regions is written here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_reference.regions import partition_by_region, partitions
from operate.errors import OperateError
from refusals import nearest


def partition_of(region: str, option: str) -> str:
    """Return the name of the partition a region lies in.

    Raises `OperateError` for a region botocore does not know; `option` is how it was given.
    """
    known = partition_by_region()
    if region not in known:
        mend = nearest(region, known) or "; write one as AWS does, like cn-north-1"
        raise OperateError(f"{option}: {region!r} is not an AWS region{mend}")
    return known[region]


def dns_suffix(partition: str) -> str:
    """Return what the host names of a partition's services end in; a partition there is."""
    return str(_partition(partition)["outputs"]["dnsSuffix"])


def region_name(region: str) -> str:
    """Return what AWS calls a region, as Europe (Ireland); a region there is."""
    return next(
        str(each["regions"][region]["description"])
        for each in partitions()
        if region in each["regions"]
    )


def global_region(partition: str) -> str:
    """Return the region in which a partition keeps what has no region; a partition there is."""
    return str(_partition(partition)["outputs"]["implicitGlobalRegion"])


def partition_in_words(region: str) -> str:
    """Return what people call the partition of a region, such as China; a region there is."""
    return region_name(region).partition(" (")[0]


def _partition(name: str) -> Mapping[str, Any]:
    return next(each for each in partitions() if each["id"] == name)
