"""The launch page of a version: one HTML file that asks for nothing else and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from html_writer.parts import Markup, joined, tag
from launch.manifest import Manifest, Published, write_manifest
from launch.notes import notes_html
from launch.page_style import MARK, STYLE
from launch.page_template import card, purpose
from launch.page_verify import manifest_url, verifying
from picture.diagram import read_diagram
from template_reader.file import Template

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
SHORT = 12
PIPELINES, OTHERS, NOTES, VERIFY = "pipelines", "beside-them", "changes", "verify"
TITLES = {
    PIPELINES: "Pipelines",
    OTHERS: "What stands beside them",
    NOTES: "What changed",
    VERIFY: "Make sure of it",
}


def render_page(manifest: Manifest, documents: Mapping[str, Template]) -> str:
    """Return the page of a version; `documents` are its templates by name."""
    drawn = {each.name: read_diagram(documents[each.name]) for each in manifest.templates}
    groups = {
        PIPELINES: [each for each in manifest.templates if drawn[each.name]],
        OTHERS: [each for each in manifest.templates if not drawn[each.name]],
    }
    cards = {
        name: [card(manifest, each, drawn[each.name]) for each in group]
        for name, group in groups.items()
    }
    body = tag(
        "body",
        tag("a", "Skip to the templates", href="#templates", class_="skip"),
        _banner(manifest),
        tag("div", _contents(groups, manifest), _main(cards, manifest), class_="columns"),
        _footer(manifest),
        _data(manifest),
    )
    return f"<!doctype html>\n{tag('html', _head(manifest), body, lang='en')}\n"


def _head(manifest: Manifest) -> Markup:
    icon = f"data:image/svg+xml,{quote(MARK)}"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"Launch Meridian {manifest.version}"),
        tag("link", rel="icon", href=icon),
        tag("style", Markup(STYLE)),
    )


def _banner(manifest: Manifest) -> Markup:
    chip = "" if manifest.version.stable else tag("span", "pre-release", class_="chip must")
    facts = (
        tag("li", f"{len(manifest.templates)} templates"),
        tag("li", "made of commit ", tag("code", manifest.commit[:SHORT])),
        tag("li", tag("a", "manifest of this version", href=manifest_url(manifest))),
    )
    return tag(
        "header",
        tag("p", Markup(MARK), "Meridian", class_="brand"),
        tag("h1", f"Launch version {manifest.version} ", chip),
        tag(
            "p",
            "One pipeline, every region. Each button opens the AWS console in its region with one "
            "template filled in; nothing is made before you read it over there and say so.",
            class_="lead",
        ),
        tag("ul", *facts, class_="facts"),
    )


def _contents(groups: Mapping[str, Sequence[Published]], manifest: Manifest) -> Markup:
    lists = (
        joined(
            tag("a", TITLES[name], href=f"#{name}", class_="group"),
            tag("ul", *(tag("li", _entry(each)) for each in group)),
        )
        for name, group in groups.items()
        if group
    )
    shown = [NOTES, VERIFY] if manifest.notes.strip() else [VERIFY]
    last = (tag("a", TITLES[name], href=f"#{name}", class_="group") for name in shown)
    return tag("nav", *lists, *last, aria_label="Contents")


def _entry(published: Published) -> Markup:
    return tag("a", published.name, href=f"#{published.name}", title=purpose(published))


def _main(cards: Mapping[str, Sequence[Markup]], manifest: Manifest) -> Markup:
    return tag("main", *_sections(cards, manifest), id="templates", tabindex="-1")


def _sections(cards: Mapping[str, Sequence[Markup]], manifest: Manifest) -> Iterator[Markup]:
    for name, group in cards.items():
        if group:
            yield _section(name, *group)
    if manifest.notes.strip():
        yield _section(NOTES, tag("div", notes_html(manifest.notes, 3), class_="card notes"))
    yield _section(VERIFY, *verifying(manifest))


def _section(name: str, *content: str) -> Markup:
    title = tag("h2", TITLES[name], id=f"{name}-title")
    return tag("section", title, *content, id=name, aria_labelledby=f"{name}-title")


def _footer(manifest: Manifest) -> Markup:
    commit = tag("code", manifest.commit)
    return tag("footer", tag("p", f"Meridian {manifest.version}, made of commit ", commit, "."))


def _data(manifest: Manifest) -> Markup:
    """Return the manifest as programs read it out of the page; none of its texts can end it."""
    written = write_manifest(manifest).replace("<", "\\u003c")
    return tag("script", Markup(written), type="application/json", id="manifest")
