"""Writes what others said into GitHub's Markdown so that it stays text: no markup, no mention."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence

SHORTEST_FENCE = 3
SPECIAL = re.compile(r"[\\`*\[\]|~#]|(?<!\w)_|_(?!\w)|^[-+]|(?<=^\d)[.)]")
LINKED = re.compile(
    r"([@#])(?=\w)"
)  # GitHub links these after rendering, so a space must part them


def text(words: str) -> str:
    """Return words as they are to be read, in one line; it may stand in a cell."""
    return _inert(LINKED.sub("\\1\u200b", words))


def code(words: str) -> str:
    """Return a name or a value as code, which may stand in a cell; GitHub links nothing in it."""
    return f"<code>{_inert(words)}</code>" if words else ""


def fenced(content: str, language: str = "") -> Iterator[str]:
    """Yield the lines of a block of code, whatever stands in it."""
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(SHORTEST_FENCE, longest + 1)
    yield from (f"{fence}{language}", *content.splitlines(), fence)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table whose cells are `text` or `code`."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def folded(summary: str, lines: Iterable[str], unfolded: bool = False) -> Iterator[str]:
    """Yield lines that are shown once somebody asks for them."""
    yield from (
        "<details open>" if unfolded else "<details>",
        f"<summary>{summary}</summary>",
        "",
        *lines,
        "",
        "</details>",
        "",
    )


def _inert(words: str) -> str:
    line = html.escape(" ".join(words.split()), quote=False)
    return SPECIAL.sub(lambda found: f"&#{ord(found[0])};", line)
