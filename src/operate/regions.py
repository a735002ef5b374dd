"""Which partition a region lies in, as botocore knows it: nothing about regions is written here."""

from __future__ import annotations

import difflib
import functools

from botocore.session import Session

from operate.errors import OperateError

NO_REGION = "-global"


def partition_of(region: str, option: str) -> str:
    """Return the name of the partition a region lies in.

    Raises `OperateError` for a region botocore does not know; `option` is how it was given.
    """
    known = _regions()
    if region not in known:
        near = difflib.get_close_matches(region.lower(), known, n=1)
        mend = f" (did you mean {near[0]}?)" if near else "; write one as AWS does, like cn-north-1"
        raise OperateError(f"{option}: {region!r} is not an AWS region{mend}")
    return known[region]


@functools.cache
def _regions() -> dict[str, str]:
    return {
        name: str(partition["id"])
        for partition in Session().get_data("partitions")["partitions"]
        for name in partition["regions"]
        if not name.endswith(NO_REGION)
    }
