"""Looks for a secret wherever a build could show it: processes, what they were told, files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PAUSE = 0.05


@dataclass
class Watch:
    """What was seen: lines of arguments, and the processes in which a secret stood."""

    secrets: tuple[bytes, ...]
    arguments: set[bytes] = field(default_factory=set)
    leaks: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Look once at every process of the machine."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                line = (process / "cmdline").read_bytes()
                self.arguments.add(line)
                for name, content in (
                    ("cmdline", line),
                    ("environ", (process / "environ").read_bytes()),
                ):
                    if any(secret in content for secret in self.secrets):
                        self.leaks.add(f"{name} of {line!r}")


@contextmanager
def watch(*secrets: str) -> Iterator[Watch]:
    """Look at all processes again and again until the block ends."""
    seen, done = Watch(tuple(map(str.encode, secrets))), threading.Event()

    def look() -> None:
        while not done.wait(PAUSE):
            seen.look()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def files_with(secret: str, *folders: Path) -> list[Path]:
    """Return the files below some folders that hold a secret."""
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and secret.encode() in path.read_bytes()
    ]
