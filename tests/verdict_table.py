"""The table of single changes: each with the verdict a careful reviewer would give."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planting import laid_over

from review.diff.change import Bump, Change
from template_reader.file import Template, read_template
from template_reader.text import read_text

FOLDER = Path(__file__).parent / "review" / "verdicts"
BASE = FOLDER / "base.yaml"


@dataclass(frozen=True)
class Verdict:
    """What is to be said of a change; `why` is part of the reason."""

    what: str
    where: str
    bump: Bump
    decide: bool
    why: str

    def agrees(self, change: Change) -> bool:
        """Return whether a change is told of as it is to be."""
        return self == Verdict(
            *(change.what, change.where, change.bump, change.decide),
            self.why if self.why in change.why else change.why,
        )


@dataclass(frozen=True)
class Case:
    """One change; `cdk` says why npm's cloudformation-diff judges otherwise, '' where it agrees."""

    name: str
    before: Template
    after: Template
    verdicts: tuple[Verdict, ...]
    unjudged: tuple[str, ...]
    cdk: str


def cases(table: str) -> list[Case]:
    """Return the cases of a table of this folder."""
    found = read_text((FOLDER / f"{table}.yaml").read_text(encoding="utf-8"))
    return [_case(each) for each in found]


def _case(written: Mapping[str, Any]) -> Case:
    before = _changed(_base(), written.get("first", {}))
    after = _changed(before, written["change"])
    verdicts = tuple(_verdict(each) for each in written["verdict"])
    unjudged = tuple(written.get("unjudged", ()))
    return Case(written["case"], before, after, verdicts, unjudged, written.get("cdk", ""))


@functools.cache
def _base() -> Template:
    return read_template(BASE)


def _changed(template: Template, change: Any) -> Template:
    return Template(template.path, laid_over(template.document, change))


def _verdict(written: Mapping[str, Any]) -> Verdict:
    bump = Bump[written["bump"].upper()]
    decide, why = bool(written.get("decide", False)), written.get("why", "")
    return Verdict(written["what"], written["where"], bump, decide, why)
