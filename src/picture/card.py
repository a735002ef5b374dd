"""Draws one action: its name, what it does, and where."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # written, never read
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from picture.actions import Action
from picture.type_area import broken

SIZE, LEADING = 12.5, 17
PADDING, DESCENT, BAR = 9, 3, 4
LABELLED = 66


@dataclass(frozen=True)
class Block:
    """A part of the picture, drawn from its own corner, and its height."""

    element: ET.Element
    height: float


@dataclass(frozen=True)
class Text:
    """A text of one look; `label` stands before it, `size` is that of its font."""

    words: str
    look: str = ""
    label: str = ""
    size: float = SIZE

    def drawn(self, room: float) -> Block:
        """Return it in as many lines as it takes."""
        indent, leading = (LABELLED if self.label else 0), round(self.size * 1.36)
        bold = self.look in {"bold", "other"}
        group = ET.Element("g")
        if self.label:
            _write(group, self.label, (0, self.size), "soft", self.size)
        lines = broken(self.words, room - indent, self.size, bold)
        for at, line in enumerate(lines):
            _write(group, line, (indent, self.size + at * leading), self.look, self.size)
        return Block(group, leading * len(lines))


def _write(group: ET.Element, words: str, at: tuple[float, float], look: str, size: float) -> None:
    """Add one line of text to a group, its letters standing at a point."""
    placed = {"x": f"{at[0]:g}", "y": f"{at[1]:g}", "font-size": f"{size:g}"}
    ET.SubElement(group, "text", {**({"class": look} if look else {}), **placed}).text = words


def stacked(group: ET.Element, blocks: Iterable[Block], x: float, y: float, gap: float) -> float:
    """Add blocks to a group, one below the other; return where the last one ends."""
    for at, block in enumerate(blocks):
        y += gap if at else 0
        block.element.set("transform", f"translate({x:g} {y:g})")
        group.append(block.element)
        y += block.height
    return y


def card(action: Action, width: float, named: bool = True) -> Block:
    """Return an action's card; it is not `named` where its stage has that name and nothing else."""
    left = BAR + PADDING + 1
    texts = [each.drawn(width - left - PADDING) for each in _texts(action, named)]
    group = ET.Element("g", {"class": "action"})
    height = sum(each.height for each in texts) + 2 * PADDING - DESCENT
    whole = {"width": f"{width:g}", "height": f"{height:g}", "rx": "6"}
    ET.SubElement(group, "rect", {"class": "card", **whole})
    look = "abroad" if action.place.partition else action.kind
    bar = {"width": f"{BAR}", "height": f"{height - 10:g}", "x": "4", "y": "5", "rx": "2"}
    ET.SubElement(group, "rect", {"class": f"bar {look}".rstrip(), **bar})
    stacked(group, texts, left, PADDING - 2, 0)
    return Block(group, height)


def _texts(action: Action, named: bool) -> Iterator[Text]:
    if named:
        yield Text(action.name, "bold", size=13.5)
    if action.what:
        yield Text(action.what)
    if action.when:
        yield Text(action.when, "choice")
    if action.placed:
        yield from _place(action)


def _place(action: Action) -> Iterator[Text]:
    """Yield region and account; the region is left out where the action is named after it."""
    if action.place.partition:
        yield Text(action.place.partition, "other", "Partition")
    if action.place.region != action.name:
        yield Text(action.place.region, label="Region")
    yield Text(action.place.account, label="Account")
