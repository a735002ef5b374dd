"""Shows outcomes as a comment on a pull request: the verdict, what is wrong, the rest folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_writer.parts import code, fenced, folded, table, text
from rehearsal.layout import count, duration
from rehearsal.outcome import ActionResult, ExecutionResult, Outcome, Refused, Status
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
from rehearsal.report_refusals import mend

ACTIONS = ("", "stage", "action", "region", "account", "took", "what it says")
REFUSED = ("who", "may not call", "on", "region", "account", "why")
MARKS = {Status.SUCCEEDED: "✅", Status.FAILED: "❌", Status.NOT_STARTED: "⬜"}


def as_markdown(outcomes: Sequence[Outcome]) -> str:
    """Return Markdown as GitHub has it."""
    found = problems(outcomes)
    mark = MARKS[Status.FAILED if found or not outcomes else Status.SUCCEEDED]
    lines = [
        *(f"## {mark} Rehearsal", "", text(verdict(outcomes)), ""),
        *(line for each in found for line in _problem(each, outcomes)),
        *(line for each in outcomes for line in _pipeline(each)),
    ]
    for title, name in LISTS:
        if items := together(outcomes, name):
            lines += folded(title, (f"- {text(each)}" for each in items))
    return "\n".join(lines).rstrip()


def _problem(problem: Problem, outcomes: Sequence[Outcome]) -> Iterator[str]:
    execution = f", execution {text(problem.execution)}" if problem.execution else ""
    yield from (f"### {MARKS[Status.FAILED]} {text(problem.sentence)}", "")
    yield f"- in {text(problem.pipeline)}{execution}"
    if problem.action:
        yield from _failure(problem.action)
    if problem.mend:
        yield f"- **mend:** {text(problem.mend)}"
    yield ""
    if problem.action:
        yield from _evidence(problem.action, outcomes)


def _failure(action: ActionResult) -> Iterator[str]:
    stack = f", stack {code(action.stack)}" if action.stack else ""
    yield f"- region {code(action.region)}, account {code(action.account)}{stack}"
    yield f"- **why:** {text(action.why)}"


def _evidence(action: ActionResult, outcomes: Sequence[Outcome]) -> Iterator[str]:
    if action.refused:
        yield from (*table(REFUSED, (_refused(each) for each in action.refused)), "")
    for refused in action.refused:
        yield from (f"**Mend:** {text(mend(refused, outcomes))}", "")
        if refused.statement:
            yield from (*fenced(refused.statement.strip("\n"), "yaml"), "")
    if action.log:
        yield from folded(log_title(action), fenced("\n".join(action.log[-LOG_LINES:])))


def _refused(refused: Refused) -> list[str]:
    given = (refused.principal, refused.action, refused.resource, refused.region, refused.account)
    return [*map(code, given), text(refused.reason)]


def _pipeline(outcome: Outcome) -> Iterator[str]:
    yield from (f"### {text(outcome.pipeline)}", "")
    took = duration(sum(each.seconds for each in outcome.launches))
    rows = [[code(cell) for cell in row] for row in launched(outcome)]
    if rows:
        title = f"{count(len(outcome.launches), 'stack')} launched in {took}"
        yield from folded(title, table(("template", "account", "regions"), rows))
    for execution in outcome.executions:
        yield from _execution(execution)
    for kept, title in GRANTS.items():
        if found := grants(outcome, kept):
            rows = [
                [code(role), code(each.action), code(each.resource), text(each.because)]
                for role, unused in found.items()
                for each in unused
            ]
            yield from folded(title, table(("role", "action", "resource", "reason"), rows))
    if parts := shares(outcome.shares):
        said = ", ".join(f"{part} % {name}" for name, part in parts)
        yield from (f"{duration(outcome.shares.whole)}: {said}", "")


def _execution(execution: ExecutionResult) -> Iterator[str]:
    mark = MARKS[Status.SUCCEEDED if execution.green else Status.FAILED]
    title = f"{mark} {text(execution.title)}: {went(execution)}, in {duration(execution.seconds)}"
    seen = [
        f"- {MARKS[Status.SUCCEEDED if each.holds else Status.FAILED]} {text(each.sentence)}"
        for each in execution.seen
    ]
    rows = [_cells(each) for each in execution.actions]
    yield from folded(title, [*table(ACTIONS, rows), "", *seen], not execution.green)


def _cells(action: ActionResult) -> list[str]:
    attempt = f" ({action.attempt})" if action.attempt > 1 else ""
    took = duration(action.seconds) if action.status is not Status.NOT_STARTED else ""
    place = (action.stage, f"{action.name}{attempt}", action.region, action.account)
    return [MARKS[action.status], *map(text, place), took, text(note(action))]
