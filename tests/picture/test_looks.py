"""The SVG as Chromium shows it: nothing overlaps, sticks out or is cut off, in light and dark."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from drawing import COMMITTED, GIANT, HOSTILE, committed
from examples.browser import DARK, LIGHT, Browser, read_picture
from examples.debian import require_packages

from picture.diagram import Diagram
from picture.svg import as_svg

pytestmark = pytest.mark.slow

PICTURES = {**{name: committed(name) for name in COMMITTED}, "giant": GIANT, "hostile": HOSTILE}
WIDTHS = {(1, 360): 11, (1, 1200): 12, (3, 1200): 11}
PANELS = {LIGHT: (0xF3, 0xF5, 0xF9), DARK: (0x16, 0x1C, 0x25)}
PAGE = "<!doctype html><meta charset=utf-8><body style='margin:8px;background:{}'>{}"
MEASURE = """<pre id=measured></pre><script>
const box = each => (({left, top, right, bottom}) => [left, top, right, bottom])(
  each.getBoundingClientRect());
const all = (part, what) => [...part.querySelectorAll(what)];
measured.textContent = JSON.stringify({
  picture: box(document.querySelector("svg")),
  drawn: all(document, "rect,path,text").map(box),
  size: Math.min(...all(document, "text").map(each => {
    const svg = each.ownerSVGElement;
    return each.getAttribute("font-size") * svg.clientWidth / svg.viewBox.baseVal.width })),
  texts: all(document, "text").map(box),
  cards: all(document, "g.action").map(each => box(each.firstElementChild)),
  held: all(document, "g.action,g.stage").map(each => ({
    box: box(each.firstElementChild), inner: all(each, "rect,text").map(box) })),
})</script>"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    require_packages()
    return Browser(tmp_path_factory.mktemp("browser"))


def measured(browser: Browser, diagram: Diagram, across: int, width: int, path: Path) -> Any:
    """Return where Chromium puts what, in its pixels, in a page of that width."""
    body = f"<div style='width:{width - 16}px'>{as_svg(diagram, across)}</div>{MEASURE}"
    path.write_text(PAGE.format("none", body), encoding="utf-8")
    document = browser.document(path.as_uri())
    found = re.search(r"<pre id=\"measured\">(.*?)</pre>", document, re.DOTALL)
    assert found
    return json.loads(html.unescape(found[1]))


def inside(inner: list[float], outer: list[float]) -> bool:
    left, top, right, bottom = outer
    return (
        inner[0] >= left - 0.5
        and inner[1] >= top - 0.5
        and inner[2] <= right + 0.5
        and inner[3] <= bottom + 0.5
    )


def overlap(one: list[float], other: list[float]) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0.5 and down > 3  # boxes of text reach above and below what is seen of it


def overlapping(boxes: list[list[float]]) -> list[Any]:
    rows = sorted(boxes, key=lambda each: each[1])
    found = []
    for at, one in enumerate(rows):
        for other in rows[at + 1 :]:
            if other[1] >= one[3]:
                break
            found += [(one, other)] if overlap(one, other) else []
    return found


@pytest.mark.parametrize(("across", "width"), WIDTHS)
@pytest.mark.parametrize("name", PICTURES)
def test_nothing_overlaps_or_sticks_out(
    name: str, across: int, width: int, browser: Browser, tmp_path: Path
) -> None:
    seen = measured(browser, PICTURES[name], across, width, tmp_path / "page.html")
    assert [each for each in seen["drawn"] if not inside(each, seen["picture"])] == []
    for group in seen["held"]:
        assert [each for each in group["inner"] if not inside(each, group["box"])] == []
    assert overlapping(seen["texts"]) == []
    assert overlapping(seen["cards"]) == []
    assert seen["size"] >= WIDTHS[across, width], "the smallest letters, in pixels"
    assert seen["picture"][2] <= width


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("embedded", ["inline", "as an image"])
def test_it_follows_the_scheme_of_the_reader_where_it_stands(
    scheme: str, embedded: str, browser: Browser, tmp_path: Path
) -> None:
    picture, page = tmp_path / "picture.svg", tmp_path / "page.html"
    picture.write_text(as_svg(committed(COMMITTED[0])), encoding="utf-8")
    image = "<img src=picture.svg alt='' style='width:100%'>"
    inline = picture.read_text(encoding="utf-8")
    page.write_text(PAGE.format("#888", inline if embedded == "inline" else image))
    looked_at = browser.picture(page.as_uri(), (360, 900), scheme)
    colours = read_picture(looked_at).colours()
    assert PANELS[scheme] in colours
    assert PANELS[DARK if scheme == LIGHT else LIGHT] not in colours
