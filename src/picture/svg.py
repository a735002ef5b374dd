"""Draws a diagram as an SVG that asks for nothing else: no script, no font, no request.

One stage below the other it can be read on a phone; `across` says how many stand side by side where
there is room. Text keeps its size and the panels wrap; the same diagram gives the same bytes.
"""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET  # written, never read
from collections.abc import Sequence

from picture.card import Block
from picture.diagram import Diagram
from picture.panel import TIP, WIDTH, arrow, panel
from picture.sentences import outline, title
from picture.style import style

MARGIN, BETWEEN, BELOW, HEADING = 2, 36, 30, 26
LARGEST = 1.5


def as_svg(diagram: Diagram, across: int = 1) -> str:
    """Return the picture, `across` stages side by side; its ids are those of no other picture."""
    told = f"{across} {diagram}".encode("utf-8", "replace")
    own_id = f"pipeline-{hashlib.sha256(told).hexdigest()[:8]}"
    columns = max(1, min(across, len(diagram.stages)))
    ground = ET.Element("g")
    width = columns * (WIDTH + BETWEEN) - BETWEEN + 2 * MARGIN
    height = _rows(ground, diagram, columns) + MARGIN
    root = _root(own_id, width, height)
    ET.SubElement(root, "title", {"id": f"{own_id}-title"}).text = title(diagram)
    ET.SubElement(root, "desc", {"id": f"{own_id}-desc"}).text = outline(diagram)
    ET.SubElement(root, "style").text = style(own_id)
    root.append(ground)
    return ET.tostring(root, encoding="unicode") + "\n"


def _root(own_id: str, width: float, height: float) -> ET.Element:
    return ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "id": own_id,
            "viewBox": f"0 0 {width:g} {height:g}",
            "role": "img",
            "aria-labelledby": f"{own_id}-title",
            "aria-describedby": f"{own_id}-desc",
            "style": f"width:100%;max-width:{width * LARGEST:g}px",
        },
    )


def _rows(ground: ET.Element, diagram: Diagram, columns: int) -> float:
    """Add the stages row by row, and the ways between them; return where the last row ends."""
    panels = [panel(stage, at + 1) for at, stage in enumerate(diagram.stages)]
    y: float = MARGIN
    for start in range(0, len(panels), columns):
        row = panels[start : start + columns]
        end = y + max(each.height for each in row)
        _row(ground, row, y)
        if start + columns < len(panels):
            _way_down(ground, columns, y + row[-1].height, end)
            end += BELOW
        y = end
    return y


def _row(ground: ET.Element, panels: Sequence[Block], y: float) -> None:
    for at, each in enumerate(panels):
        each.element.set("transform", f"translate({_left(at)} {y:g})")
        ground.append(each.element)
        if at:
            end = _left(at) - 1
            path = f"M{_left(at) - BETWEEN} {y + HEADING:g}H{end - TIP}"
            arrow(ground, path, end, y + HEADING, turned=True)


def _way_down(ground: ET.Element, columns: int, start: float, end: float) -> None:
    """Add the way from a row's last panel, by the row's end, to the first of the next row."""
    first, last = _left(0) + WIDTH / 2, _left(columns - 1) + WIDTH / 2
    tip = end + BELOW - 1
    path = f"M{last:g} {start:g}V{end + BELOW / 2 - 2:g}H{first:g}V{tip - TIP:g}"
    arrow(ground, path, first, tip)


def _left(column: int) -> int:
    return MARGIN + column * (WIDTH + BETWEEN)
