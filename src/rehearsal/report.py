"""Shows what came of rehearsals, to people and to programs, with every secret masked."""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.masking import without_secrets
from rehearsal.outcome import Outcome
from rehearsal.report_html import as_html
from rehearsal.report_json import as_json
from rehearsal.report_markdown import as_markdown
from rehearsal.report_text import as_text

OTHERS = {"html": as_html, "json": as_json, "md": as_markdown}


def show(outcomes: Sequence[Outcome], form: str, colour: bool = False) -> str:
    """Return a report as `text` (in colours, if wanted), `json`, `md` or `html`."""
    shown = without_secrets(tuple(outcomes))
    return as_text(shown, colour) if form == "text" else OTHERS[form](shown)
