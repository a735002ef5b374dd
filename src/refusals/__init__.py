"""What is said when something is refused: one line that names the place and the mend.

The generator and every reader of its templates raise a `RefusalError` of their own; whoever calls
them prints its text and nothing else. It knows none of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_QUOTE = 60


class RefusalError(Exception):
    """Something cannot be done. Its text is one line: where, what is wrong, and the mend.

    Whatever the text quotes, the line stays one: what cannot be printed is escaped.
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
