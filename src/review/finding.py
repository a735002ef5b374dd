"""One thing that is wrong with a template, as every check says it and every report shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, order=True)
class Finding:
    """What was found. `line` counts from 1; `resource` is a logical id, '' where none is meant."""

    path: str
    line: int
    rule: str
    message: str
    mend: str = ""
    resource: str = ""
    level: Level = "error"

    def __str__(self) -> str:
        mend = f"; mend: {self.mend}" if self.mend else ""
        return f"{self.path}:{self.line}: {self.rule} {self.message}{mend}"
