"""Shows what came of rehearsals, to people and to programs, with every secret masked."""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.masking import without_secrets
from rehearsal.outcome import Outcome
from rehearsal.report_text import as_text


def show(outcomes: Sequence[Outcome], form: str, colour: bool = False) -> str:
    """Return a report as `text` (in colours, if wanted), `json`, `md` or `html`."""
    shown = without_secrets(tuple(outcomes))
    return as_text(shown, colour)
