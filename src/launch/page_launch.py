"""The buttons of a template on the launch page: one for each region, by partition and by area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile

from html_writer.parts import Markup, joined, tag
from launch.consoles import CONSOLES, partition
from launch.links import Link, bucket_for, template_url
from launch.manifest import Bucket, Manifest, Published
from operate.regions import region_name

FEW = 4  # so many buttons are shown at once; more are unfolded
UNPROVEN = "Dashed: its partition is meant, and no more is known of what this region has."


def launch_link(manifest: Manifest, published: Published, region: str, bucket: Bucket) -> Link:
    """Return the link of a template's button."""
    url = template_url(bucket, manifest.version, published.name)
    return Link(published.name, region, url, published.name)


def launching(manifest: Manifest, published: Published) -> Markup:
    """Return the buttons of a template, and what is said where there are none."""
    by_partition = {
        name: tuple(each for each in published.regions if partition(each) == name)
        for name in CONSOLES
    }
    parts = (
        joined(*_partition(manifest, published, name, regions))
        for name, regions in by_partition.items()
        if regions
    )
    return tag("div", tag("h4", "Launch it"), *parts, class_="launch")


def _partition(
    manifest: Manifest, published: Published, name: str, regions: Sequence[str]
) -> Iterator[Markup]:
    title, bucket = CONSOLES[name].title, bucket_for(regions[0], manifest.buckets)
    yield tag("h5", title)
    if bucket is None:
        words = "It is meant for this partition, too, but this version is not published there."
        yield tag("p", words, class_="none")
        return
    links = [launch_link(manifest, published, each, bucket) for each in regions]
    if len(links) <= FEW:
        yield _grid(links, published)
    else:
        first = [each for each in links if each.region == bucket.region]
        yield from (_button(each, published, "first") for each in first)
        summary = tag("summary", f"All {len(links)} regions of {title}")
        yield tag("details", summary, *_areas(links, published))
    if set(regions) & set(published.unproven):
        yield tag("p", UNPROVEN, class_="note")


def _areas(links: Sequence[Link], published: Published) -> Iterator[Markup]:
    for _area, found in groupby(links, lambda each: each.region.partition("-")[0]):
        own = list(found)
        name = _area_name(each.region for each in own)
        yield tag("div", tag("h6", name), _grid(own, published), class_="area")


def _area_name(regions: Iterable[str]) -> str:
    """Return what the names of regions have in common: Europe; US of US East and US West."""
    words = zip(*(_place(each)[0].split() for each in regions), strict=False)
    return " ".join(each[0] for each in takewhile(lambda same: len(set(same)) == 1, words))


def _grid(links: Iterable[Link], published: Published) -> Markup:
    items = (tag("li", _button(each, published)) for each in links)
    return tag("ul", *items, class_="regions")


def _button(link: Link, published: Published, kind: str = "") -> Markup:
    """Return a button whose text says by itself what it does, as a screen reader lists them."""
    unproven = link.region in published.unproven
    words = f"Launch {link.template} in "
    shown = (tag("b", link.region), " ", tag("small", _place(link.region)[1]))
    said = tag("span", words, class_="" if kind else "heard")
    doubt = tag("span", ", of which no more is known", class_="heard") if unproven else ""
    name = " ".join(each for each in ("go", kind, "unproven" if unproven else "") if each)
    return tag("a", said, *shown, doubt, href=link.url, class_=name)


def _place(region: str) -> tuple[str, str]:
    """Return a region's area and city, as Europe and Ireland."""
    area, _, city = region_name(region).partition(" (")
    return area, city.rstrip(")")
