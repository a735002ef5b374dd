"""Shows a comparison as one comment on a pull request, which GitHub takes up to 65,536 characters.

What is to be decided stands open, the rest is folded. Where that is too long, first the lines of
scripts are left out, then what nobody has to decide on, then all but the verdicts; what was left
out is said, and where it is. A verdict is never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from markdown_writer.parts import code, fenced, folded, table, text
from review.comparison import Comparison, Judged, TemplateComparison
from review.diff.change import Bump, NotJudged
from review.diff_report.facts import (
    NOT_LOOKED_AT,
    by_section,
    compared,
    headline,
    place,
    turned,
    verdict,
    version,
    weight,
)

MOST = 65_536  # characters
ROOM = 1_000  # characters; left for what a poster puts around it
FAILED, OPEN, FINE = "❌", "⚠️", "✅"
SHORTENED = "**Shortened:** {what} left out, as GitHub takes 65,536 characters. {where}"
Show = Callable[[TemplateComparison], Iterator[str]]


def as_markdown(comparison: Comparison, link: str = "") -> str:
    """Return Markdown as GitHub has it; `link` leads to the whole of it."""
    for show, left_out in LEVELS:
        shown = "\n".join(_comment(comparison, show, left_out, link)).rstrip()
        if len(shown) <= MOST - ROOM:
            return shown
    return _verdicts_alone(comparison, link)


def _comment(comparison: Comparison, show: Show, left_out: str, link: str) -> Iterator[str]:
    yield from _head(comparison)
    if left_out:
        yield from (_shortened(left_out, link), "")
    if comparison.templates:
        heads = ("", "template", "version", "to decide on")
        yield from (*table(heads, map(_row, comparison.templates)), "")
    yield from _unreadable(comparison)
    for template in comparison.templates:
        yield from show(template)
    yield from _rest(comparison)


def _head(comparison: Comparison) -> Iterator[str]:
    mark = FAILED if comparison.failed else OPEN if comparison.open else FINE
    yield from (f"## {mark} Review of the templates", "")
    yield from (f"**{text(verdict(comparison))}**", "")
    yield from (f"{text(compared(comparison))} {text(version(comparison))}".rstrip(), "")


def _row(template: TemplateComparison) -> Sequence[str]:
    mark = OPEN if template.open else FINE
    return (mark, code(template.name), weight(template.bump), str(template.open or ""))


def _unreadable(comparison: Comparison) -> Iterator[str]:
    for name, why in comparison.unreadable.items():
        yield from (f"### {FAILED} {code(name)}: can no longer be read", "", text(why), "")


def _whole(template: TemplateComparison) -> Iterator[str]:
    yield from _template(template, with_lines=True)


def _without_lines(template: TemplateComparison) -> Iterator[str]:
    yield from _template(template, with_lines=False)


def _open_alone(template: TemplateComparison) -> Iterator[str]:
    if template.open:
        yield from (f"### {code(template.name)}: {headline(template)}", "")
        yield from _sections(each for each in template.changes if each.open)


def _nothing(template: TemplateComparison) -> Iterator[str]:
    yield from ()


def _template(template: TemplateComparison, with_lines: bool) -> Iterator[str]:
    opened = [each for each in template.changes if each.open]
    rest = [each for each in template.changes if not each.open]
    yield from (f"### {code(template.name)}: {headline(template)}", "")
    yield from _sections(opened)
    if rest:
        words = f"{len(rest)} more, with nothing to decide on" if opened else f"{len(rest)} changes"
        yield from folded(words, [*_sections(rest), *(_scripts(rest) if with_lines else ())])
    if opened and with_lines:
        yield from _scripts(opened)
    yield from _not_judged(template.not_judged)


def _sections(changes: Iterable[Judged]) -> Iterator[str]:
    for section, found in by_section(changes):
        yield from (f"**{section}**", "")
        yield from table(("what", "where", "before → after", "why"), map(_cells, found))
        yield ""


def _cells(judged: Judged) -> Sequence[str]:
    change = judged.change
    accepted = f"accepted: {judged.accepted.reason}" if judged.accepted else ""
    why = "; ".join(filter(None, (change.why, accepted)))
    return (text(change.what), code(place(change)), code(turned(change)), text(why))


def _scripts(changes: Iterable[Judged]) -> Iterator[str]:
    for each in changes:
        if each.change.lines:
            lines = fenced("\n".join(each.change.lines), "diff")
            yield from folded(f"{code(place(each.change))}: line by line", lines)


def _not_judged(found: Sequence[NotJudged]) -> Iterator[str]:
    if found:
        lines = (f"- {code(each.where)}: {text(each.reason)}" for each in found)
        yield from folded(f"not judged: {len(found)}", lines)


def _rest(comparison: Comparison) -> Iterator[str]:
    yield from _not_judged(comparison.not_judged)
    for each in comparison.unused:
        where = f"{code(each.where)} in {code(each.template)}"
        yield f"- accepted and not found: {text(each.change)} of {where}"
    yield from folded("not looked at", (f"- {text(each)}" for each in NOT_LOOKED_AT))


def _shortened(what: str, link: str) -> str:
    where = f"[The whole report]({link})." if link else "`generate.py diff` prints the whole."
    return SHORTENED.format(what=what, where=where)


def _verdicts_alone(comparison: Comparison, link: str) -> str:
    """Return the verdicts, one line for all templates of a kind, as short as names can be."""
    lines = [*_head(comparison), _shortened("everything but the verdicts", link), ""]
    for bump in sorted(Bump, reverse=True):
        for words, is_open in (("to decide on", True), ("nothing to decide on", False)):
            names = [
                each.name
                for each in comparison.templates
                if each.bump is bump and bool(each.open) is is_open
            ]
            if names:
                lines.append(f"- {weight(bump)}, {words}: {len(names)}: {text(' '.join(names))}")
    lines += [f"- {FAILED} {text(each)}" for each in comparison.unreadable]
    return "\n".join(lines)


LEVELS: tuple[tuple[Show, str], ...] = (
    (_whole, ""),
    (_without_lines, "the lines of scripts are"),
    (_open_alone, "what nobody has to decide on is"),
    (_nothing, "all but the verdicts is"),
)
