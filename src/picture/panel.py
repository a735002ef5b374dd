"""Draws one stage: its number and name, and below them its actions in their order."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # written, never read
from collections.abc import Iterator

from picture.card import Block, Text, card, stacked
from picture.diagram import Column, Stage

WIDTH, PADDING, GAP, STEP = 360, 12, 6, 20
TITLE = 16
TIP = 6


def panel(stage: Stage, number: int) -> Block:
    """Return a stage's panel."""
    group = ET.Element("g", {"class": "stage"})
    room = WIDTH - 2 * PADDING
    y = stacked(group, _heading(stage, number, room), PADDING, PADDING - 2, 2) + GAP
    alone = len(stage.columns) == 1
    for at, column in enumerate(stage.columns):
        if at:
            arrow(group, f"M{WIDTH / 2:g} {y:g}v{STEP - TIP}", WIDTH / 2, y + STEP - 1)
            y += STEP
        y = stacked(group, _column(column, room, alone, stage.name), PADDING, y, GAP)
    size = {"width": f"{WIDTH}", "height": f"{y + PADDING:g}", "rx": "10"}
    group.insert(0, ET.Element("rect", {"class": "panel", **size}))
    return Block(group, y + PADDING)


def arrow(group: ET.Element, path: str, x: float, y: float, turned: bool = False) -> None:
    """Add an arrow along a path to a group, its tip at a point, downwards or `turned` right."""
    head = (
        f"M{x - TIP:g} {y - TIP:g}v{2 * TIP}l{TIP} -{TIP}z"
        if turned
        else (f"M{x - TIP:g} {y - TIP:g}h{2 * TIP}l-{TIP} {TIP}z")
    )
    ET.SubElement(group, "path", {"class": "arrow", "d": path})
    ET.SubElement(group, "path", {"class": "tip", "d": head})


def _heading(stage: Stage, number: int, room: float) -> Iterator[Block]:
    yield Text(f"{number}  {stage.name}", "bold", size=TITLE).drawn(room)
    together = len(stage.actions) if len(stage.columns) == 1 else 1
    if together > 1:
        yield Text(f"{together} at once", "soft").drawn(room)
    if stage.when:
        yield Text(stage.when, "choice").drawn(room)


def _column(column: Column, room: float, alone: bool, stage: str) -> Iterator[Block]:
    """Yield the cards of a column, in a frame where several begin at once after others."""
    if len(column.actions) == 1 or alone:
        for action in column.actions:
            same = alone and len(column.actions) == 1 and action.name == stage
            yield card(action, room, named=not same)
    else:
        yield _framed(column, room)


def _framed(column: Column, room: float) -> Block:
    group = ET.Element("g", {"class": "column"})
    inner = room - 2 * GAP
    said = Text(f"{len(column.actions)} at once", "soft").drawn(inner)
    cards = (card(action, inner) for action in column.actions)
    height = stacked(group, [said, *cards], GAP, GAP - 2, GAP - 2) + GAP
    size = {"width": f"{room:g}", "height": f"{height:g}", "rx": "8"}
    group.insert(0, ET.Element("rect", {"class": "together", **size}))
    return Block(group, height)
