"""Watches a command and all that it starts: time, memory, and whose processor time it was.

Linux alone tells this, in /proc. Memory is the proportional share (PSS), which counts a page that
several processes hold once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LOOK = 0.2  # seconds between two looks
TICKS = os.sysconf("SC_CLK_TCK")
KILOBYTES = 1024
EMBEDDED = "rehearsal.embedded_server"
PARENT, OWN_TIME, WAITED_TIME = 1, slice(11, 13), slice(13, 15)  # fields of stat after the name


@dataclass(frozen=True)
class Measured:
    """What a command took; processor seconds are of the embedded AWS, the command itself, and all.

    `megabytes` is the most that all its processes held at once, 0 where nobody looked.
    """

    seconds: float
    megabytes: float
    embedded: float
    own: float
    processor: float


@dataclass
class _Watch:
    """What was seen of a command's processes so far, by their ids."""

    root: int
    weigh: bool
    megabytes: float = 0.0
    embedded: dict[int, float] = field(default_factory=dict)
    own: float = 0.0

    def look(self) -> None:
        """Look at every process there is now."""
        kilobytes = 0
        for pid in _family(self.root):
            with suppress(OSError, IndexError, ValueError):
                fields = _fields(pid)
                if self.weigh and not _is_about_to_be_another(pid, self.root):
                    kilobytes += _held(pid)
                if pid == self.root:
                    self.own = _seconds(fields[OWN_TIME])
                elif EMBEDDED in Path(f"/proc/{pid}/cmdline").read_text():
                    times = [*fields[OWN_TIME], *fields[WAITED_TIME]]
                    self.embedded[pid] = _seconds(times)
        self.megabytes = max(self.megabytes, kilobytes / KILOBYTES)


def measure(command: Sequence[str | Path], folder: Path, *, weigh: bool = False) -> Measured:
    """Run a command in a folder to its end, which must be a success, and measure it.

    To `weigh` its processes takes so long that the times are no longer its own.
    """
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    watch = _Watch(process.pid, weigh)
    ended, status, usage = 0, 0, None
    while not ended:
        watch.look()
        time.sleep(LOOK)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or usage is None:
        sys.exit(f"{' '.join(map(str, command))}: exit {process.returncode}")
    return Measured(
        seconds=time.perf_counter() - began,
        megabytes=watch.megabytes,
        embedded=sum(watch.embedded.values()),
        own=watch.own,
        processor=usage.ru_utime + usage.ru_stime,
    )


def _family(root: int) -> Iterator[int]:
    """Yield the ids of a process and all its descendants."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int(_fields(int(entry.name))[PARENT])
    for pid in parents:
        ancestor = pid
        while ancestor not in {root, 0, 1}:
            ancestor = parents.get(ancestor, 0)
        if ancestor == root:
            yield pid


def _is_about_to_be_another(pid: int, root: int) -> bool:
    """Return whether a process is one that the command starts just now, and still its twin."""
    command = Path(f"/proc/{root}/cmdline").read_text()
    return pid != root and Path(f"/proc/{pid}/cmdline").read_text() == command


def _fields(pid: int) -> list[str]:
    """Return the fields of a process's stat that come after its name."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _held(pid: int) -> int:
    """Return the kilobytes a process holds, its share of what it shares."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _seconds(ticks: Sequence[str]) -> float:
    return sum(map(int, ticks)) / TICKS
