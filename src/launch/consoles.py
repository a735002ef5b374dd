"""Where the partitions' consoles are, and what people call them.

Source of the hosts: the AWS documentation of each partition; that of aws-eusc is not verified.
"""

from __future__ import annotations

from dataclasses import dataclass

from launch.errors import LaunchError
from launch.manifest import Bucket
from operate.regions import dns_suffix, partition_of


@dataclass(frozen=True)
class Console:
    """A partition's console: what its hosts end in, and the partition's name among people."""

    domain: str
    title: str


CONSOLES = {
    "aws": Console("console.aws.amazon.com", "AWS"),
    "aws-cn": Console("console.amazonaws.cn", "AWS in China"),
    "aws-us-gov": Console("console.amazonaws-us-gov.com", "AWS GovCloud (US)"),
    "aws-eusc": Console("console.amazonaws-eusc.eu", "AWS European Sovereign Cloud"),
}


def partition(region: str) -> str:
    """Return the partition of a region. Raise `RefusalError` for one whose console is unknown."""
    found = partition_of(region, region)
    if found not in CONSOLES:
        known = ", ".join(CONSOLES)
        raise LaunchError(f"{region}: no console of {found} is known; choose a region of {known}")
    return found


def console_host(region: str) -> str:
    """Return the host of a region's console."""
    return f"{region}.{CONSOLES[partition(region)].domain}"


def object_url(bucket: Bucket, key: str) -> str:
    """Return the URL of an object; a key here has no character that must be encoded."""
    return f"https://{bucket.name}.s3.{bucket.region}.{dns_suffix(partition(bucket.region))}/{key}"
