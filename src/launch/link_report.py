"""Shows links to people, to programs, and in a README."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from launch.button import NAME
from launch.consoles import object_url, partition
from launch.links import Link, bucket_for
from launch.manifest import Bucket
from semantic_version import Version


@dataclass(frozen=True)
class Shown:
    """Links to one version; `left_out` says which templates have none, and why.

    `until` is when those that are signed end, None where none is; `temporary` says
    that the credentials may end earlier.
    """

    version: Version
    links: Sequence[Link]
    buckets: Sequence[Bucket]
    left_out: Sequence[str] = ()
    until: datetime | None = None
    temporary: bool = False


def as_text(shown: Shown) -> str:
    """Return lines for a terminal, the templates one after the other."""
    lines: list[str] = []
    for name, links in _by_template(shown):
        lines += [f"{name} {shown.version}"]
        width = max(len(each.region) for each in links)
        lines += [f"  {each.region:{width}}  {each.url}" for each in links]
    return "\n".join([*lines, *_until(shown)])


def as_json(shown: Shown) -> str:
    """Return the links as a program reads them."""
    rows = [
        {
            "template": each.template,
            "version": str(shown.version),
            "partition": partition(each.region),
            "region": each.region,
            "stackName": each.stack_name,
            "parameters": dict(each.values),
            "templateUrl": each.template_url,
            "url": each.url,
            "expires": shown.until.isoformat() if shown.until else None,
            "temporaryCredentials": shown.temporary if shown.until else None,
        }
        for each in shown.links
    ]
    return json.dumps(rows, indent=2)


def as_markdown(shown: Shown) -> str:
    """Return buttons for a README, the templates one after the other.

    A signed link goes without the image: its bucket shows it to nobody.
    """
    parts: list[str] = []
    for name, links in _by_template(shown):
        rows = [f"| {each.region} | {_button(shown, each)} |" for each in links]
        head = [f"### {name} {shown.version}", "", "| Region | |", "| --- | --- |"]
        parts += ["\n".join([*head, *rows])]
    return "\n\n".join([*parts, *_until(shown)])


def _by_template(shown: Shown) -> Iterator[tuple[str, list[Link]]]:
    for name, links in groupby(shown.links, lambda each: each.template):
        yield name, list(links)


def _button(shown: Shown, link: Link) -> str:
    words = f"Launch {link.template} in {link.region}"
    bucket = bucket_for(link.region, shown.buckets)
    if shown.until or not bucket:
        return f"[{words}]({link.url})"
    return f"[![{words}]({object_url(bucket, f'{shown.version}/{NAME}')})]({link.url})"


def _until(shown: Shown) -> Iterator[str]:
    if shown.until:
        said = f"Whoever has a link can read its template until {shown.until:%Y-%m-%d %H:%M} UTC"
        ends = "; it is signed with temporary credentials, and ends with them if that is earlier"
        yield f"{said}{ends if shown.temporary else ''}."
