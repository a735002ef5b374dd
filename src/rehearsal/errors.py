"""What is said when a rehearsal cannot be planned or run: one line that names place and mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_QUOTE = 60


class RehearsalError(Exception):
    """A template, a value or a pipeline is wrong. Its text is one line: where, what, the mend.

    Whatever the template held, the line stays one: what cannot be printed is escaped.
    """

    def __init__(self, text: str) -> None:
        super().__init__("".join(each if each.isprintable() else repr(each)[1:-1] for each in text))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ' (did you mean …?)' with the known word nearest to `word`, or '' if none is near."""
    spellings = {each.lower(): each for each in known}
    matches = difflib.get_close_matches(word.lower(), spellings, n=1)
    return f" (did you mean {spellings[matches[0]]}?)" if matches else ""


def quoted(word: str) -> str:
    """Return a word in quotes, cut short where it is long."""
    return repr(word if len(word) <= LONGEST_QUOTE else f"{word[: LONGEST_QUOTE - 1]}…")
