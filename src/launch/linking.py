"""Makes the links that are asked for, of the templates in a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch.buckets import one_to_a_partition, read_bucket
from launch.describe import version_of
from launch.errors import LaunchError
from launch.link_report import Shown
from launch.link_rules import (
    Offer,
    nowhere,
    offer,
    preset,
    regions_asked,
    values_of,
)
from launch.links import (
    Link,
    bucket_for,
    check_stack_name,
    check_template_url,
    template_key,
    template_url,
)
from launch.manifest import Bucket
from launch.signing import Signer, expiry, signer
from refusals import nearest, quoted
from semantic_version import Version, read_version
from template_reader.file import read_template

OPTION = "--bucket"


@dataclass(frozen=True)
class Request:
    """What is asked for, as it is written; all templates of `folder` if none is named."""

    names: tuple[str, ...]
    folder: Path
    buckets: tuple[str, ...]
    regions: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    version: str | None = None
    stack_name: str | None = None
    expires: int | None = None
    profile: str = ""


def make_links(request: Request) -> Shown:
    """Return the links asked for. Raise `RefusalError`."""
    buckets = one_to_a_partition([read_bucket(each, OPTION) for each in request.buckets], OPTION)
    offered = [offer(read_template(path)) for path in _paths(request)]
    preset(offered, request.given)
    if request.stack_name is not None:
        check_stack_name(request.stack_name)
    version = _version(request, offered)
    regions = regions_asked(offered, request.regions, buckets)
    left_out = _left_out(request, offered, regions)
    signing = _signer(request, buckets)
    links = _links(request, offered, regions, _urls(version, buckets, signing))
    if signing is None:
        return Shown(version, links, buckets, left_out)
    until = min(expiry(link.template_url) for link in links)
    return Shown(version, links, buckets, left_out, until, signing.temporary)


def _left_out(
    request: Request, offered: Sequence[Offer], regions: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Return what is said of the templates without a link; `LaunchError` for one asked for."""
    said = tuple(nowhere(each) for each in offered if not regions[each.name])
    if said and (request.names or len(said) == len(offered)):
        raise LaunchError(said[0])
    return said


def _links(
    request: Request,
    offered: Sequence[Offer],
    regions: Mapping[str, Sequence[str]],
    url: Callable[[str, str], str],
) -> list[Link]:
    links = [
        Link(each.name, region, url(region, each.name), request.stack_name or each.name, values)
        for each in offered
        for values in [values_of(each, request.given)]
        for region in regions[each.name]
    ]
    for link in links:
        check_template_url(link.template_url, f"{link.template} in {link.region}")
    return links


def _paths(request: Request) -> list[Path]:
    known = {path.stem: path for path in sorted(request.folder.glob("*.yaml"))}
    if not known:
        raise LaunchError(f"{request.folder}: holds no template; mend: make templates")
    for name in request.names:
        if name not in known:
            near = nearest(name, known) or f"; there are {', '.join(known)}"
            raise LaunchError(f"{quoted(name)} is no template of {request.folder}{near}")
    return [known[name] for name in dict.fromkeys(request.names or known)]


def _version(request: Request, offered: Sequence[Offer]) -> Version:
    if request.version is not None:
        return read_version(request.version, "--version")
    return version_of(each.template for each in offered)


def _signer(request: Request, buckets: Sequence[Bucket]) -> Signer | None:
    if request.expires is None:
        return None
    if len(buckets) > 1:
        raise LaunchError(
            "--expires: credentials are of one partition; name one --bucket, and its credentials"
        )
    return signer(buckets[0], request.profile, request.expires)


def _urls(
    version: Version, buckets: Sequence[Bucket], signing: Signer | None
) -> Callable[[str, str], str]:
    """Return what tells the URL of a template for a region that a bucket's partition has."""

    def url(region: str, name: str) -> str:
        if signing:
            return signing.sign(template_key(version, name))
        bucket = bucket_for(region, buckets)
        if bucket is None:
            raise LaunchError(f"{region}: no launch bucket of its partition is given")
        return template_url(bucket, version, name)

    return url
