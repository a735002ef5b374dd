"""Breaks text into lines that fit, by the widths of a wide font, as no browser is here to ask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

# Advance widths of DejaVu Sans from blank to tilde, in hundredths of the size. Of the fonts asked
# for it is the widest, so what fits in it fits in the others.
WIDTHS = [
    *(32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64),
    *(64, 64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86),
    *(75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63),
    *(62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64),
    *(34, 64, 84),
]
BOLDER = 11
WIDE, ANY_OTHER = 115, 105
MOST_LINES = 4
WORD = re.compile(r"\S+\s*")
AFTER_SIGNS = re.compile(r"[^/_.@-]*[/_.@-]+|[^/_.@-]+")


def width(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a text is at most, in the units of its size."""
    return sum(map(_advance, text)) * size / 100 + bold * BOLDER * len(text) * size / 100


def broken(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Return a text in lines that fit: broken between words, within one after signs or anywhere.

    The lines joined are the text again, unless there are too many: then the last ends in '…'.
    """

    def fits(line: str) -> bool:
        return width(line.rstrip(), size, bold) <= room

    lines = [""]
    for part in _parts(text, fits):
        lines[-1:] = [lines[-1] + part] if fits(lines[-1] + part) else [lines[-1], part]
    return lines if len(lines) <= MOST_LINES else _cut(lines, fits)


def _parts(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Yield a text's words; of those no line holds, the parts."""
    for word in WORD.findall(text):
        for part in [word] if fits(word) else AFTER_SIGNS.findall(word):
            yield from [part] if fits(part) else part


def _cut(lines: list[str], fits: Callable[[str], bool]) -> list[str]:
    last = lines[MOST_LINES - 1].rstrip()
    while not fits(f"{last}…"):
        last = last[:-1]
    return [*lines[: MOST_LINES - 1], f"{last}…"]


def _advance(character: str) -> int:
    at = ord(character) - ord(" ")
    if 0 <= at < len(WIDTHS):
        return WIDTHS[at]
    if unicodedata.combining(character):
        return 0
    return WIDE if unicodedata.east_asian_width(character) in "WF" else ANY_OTHER
