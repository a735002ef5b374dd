"""Shows outcomes at a terminal: what is wrong and its mend stand last, before the verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from rehearsal.layout import BOLD, DIM, GREEN, RED, WIDTH, count, duration, paint, wrap
from rehearsal.outcome import ActionResult, ExecutionResult, Grant, Outcome, Refused, Status
from rehearsal.report_facts import (
    GRANTS,
    LISTS,
    LOG_LINES,
    Problem,
    grants,
    launched,
    log_title,
    note,
    problems,
    shares,
    together,
    verdict,
    went,
)
from rehearsal.report_refusals import mend, refusal

MARKS = {Status.SUCCEEDED: "ok", Status.FAILED: "FAILED", Status.NOT_STARTED: "not run"}
COLOURS = {Status.SUCCEEDED: GREEN, Status.FAILED: RED, Status.NOT_STARTED: DIM}
HEAD = ("", "stage", "action", "region", "account", "took")
INDENT = " " * 10
NOTE = " " * 11
Paint = Callable[[str, str], str]


def as_text(outcomes: Sequence[Outcome], colour: bool) -> str:
    """Return lines of 80 columns at most, as far as names and statements let them be broken."""

    def brush(text: str, how: str) -> str:
        return paint(text, how, colour)

    found = problems(outcomes)
    sections = [
        *(_pipeline(each, brush) for each in outcomes),
        *(_listed(title, together(outcomes, name), brush) for title, name in LISTS),
        *(_problem(each, outcomes, brush) for each in found),
    ]
    lines = [line for section in sections for line in section]
    apart = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    how = RED if found or not outcomes else GREEN
    return "\n".join([*apart, brush(verdict(outcomes), BOLD + how)])


def _problem(problem: Problem, outcomes: Sequence[Outcome], brush: Paint) -> Iterator[str]:
    yield from (brush(line, BOLD + RED) for line in wrap(problem.sentence, "WRONG     "))
    execution = f", execution '{problem.execution}'" if problem.execution else ""
    yield from _fact("in", f"{problem.pipeline}{execution}")
    if problem.action:
        yield from _failure(problem.action)
    yield from _fact("mend", problem.mend)
    if problem.action:
        for refused in problem.action.refused:
            yield from _mend(refused, outcomes)
        yield from (brush(line, DIM) for line in _log(problem.action))
    yield ""


def _failure(action: ActionResult) -> Iterator[str]:
    attempt = f", attempt {action.attempt}" if action.attempt > 1 else ""
    stack = f", stack {action.stack}" if action.stack else ""
    yield from _fact("at", f"region {action.region}, account {action.account}{stack}")
    yield from _fact("action", f"{action.provider}{attempt}, after {duration(action.seconds)}")
    yield from _fact("why", action.why)
    for refused in action.refused:
        yield from _fact("refused", refusal(refused))
        yield from _fact("", f"on {refused.resource}")
        yield from _fact("", f"in {refused.region}, account {refused.account}: {refused.reason}")


def _mend(refused: Refused, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the statement with nothing but space before it, so that it can be pasted."""
    yield from _fact("mend", mend(refused, outcomes))
    if refused.statement:
        yield from ("", *textwrap.indent(refused.statement.strip("\n"), INDENT).splitlines(), "")


def _log(action: ActionResult) -> Iterator[str]:
    if action.log:
        yield from _fact("log", log_title(action))
        yield from (f"{INDENT}{line}" for line in action.log[-LOG_LINES:])


def _fact(label: str, words: str) -> list[str]:
    return wrap(words, f"  {label:8}")


def _pipeline(outcome: Outcome, brush: Paint) -> Iterator[str]:
    yield brush(outcome.pipeline, BOLD) + f"  {outcome.path}"
    if outcome.launches:
        yield from _launches(outcome)
    for execution in outcome.executions:
        yield from ("", *_execution(execution, brush))
    for kept, title in GRANTS.items():
        if found := grants(outcome, kept):
            yield from ("", brush(title, BOLD), *_grants(found, brush))
    if parts := shares(outcome.shares):
        said = ", ".join(f"{part} % {name}" for name, part in parts)
        yield from ("", *wrap(f"{duration(outcome.shares.whole)}: {said}", ""))
    yield ""


def _launches(outcome: Outcome) -> Iterator[str]:
    took = duration(sum(each.seconds for each in outcome.launches))
    yield f"  {count(len(outcome.launches), 'stack')} launched in {took}"
    rows = launched(outcome)
    longest = max(len(template) for template, *_ in rows)
    for template, account, regions in rows:
        yield from wrap(regions, f"    {template:{longest}}  {account}  ")


def _execution(execution: ExecutionResult, brush: Paint) -> Iterator[str]:
    yield brush(execution.title, BOLD)
    how = GREEN if execution.green else RED
    yield brush(f"  {went(execution)}, in {duration(execution.seconds)}", how)
    yield from _table(execution.actions, brush)
    for seen in execution.seen:
        mark = "ok" if seen.holds else "WRONG"
        first, *more = wrap(f"looked: {seen.sentence}", f"  {mark:7}  ")
        painted = brush(f"  {mark:7}", GREEN if seen.holds else RED)
        yield from (f"{painted}{first[9:]}", *more)


def _table(actions: Sequence[ActionResult], brush: Paint) -> Iterator[str]:
    rows = [HEAD, *(_cells(action) for action in actions)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    yield brush(f"  {'  '.join(map(_fit, HEAD, widths))}", DIM)
    stage = ""
    for action, (mark, *cells) in zip(actions, rows[1:], strict=True):
        shown = ["" if action.stage == stage else cells[0], *cells[1:]]
        stage = action.stage
        words = "  ".join(map(_fit, shown, widths[1:]))
        painted = brush(_fit(mark, widths[0]), COLOURS[action.status])
        yield from _noted(f"  {painted}  {words}", 4 + widths[0] + len(words), note(action), brush)


def _noted(row: str, length: int, words: str, brush: Paint) -> list[str]:
    """Return a row and what is to be said of it, beside it where there is room."""
    if length + 2 + len(words) <= WIDTH:
        return [f"{row}  {words}".rstrip()]
    return [row.rstrip(), *(brush(line, DIM) for line in wrap(words, NOTE))]


def _cells(action: ActionResult) -> tuple[str, ...]:
    attempt = f" ({action.attempt})" if action.attempt > 1 else ""
    took = duration(action.seconds) if action.status is not Status.NOT_STARTED else ""
    place = (action.stage, f"{action.name}{attempt}", action.region, action.account)
    return (MARKS[action.status], *place, took)


def _fit(cell: str, width: int) -> str:
    return cell.rjust(width) if cell == HEAD[-1] or cell.endswith(" s") else cell.ljust(width)


def _grants(found: Mapping[str, Sequence[Grant]], brush: Paint) -> Iterator[str]:
    for role, unused in found.items():
        yield f"  {role}"
        for each in unused:
            if not each.because:
                what = f"{each.action} on {each.resource} (statement {each.statement})"
                yield from (brush(line, RED) for line in wrap(what, "    - "))
        for because in dict.fromkeys(each.because for each in unused if each.because):
            actions = dict.fromkeys(each.action for each in unused if each.because == because)
            yield from wrap(f"{', '.join(actions)}: {because}", "    - ")


def _listed(title: str, items: Sequence[str], brush: Paint) -> Iterator[str]:
    if items:
        yield brush(title, BOLD)
        yield from (line for item in items for line in wrap(item, "  - "))
        yield ""
