"""The buttons of a template on the launch page: one for each region, by partition and by area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile

from html_writer.parts import Markup, tag
from launch.consoles import CONSOLES, partition
from launch.links import Link, bucket_for, template_url
from launch.manifest import Bucket, Manifest, Published
from operate.regions import region_name

FEW = 4  # so many buttons are shown at once; more are unfolded
UNPROVEN = (
    "In a region with a dashed edge, nobody has proven that all it uses is there: no more is known "
    "than that its partition is meant."
)


def launching(manifest: Manifest, published: Published) -> Markup:
    """Return the buttons of a template, and what is said where there are none."""
    found = {
        name: [each for each in published.regions if partition(each) == name] for name in CONSOLES
    }
    buckets = {
        name: bucket_for(regions[0], manifest.buckets) for name, regions in found.items() if regions
    }
    ways = (
        tag("div", *_way(_links(manifest, published, found[name], bucket), published, bucket))
        for name, bucket in buckets.items()
        if bucket
    )
    elsewhere = [CONSOLES[name].title for name, bucket in buckets.items() if not bucket]
    return tag("div", *ways, *_elsewhere(elsewhere), class_="launch")


def _links(
    manifest: Manifest, published: Published, regions: Iterable[str], bucket: Bucket
) -> list[Link]:
    url = template_url(bucket, manifest.version, published.name)
    return [Link(published.name, region, url, published.name) for region in regions]


def _way(links: Sequence[Link], published: Published, bucket: Bucket) -> Iterator[Markup]:
    """Yield the buttons of a partition: where there are many, that of its bucket's region first."""
    yield tag("h4", "Launch in ", CONSOLES[partition(bucket.region)].title)
    doubt = [tag("p", UNPROVEN, class_="note")] if _unproven(links, published) else []
    if len(links) <= FEW:
        yield from (_grid(links, published), *doubt)
        return
    first = [each for each in links if each.region == bucket.region]
    yield from (_button(each, published, "first") for each in first)
    summary = tag("summary", f"All {len(links)} regions")
    yield tag("details", summary, *_areas(links, published), *doubt)


def _unproven(links: Iterable[Link], published: Published) -> set[str]:
    return {each.region for each in links} & set(published.unproven)


def _elsewhere(titles: Sequence[str]) -> Iterator[Markup]:
    if titles:
        where = " and ".join(titles)
        yield tag(
            "p", f"Meant for {where}, too; this version is not published there.", class_="note"
        )


def _areas(links: Sequence[Link], published: Published) -> Iterator[Markup]:
    for _area, found in groupby(links, lambda each: each.region.partition("-")[0]):
        own = list(found)
        name = _area_name(each.region for each in own)
        yield tag("div", tag("h5", name), _grid(own, published), class_="area")


def _area_name(regions: Iterable[str]) -> str:
    """Return what the names of regions have in common: Europe; US of US East and US West."""
    words = zip(*(_place(each)[0].split() for each in regions), strict=False)
    return " ".join(each[0] for each in takewhile(lambda same: len(set(same)) == 1, words))


def _grid(links: Iterable[Link], published: Published) -> Markup:
    items = (tag("li", _button(each, published)) for each in links)
    return tag("ul", *items, class_="regions")


def _button(link: Link, published: Published, kind: str = "") -> Markup:
    """Return a button whose text says by itself what it does, as a screen reader lists them."""
    doubtful = _unproven([link], published)
    said = tag("span", f"Launch {link.template} in ", class_="" if kind else "heard")
    doubt = [tag("span", ", not proven", class_="heard")] if doubtful else []
    name = " ".join(each for each in ("go", kind, "unproven" if doubtful else "") if each)
    where = (tag("b", link.region), " ", tag("small", _place(link.region)[1]))
    return tag("a", said, *where, *doubt, href=link.url, class_=name)


def _place(region: str) -> tuple[str, str]:
    """Return a region's area and city, as Europe and Ireland."""
    area, _, city = region_name(region).partition(" (")
    return area, city.rstrip(")")
