"""Lays words out for people at a terminal: lines of 80 columns, counts, durations, colours."""

from __future__ import annotations

import textwrap

WIDTH = 80
BOLD, DIM, RED, GREEN, PLAIN = "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[0m"
SECONDS_OF_A_MINUTE = 60
FINE = 9.95  # seconds from which a tenth no longer matters


def wrap(text: str, indent: str, width: int = WIDTH) -> list[str]:
    """Return lines of `width` at most, as far as names let them be broken.

    The first begins with `indent`, which may be words, the others as far to the right.
    """
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )


def paint(text: str, how: str, colour: bool) -> str:
    """Return a text in a colour, if colours are wanted."""
    return f"{how}{text}{PLAIN}" if colour and how else text


def count(number: int, what: str) -> str:
    """Return how many there are of something."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """Return a time as people say it: 0.4 s, 12 s, 2 min 3 s."""
    if seconds < FINE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), SECONDS_OF_A_MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
