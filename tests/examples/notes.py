"""What a reader of the results has to know: what ran, and what was stood in for."""

from __future__ import annotations

NOTES: list[str] = []


def note(words: str) -> None:
    """Keep a sentence for the end of the run."""
    if words not in NOTES:
        NOTES.append(words)
