"""Packer's log as a machine reads it: a line of time, target, kind and words between commas."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

BUILDER_ID = "mitchellh.amazonebs"


@dataclass(frozen=True)
class Log:
    """The log of a source's build; `write` is given whole lines."""

    source: str
    write: Callable[[str], None]

    def say(self, words: str) -> None:
        """Tell what begins."""
        self._line("", "ui", "say", f"==> {self.source}: {words}")

    def message(self, words: str) -> None:
        """Tell something about what has begun."""
        self._line("", "ui", "message", f"    {self.source}: {words}")

    def error(self, words: str) -> None:
        """Tell what went wrong."""
        self._line("", "ui", "error", f"==> {self.source}: {words}")

    def end_badly(self, words: str) -> None:
        """Tell why the build made nothing."""
        self._line("", "ui", "error", f"Build '{self.source}' errored: {words}")

    def artifact(self, region: str, image: str) -> None:
        """Tell what the build made."""
        made = f"AMIs were created:\n{region}: {image}\n"
        self._line("", "ui", "say", f"Build '{self.source}' finished.")
        self._line(self.source, "artifact-count", "1")
        for words in (
            ("builder-id", BUILDER_ID),
            ("id", f"{region}:{image}"),
            ("string", made),
            ("files-count", "0"),
            ("end",),
        ):
            self._line(self.source, "artifact", "0", *words)
        self._line("", "ui", "say", f"--> {self.source}: {made}")

    def _line(self, target: str, kind: str, *words: str) -> None:
        written = [
            each.replace(",", "%!(PACKER_COMMA)").replace("\r", "\\r").replace("\n", "\\n")
            for each in words
        ]
        self.write(",".join([str(int(time.time())), target, kind, *written]))
