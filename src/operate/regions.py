"""Which partition a region lies in, as botocore knows it: nothing about regions is written here."""

from __future__ import annotations

import functools
from typing import Any

from botocore.session import Session

from operate.errors import OperateError
from refusals import nearest

NO_REGION = "-global"


def partition_of(region: str, option: str) -> str:
    """Return the name of the partition a region lies in.

    Raises `OperateError` for a region botocore does not know; `option` is how it was given.
    """
    known = _regions()
    if region not in known:
        mend = nearest(region, known) or "; write one as AWS does, like cn-north-1"
        raise OperateError(f"{option}: {region!r} is not an AWS region{mend}")
    return known[region]


def dns_suffix(partition: str) -> str:
    """Return what the host names of a partition's services end in; a partition there is."""
    return next(str(each["outputs"]["dnsSuffix"]) for each in _data() if each["id"] == partition)


def region_name(region: str) -> str:
    """Return what AWS calls a region, as Europe (Ireland); a region there is."""
    return next(
        str(each["regions"][region]["description"]) for each in _data() if region in each["regions"]
    )


def global_region(partition: str) -> str:
    """Return the region in which a partition keeps what has no region; a partition there is."""
    found = next(each for each in _data() if each["id"] == partition)
    return str(found["outputs"]["implicitGlobalRegion"])


def partition_in_words(region: str) -> str:
    """Return what people call the partition of a region, such as China; a region there is."""
    return region_name(region).partition(" (")[0]


@functools.cache
def _data() -> Any:
    return Session().get_data("partitions")["partitions"]


@functools.cache
def _regions() -> dict[str, str]:
    return {
        name: str(partition["id"])
        for partition in _data()
        for name in partition["regions"]
        if not name.endswith(NO_REGION)
    }
