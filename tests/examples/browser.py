"""Debian's Chromium, headless: the document it makes of a page, and a picture of it."""

from __future__ import annotations

import os
import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

SWITCHES = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--force-device-scale-factor=1", "--enable-logging=stderr"),
]
LIGHT, DARK = "1", "0"
DEADLINE = 120
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Picture:
    """A picture's size and its rows of pixels."""

    width: int
    height: int
    rows: list[list[Colour]]

    def colours(self) -> set[Colour]:
        """Return every colour in it."""
        return {pixel for row in self.rows for pixel in row}


@dataclass(frozen=True)
class Browser:
    """A browser whose every start has a profile of its own below a directory."""

    directory: Path

    def document(self, address: str) -> str:
        """Return the document as it stands in the browser once the page is loaded."""
        return self._run("document", "--dump-dom", address)

    def picture(self, address: str, size: tuple[int, int], scheme: str = LIGHT) -> Path:
        """Return the file of a picture of the page in a window of that size."""
        width, height = size
        path = self.directory / f"{width}x{height}-{scheme}.png"
        self._run(
            path.stem,
            *(f"--screenshot={path}", f"--window-size={width},{height}"),
            *(f"--blink-settings=preferredColorScheme={scheme}", address),
        )
        return path

    def _run(self, name: str, *words: str) -> str:
        done = subprocess.run(  # noqa: S603 - Debian's Chromium, our own pages
            ["/usr/bin/chromium", *SWITCHES, f"--user-data-dir={self.directory / name}", *words],
            env={"PATH": os.environ["PATH"], "HOME": str(self.directory)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=True,
        )
        complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        assert not complaints, f"the browser complains: {complaints}"
        return done.stdout


def read_picture(path: Path) -> Picture:
    """Return the pixels of a PNG as Chromium writes it: 8 bits, RGB or RGBA, not interlaced."""
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed = 8, b""
    while at < len(content):
        (length,), kind = struct.unpack(">I", content[at : at + 4]), content[at + 4 : at + 8]
        body = content[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, *_, interlace = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    assert (depth, interlace) == (8, 0) and colour in {2, 6}
    step = {2: 3, 6: 4}[colour]
    rows = _unfiltered(zlib.decompress(packed), width * step, step)
    pixels = [[(row[i], row[i + 1], row[i + 2]) for i in range(0, len(row), step)] for row in rows]
    return Picture(width, height, pixels)


def _unfiltered(content: bytes, length: int, step: int) -> list[bytes]:
    rows, above = [], bytes(length)
    for start in range(0, len(content), length + 1):
        kind, row = content[start], bytearray(content[start + 1 : start + 1 + length])
        for i in range(length if kind else 0):
            left = row[i - step] if i >= step else 0
            corner = above[i - step] if i >= step else 0
            row[i] = (row[i] + _guess(kind, left, above[i], corner)) & 255
        above = bytes(row)
        rows.append(above)
    return rows


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        return min((left, up, corner), key=lambda each: abs(left + up - corner - each))
    return {1: left, 2: up, 3: (left + up) // 2}[kind]
