"""What is said when an input is wrong: one line that names the place and the mend."""

import difflib
from collections.abc import Iterable

LONGEST_QUOTE = 60


class InputError(Exception):
    """A file or an argument is wrong. Its text is one line: where, what, and how to mend it.

    Whatever the input held, the line stays one: what cannot be printed is escaped.
    """

    def __init__(self, text: str) -> None:
        super().__init__("".join(each if each.isprintable() else repr(each)[1:-1] for each in text))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ' (did you mean …?)' with the known word nearest to `word`, or '' if none is near."""
    spellings = {each.lower(): each for each in known}
    matches = difflib.get_close_matches(word.lower(), spellings, n=1)
    return f" (did you mean {spellings[matches[0]]}?)" if matches else ""


def quoted(word: str) -> str:
    """Return a word of the input in quotes, cut short where it is long."""
    return repr(word if len(word) <= LONGEST_QUOTE else f"{word[: LONGEST_QUOTE - 1]}…")
