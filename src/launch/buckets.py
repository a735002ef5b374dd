"""Launch buckets as they are written on a command line, one of each partition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from launch.consoles import partition
from launch.errors import LaunchError
from launch.manifest import Bucket
from operate.regions import partition_of
from refusals import quoted

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", re.ASCII)


def judge_bucket(name: str, region: str, option: str, place: str) -> Bucket:
    """Return a bucket that can be launched from; the options are how its name and region came."""
    if not NAME.fullmatch(name):
        raise LaunchError(
            f"{option}: {quoted(name)} is no name of a launch bucket; write 3 to 63 lower-case "
            "letters, digits and hyphens: with a dot its URLs have no certificate"
        )
    partition_of(region, place)
    return Bucket(name, region)


def read_bucket(written: str, option: str) -> Bucket:
    """Return the bucket that BUCKET@REGION says. Raise `RefusalError`."""
    name, separator, region = written.partition("@")
    if not separator:
        mend = "write BUCKET@REGION, like launch-example@us-east-1"
        raise LaunchError(f"{option}: {quoted(written)} is no launch bucket; {mend}")
    return judge_bucket(name, region, option, option)


def one_to_a_partition(buckets: Sequence[Bucket], option: str) -> tuple[Bucket, ...]:
    """Return the buckets. Raise `LaunchError` for two of one partition.

    A template's URL does not lead from one partition to another; within it, either could be meant.
    """
    first: dict[str, Bucket] = {}
    for each in buckets:
        other = first.setdefault(partition(each.region), each)
        if other is not each:
            raise LaunchError(
                f"{option} {each.name}@{each.region}: {other.name}@{other.region} is of "
                f"{partition(each.region)}, too; name one of them"
            )
    return tuple(buckets)
