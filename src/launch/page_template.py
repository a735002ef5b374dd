"""What the launch page shows of one template: its purpose, its picture, buttons and parameters."""

from __future__ import annotations

from html_writer.parts import Markup, tag
from launch.manifest import Manifest, Published
from launch.notes import coded
from launch.page_launch import launching
from launch.page_parameters import parameters
from launch.page_verify import size
from picture.diagram import Diagram
from picture.svg import as_svg

NARROW, WIDE = 1, 2  # stages side by side, on a phone and elsewhere


def card(manifest: Manifest, published: Published, drawn: Diagram | None) -> Markup:
    """Return a template's card, with the picture of its pipeline if it has one."""
    first, rest = _sentences(published.description)
    return tag(
        "article",
        tag("h3", published.name, id=f"{published.name}-title"),
        *([tag("p", coded(first), class_="purpose")] if first else []),
        *([tag("p", coded(rest), class_="soft")] if rest else []),
        launching(manifest, published),
        *([_picture(drawn)] if drawn else []),
        parameters(published.parameters),
        _file(published),
        class_="card template",
        id=published.name,
        aria_labelledby=f"{published.name}-title",
    )


def purpose(published: Published) -> str:
    """Return the first sentence of what a template says it is for."""
    return _sentences(published.description)[0]


def _sentences(words: str) -> tuple[str, str]:
    """Return the first sentence, and the rest."""
    first, dot, rest = words.partition(". ")
    return first + dot.strip(), rest


def _picture(drawn: Diagram) -> Markup:
    """Return the picture twice, of which a window shows the one it has room for."""
    pictures = (
        tag("figure", Markup(as_svg(drawn, across)), class_=kind)
        for across, kind in ((NARROW, "narrow"), (WIDE, "wide"))
    )
    summary = tag("summary", "Its stages, regions and accounts")
    return tag("details", summary, *pictures, class_="picture", open=True)


def _file(published: Published) -> Markup:
    what = f"{published.file}, {size(published.size)}, SHA-256 "
    return tag("p", what, tag("code", published.sha256), class_="note")
