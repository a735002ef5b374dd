"""Shows on a terminal how much of a version is there; elsewhere nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from launch.publish import Tell

WIDTH = 30  # columns
CLEARED = "\r\033[K"  # nothing is left on the line


@contextmanager
def bar_on(stream: TextIO, environ: Mapping[str, str]) -> Iterator[Tell]:
    """Yield what to tell; the bar is gone at the end, whatever happened."""
    if not stream.isatty() or environ.get("TERM") == "dumb":
        yield lambda done, all_: None
        return

    def show(done: int, all_: int) -> None:
        filled = WIDTH * done // all_
        bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}]"
        stream.write(f"{CLEARED}uploading {bar} {done} of {all_}")
        stream.flush()

    try:
        yield show
    finally:
        stream.write(CLEARED)
        stream.flush()
