"""Makes HTML of a version's notes: of Markdown what a changelog is written in, all else as text.

Headings, lists, code, links and emphasis. Markup in the notes stays text, and a link leads to the
web or nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from html_writer.parts import Markup, joined, tag

HEADING = re.compile(r"(#{1,6})\s+(.*?)(?:\s+#+)?\s*")
FENCE = re.compile(r"\s*(```+|~~~+)")
ITEM = re.compile(r"(\s*)(?:([-*+])|\d+[.)])\s+(?=\S)")
INLINE = re.compile(
    r"(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\[(?P<words>[^\[\]]+)\]\((?P<to>[^()\s]+)\)"
    r"|<(?P<address>https?://[^<>\s]+)>"
    r"|(?P<two>\*\*|__)(?=\S)(?P<strong>.+?)(?<=\S)(?P=two)"
    r"|(?<!\w)(?P<one>[*_])(?=[^\s*_])(?P<em>.+?)(?<=\S)(?P=one)(?!\w)"
)
CODE = re.compile(r"`([^`]+)`")
WEB = ("https://", "http://")
LOWEST = 6
DEEPEST = 8  # what is nested deeper stays as it is written

Levels = Mapping[int, int]
Block = tuple[Markup, int]


def notes_html(notes: str, top: int) -> Markup:
    """Return notes as HTML, their highest heading of level `top`, no level left out."""
    lines = notes.splitlines()
    found = {len(each[1]) for line in lines if (each := HEADING.fullmatch(line))}
    levels = {level: min(top + at, LOWEST) for at, level in enumerate(sorted(found))}
    return joined(*_blocks(lines, levels))


def _blocks(lines: Sequence[str], levels: Levels, depth: int = 0) -> Iterator[Markup]:
    at = 0
    while at < len(lines):
        block, at = _block(lines, at, levels, depth)
        yield block


def _block(lines: Sequence[str], at: int, levels: Levels, depth: int) -> Block:
    """Return what begins at a line, and the line after it."""
    line = lines[at]
    if not line.strip():
        return Markup(), at + 1
    if heading := HEADING.fullmatch(line):
        return tag(f"h{levels.get(len(heading[1]), LOWEST)}", _inline(heading[2])), at + 1
    if fence := FENCE.match(line):
        return _code(lines, at + 1, fence[1])
    if depth < DEEPEST and (item := ITEM.match(line)):
        return _list(lines, at, item, levels, depth)
    return _paragraph(lines, at)


def _code(lines: Sequence[str], at: int, fence: str) -> Block:
    ends = (n for n in range(at, len(lines)) if lines[n].strip().startswith(fence))
    end = next(ends, len(lines))
    return code_block("example", "\n".join(lines[at:end])), end + 1


def code_block(what: str, lines: str) -> Markup:
    """Return lines as they are, which the keyboard can reach where they are wider than a phone."""
    return tag("pre", tag("code", lines), tabindex="0", role="region", aria_label=what)


def coded(words: str) -> Markup:
    """Return a sentence in which what stands between backticks is code; nothing else changes."""
    parts = CODE.split(words)
    return joined(*(tag("code", each) if at % 2 else each for at, each in enumerate(parts)))


def _list(lines: Sequence[str], at: int, first: re.Match[str], levels: Levels, depth: int) -> Block:
    """Return the list whose first item begins at a line: all that are indented as it is."""
    items: list[Markup] = []
    item: re.Match[str] | None = first
    while item and item[1] == first[1]:
        end = _end_of_item(lines, at + 1, len(first[1]))
        inner = [lines[at][item.end() :], *(_dedented(each, item) for each in lines[at + 1 : end])]
        items.append(_item(inner, levels, depth + 1))
        at = end
        item = ITEM.match(lines[at]) if at < len(lines) else None
    return tag("ul" if first[2] else "ol", *items), at


def _item(lines: Sequence[str], levels: Levels, depth: int) -> Markup:
    _whole, end = _paragraph(lines, 0)
    said = _inline(" ".join(each.strip() for each in lines[:end]))
    return tag("li", said, *_blocks(lines[end:], levels, depth))


def _end_of_item(lines: Sequence[str], at: int, indent: int) -> int:
    inside = (n for n in range(at, len(lines)) if lines[n].strip() and _indent(lines[n]) <= indent)
    return next(inside, len(lines))


def _dedented(line: str, item: re.Match[str]) -> str:
    return line[min(_indent(line), item.end()) :]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _paragraph(lines: Sequence[str], at: int) -> Block:
    """Return the lines from one on, up to an empty one or to where something else begins."""
    others = (n for n in range(at + 1, len(lines)) if _begins_another(lines[n]))
    end = next(others, len(lines))
    return tag("p", _inline(" ".join(each.strip() for each in lines[at:end]))), end


def _begins_another(line: str) -> bool:
    starts = HEADING.fullmatch(line) or FENCE.match(line) or ITEM.match(line)
    return not line.strip() or bool(starts)


def _inline(words: str, depth: int = 0) -> Markup:
    parts: list[str] = []
    at = 0
    for found in INLINE.finditer(words) if depth < DEEPEST else ():
        parts += [words[at : found.start()], _span(found, depth + 1)]
        at = found.end()
    return joined(*parts, words[at:])


def _span(found: re.Match[str], depth: int) -> str:
    if literal := found["code"]:
        return tag("code", literal.strip())
    if found["words"]:
        words = _inline(found["words"], depth)
        return tag("a", words, href=found["to"]) if found["to"].startswith(WEB) else words
    if address := found["address"]:
        return tag("a", address, href=address)
    if strong := found["strong"]:
        return tag("strong", _inline(strong, depth))
    return tag("em", _inline(found["em"], depth))
