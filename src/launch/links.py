"""Links that open the console where a stack is made, all but its last button pressed.

Such a link is the console's own: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/
cfn-console-create-stacks-quick-create-links.html says what it may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from launch.consoles import console_host, object_url, partition
from launch.errors import LaunchError
from launch.manifest import Bucket
from refusals import quoted
from semantic_version import Version

LONGEST_URL = 1024
STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}", re.ASCII)


@dataclass(frozen=True)
class Link:
    """A link to the console: the template it launches, where, and what is filled in there."""

    template: str
    region: str
    template_url: str
    stack_name: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        """What a browser opens."""
        asked = [("templateURL", self.template_url), ("stackName", self.stack_name)]
        asked += [(f"param_{name}", value) for name, value in self.values]
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked)
        home = f"https://{console_host(self.region)}/cloudformation/home?region={self.region}"
        return f"{home}#/stacks/quickcreate?{query}"


def template_key(version: Version, name: str) -> str:
    """Return the key of a published template."""
    return f"{version}/{name}.yaml"


def template_url(bucket: Bucket, version: Version, name: str) -> str:
    """Return the URL CloudFormation reads a published template from, as its caller may."""
    return object_url(bucket, template_key(version, name))


def bucket_for(region: str, buckets: Iterable[Bucket]) -> Bucket | None:
    """Return the launch bucket of a region's partition: a template's URL leads to no other."""
    own = partition(region)
    return next((each for each in buckets if partition(each.region) == own), None)


def check_stack_name(name: str) -> None:
    """Raise `LaunchError` for what no stack can be called."""
    if not STACK_NAME.fullmatch(name):
        wanted = "letters, digits and hyphens, a letter first, 128 at most"
        raise LaunchError(f"--stack-name: {quoted(name)} is no stack's name; wanted: {wanted}")


def check_template_url(url: str, place: str) -> None:
    """Raise `LaunchError` for a URL longer than the console takes; `place` is not the URL."""
    if len(url) > LONGEST_URL:
        raise LaunchError(
            f"{place}: its template's URL has {len(url)} characters, and the console takes "
            f"{LONGEST_URL}; sign it with an IAM user's access key, which adds no session token, "
            "or let the bucket be read without a signature and leave out --expires"
        )
