"""Tells a person what a rehearsal does while it does it, from as many threads as there are.

On a terminal what has ended scrolls up, and below it stands a board of what runs now. Elsewhere
there is one plain line for each thing that has ended.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TextIO

from rehearsal.layout import DIM, GREEN, RED, duration, paint
from rehearsal.masking import masked
from rehearsal.outcome import ActionResult, Launch, Seen, Status

ABOVE = "\033[{}A"  # the cursor goes up so many lines
CLEARED = "\r\033[J"  # from the cursor down nothing is left
TICK = 0.2  # seconds after which what runs is shown anew
OK, WRONG, RUNS = ("ok", GREEN), ("WRONG", RED), ("runs", DIM)
MARKS = {
    Status.SUCCEEDED: OK,
    Status.FAILED: ("FAILED", RED),
    Status.NOT_STARTED: ("not run", DIM),
}
MARK, TOOK, PLACE, REGION = 7, 6, 20, 10  # columns; what is longer moves what comes after it
Mark = tuple[str, str]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Running:
    """An action that has begun, and when on the clock."""

    pipeline: str
    place: str
    account: str
    region: str
    began: float


@dataclass
class Progress:
    """Writes what the listeners of all pipelines hear; the board is `live` only on a terminal."""

    stream: TextIO
    pipelines: Sequence[str]
    live: bool
    colour: bool
    clock: Callable[[], float] = time.monotonic
    size: Callable[[], os.terminal_size] = shutil.get_terminal_size
    _running: dict[Key, Running] = field(default_factory=dict)
    _shown: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _ticker: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self.live:
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """Leave no board behind, whatever happened."""
        self._stopped.set()
        if self._ticker:
            self._ticker.join()
        with self._lock:
            self._running.clear()
            self._write(())

    def listener(self, pipeline: str) -> Voice:
        """Return what listens to the rehearsal of one pipeline."""
        return Voice(self, pipeline)

    def redraw(self) -> None:
        """Show how long what runs has run by now."""
        with self._lock:
            self._write(())

    def begin(self, key: Key, running: Running) -> None:
        """Take an action onto the board."""
        with self._lock:
            self._running[key] = running
            self._write(())

    def end(self, pipeline: str, mark: Mark, took: str, words: str, key: Key | None = None) -> None:
        """Write that something has ended, and take it off the board if it stands there."""
        with self._lock:
            if key:
                self._running.pop(key, None)
            self._write((self._line(pipeline, mark, took, words),))

    def _tick(self) -> None:
        while not self._stopped.wait(TICK):
            self.redraw()

    def _write(self, lines: Sequence[str]) -> None:
        """Write lines that stay and the board below them, in one piece."""
        board = self._board() if self.live else []
        above = f"{ABOVE.format(self._shown)}{CLEARED}" if self._shown else ""
        self._shown = len(board)
        self.stream.write(above + "".join(f"{line}\n" for line in (*lines, *board)))
        self.stream.flush()

    def _board(self) -> list[str]:
        """Return a line for each action that runs, no more than the terminal has room for."""
        now, room = self.clock(), max(1, self.size().lines - 2)
        lines = [
            self._line(each.pipeline, RUNS, duration(now - each.began), _at(each))
            for each in self._running.values()
        ]
        hidden = len(lines) - room
        return lines if hidden <= 0 else [*lines[:room], f"  and {hidden} more"]

    def _line(self, pipeline: str, mark: Mark, took: str, words: str) -> str:
        """Return a line that names its pipeline if there are several, cut to the terminal."""
        word, how = mark
        named = f"{pipeline:{max(map(len, self.pipelines))}}  " if self.pipelines[1:] else ""
        line = f"{word:{MARK}} {took:>{TOOK}}  {named}{words}"
        text = " ".join(masked(line).rstrip().splitlines())
        if self.live and len(text) > (room := self.size().columns - 1):
            text = f"{text[: room - 1]}…"
        return f"{paint(text[: len(word)], how, self.colour)}{text[len(word) :]}"


@dataclass(frozen=True)
class Voice:
    """The `Listener` of one pipeline."""

    progress: Progress
    pipeline: str

    def launched(self, launch: Launch) -> None:
        """Write that a stack stands."""
        at = Running(self.pipeline, launch.stack, launch.account, launch.region, 0.0)
        self._ended(OK, f"{_at(at)}  stack launched", duration(launch.seconds))

    def execution_began(self, title: str) -> None:
        """Write which execution the lines below belong to."""
        self._ended(("begins", ""), title)

    def action_began(self, stage: str, name: str, account: str, region: str) -> None:
        """Take an action onto the board."""
        now = self.progress.clock()
        running = Running(self.pipeline, f"{stage}.{name}", account, region, now)
        self.progress.begin((self.pipeline, stage, name), running)

    def action_ended(self, result: ActionResult) -> None:
        """Write what came of an action."""
        at = Running(self.pipeline, result.place, result.account, result.region, 0.0)
        again = f"attempt {result.attempt}: " if result.attempt > 1 else ""
        words = f"{_at(at)}  {again}{result.why or result.said}"
        took = duration(result.seconds) if result.status is not Status.NOT_STARTED else ""
        key = (self.pipeline, result.stage, result.name)
        self.progress.end(self.pipeline, MARKS[result.status], took, words, key)

    def saw(self, seen: Seen) -> None:
        """Write what was looked at."""
        self._ended(OK if seen.holds else WRONG, f"looked: {seen.sentence}")

    def _ended(self, mark: Mark, words: str, took: str = "") -> None:
        self.progress.end(self.pipeline, mark, took, words)


def progress_on(stream: TextIO, pipelines: Sequence[str], environ: Mapping[str, str]) -> Progress:
    """Return progress as a stream can show it; NO_COLOR and a dumb terminal are obeyed."""
    live = stream.isatty() and environ.get("TERM") != "dumb"
    colour = live and not environ.get("NO_COLOR")
    return Progress(stream, pipelines, live, colour, size=lambda: _size(stream))


def _size(stream: TextIO) -> os.terminal_size:
    """Return the size of the stream's own terminal; the standard library asks that of stdout."""
    try:
        return os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return shutil.get_terminal_size()


def _at(running: Running) -> str:
    return f"{running.place:{PLACE}}  {running.region:{REGION}}  {running.account}"
