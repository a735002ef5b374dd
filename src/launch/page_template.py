"""What the launch page shows of one template: its purpose, its picture, buttons and parameters."""

from __future__ import annotations

from html_writer.parts import Markup, tag
from launch.manifest import Manifest, Published
from launch.page_launch import launching
from launch.page_parameters import parameters
from launch.page_verify import size


def card(manifest: Manifest, published: Published, drawing: str) -> Markup:
    """Return a template's card; `drawing` is '' or an SVG made here."""
    purpose, _, rest = published.description.partition(". ")
    return tag(
        "article",
        tag("h3", published.name, id=f"{published.name}-title"),
        tag("p", _sentence(purpose), class_="purpose"),
        *([tag("p", rest, class_="soft")] if rest else []),
        *([_figure(published.name, drawing)] if drawing else []),
        launching(manifest, published),
        parameters(published.parameters),
        _file(published),
        class_="card template",
        id=published.name,
        aria_labelledby=f"{published.name}-title",
    )


def purpose(published: Published) -> str:
    """Return the first sentence of what a template says it is for."""
    return _sentence(published.description.partition(". ")[0])


def _sentence(words: str) -> str:
    return words if not words or words.endswith(".") else f"{words}."


def _figure(name: str, drawing: str) -> Markup:
    """Return a picture that scrolls where it is wider than a phone, by keyboard, too."""
    label = f"{name}: its stages, regions and accounts"
    inner = tag("div", Markup(drawing), tabindex="0", role="region", aria_label=label)
    return tag("figure", inner)


def _file(published: Published) -> Markup:
    what = f"{published.file}, {size(published.size)}, SHA-256 "
    return tag("p", what, tag("code", published.sha256), class_="note")
