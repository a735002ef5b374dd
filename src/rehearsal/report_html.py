"""Shows outcomes as one page that asks for nothing else: no script, no font, no request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from html_writer.parts import Markup, joined, tag
from html_writer.table import Column, table
from rehearsal.layout import count, duration
from rehearsal.outcome import ActionResult, ExecutionResult, Grant, Outcome, Refused, Seen, Status
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
from rehearsal.report_style import STYLE

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
KINDS = {Status.SUCCEEDED: "good", Status.FAILED: "bad", Status.NOT_STARTED: ""}
NAMES = {Status.SUCCEEDED: "Succeeded", Status.FAILED: "Failed", Status.NOT_STARTED: "Not run"}
ACTIONS = (
    *(Column("state"), Column("stage", "name"), Column("action", "name", names_row=True)),
    *(Column("region", "nowrap"), Column("account", "nowrap"), Column("took", "nowrap")),
    Column("what it says", "says"),
)
LAUNCHED = (
    *(Column("template", "name", names_row=True), Column("account", "nowrap")),
    Column("regions", "says"),
)
UNUSED = (
    *(Column("role", "name", names_row=True), Column("statement")),
    *(Column("action"), Column("resource"), Column("reason", "says")),
)


def as_html(outcomes: Sequence[Outcome]) -> str:
    """Return a whole document."""
    found = problems(outcomes)
    red = bool(found) or not outcomes
    state = "red" if red else "green"
    banner = tag(
        "header",
        tag("h1", "Rehearsal"),
        tag("p", verdict(outcomes), class_="verdict"),
        class_="banner bad" if red else "banner",
    )
    body = tag("main", banner, *_sections(found, outcomes))
    return f"<!doctype html>\n{tag('html', _head(state), tag('body', body), lang='en')}\n"


def _head(state: str) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("title", f"Rehearsal: {state}"),
        tag("style", Markup(STYLE)),
    )


def _sections(found: Sequence[Problem], outcomes: Sequence[Outcome]) -> Iterator[Markup]:
    if found:
        cards = (_problem(each, outcomes) for each in found)
        yield tag("section", tag("h2", "What is wrong"), *cards)
    for outcome in outcomes:
        yield tag("section", *_pipeline(outcome))
    for title, name in LISTS:
        if items := together(outcomes, name):
            yield tag("section", tag("h2", title), tag("div", _list(items), class_="card"))


def _problem(problem: Problem, outcomes: Sequence[Outcome]) -> Markup:
    facts = [("pipeline", problem.pipeline), ("execution", problem.execution)]
    refused = problem.action.refused if problem.action else ()
    if problem.action:
        facts += _failure(problem.action)
    last = [("mend", tag("strong", problem.mend))] if problem.mend else []
    return tag(
        "article",
        tag("h3", problem.sentence),
        _facts([*facts, *(fact for each in refused for fact in _refused(each)), *last]),
        *(_mend(each, outcomes) for each in refused),
        *([_log(problem.action)] if problem.action and problem.action.log else []),
        class_="problem",
    )


def _failure(action: ActionResult) -> list[tuple[str, str]]:
    return [
        ("region", tag("code", action.region)),
        ("account", tag("code", action.account)),
        ("stack", action.stack and tag("code", action.stack)),
        ("attempt", str(action.attempt) if action.attempt > 1 else ""),
        ("why", action.why and tag("span", action.why, class_="why")),
    ]


def _refused(refused: Refused) -> list[tuple[str, str]]:
    where = f" in {refused.region}, account {refused.account}"
    return [
        ("refused", refusal(refused)),
        ("on", joined(tag("code", refused.resource), where)),
        ("because", refused.reason),
    ]


def _mend(refused: Refused, outcomes: Sequence[Outcome]) -> Markup:
    said = tag("p", tag("strong", "Mend: "), mend(refused, outcomes), class_="mend")
    statement = refused.statement.strip("\n")
    return joined(said, *([_lines("statement to add", statement)] if statement else []))


def _log(action: ActionResult) -> Markup:
    lines = _lines("log", "\n".join(action.log[-LOG_LINES:]))
    return tag("details", tag("summary", log_title(action)), lines, open=True)


def _lines(what: str, lines: str) -> Markup:
    """Return lines as they are, which the keyboard can reach where they are wider than a phone."""
    return tag("pre", tag("code", lines), tabindex="0", role="region", aria_label=what)


def _pipeline(outcome: Outcome) -> Iterator[Markup]:
    yield tag("h2", outcome.pipeline)
    yield tag("p", tag("code", outcome.path), class_="path")
    for execution in outcome.executions:
        yield tag("div", *_execution(execution), class_="card")
    if rows := launched(outcome):
        took = duration(sum(each.seconds for each in outcome.launches))
        caption = f"{count(len(outcome.launches), 'stack')} launched in {took}"
        yield tag("div", table(caption, LAUNCHED, rows), class_="card")
    for kept, title in GRANTS.items():
        cells = [_grant(each) for unused in grants(outcome, kept).values() for each in unused]
        if cells:
            yield tag("div", table(title, UNUSED, cells), class_="card")
    if parts := shares(outcome.shares):
        yield tag("div", *_shares(outcome, parts), class_="card")


def _execution(execution: ExecutionResult) -> Iterator[Markup]:
    ended = f"{went(execution)}, in {duration(execution.seconds)}"
    chip = _chip("green", "good") if execution.green else _chip("red", "bad")
    caption = joined(
        *(execution.title, " ", chip),
        tag("span", ended, class_="ended"),
    )
    yield table(caption, ACTIONS, [_cells(each, execution) for each in execution.actions])
    if execution.seen:
        yield tag("ul", *(tag("li", *_seen(each)) for each in execution.seen), class_="seen")


def _seen(seen: Seen) -> tuple[str, ...]:
    chip = _chip("holds", "good") if seen.holds else _chip("does not hold", "bad")
    return (chip, " ", seen.sentence)


def _chip(words: str, kind: str) -> Markup:
    return tag("span", words, class_=f"chip {kind}".strip())


def _cells(action: ActionResult, execution: ExecutionResult) -> list[str]:
    attempt = f" (attempt {action.attempt})" if action.attempt > 1 else ""
    took = _took(action, execution) if action.status is not Status.NOT_STARTED else ""
    return [
        *(_chip(NAMES[action.status], KINDS[action.status]), action.stage),
        *(f"{action.name}{attempt}", action.region, action.account, took, note(action)),
    ]


def _took(action: ActionResult, execution: ExecutionResult) -> Markup:
    """Return an action's time and, for the eye, when in its execution that was."""
    whole = max([execution.seconds, *(each.began + each.seconds for each in execution.actions)])
    begins, lasts = (100 * part / (whole or 1) for part in (action.began, action.seconds))
    bar = tag("span", class_="bar", style=f"margin-left:{begins:.1f}%;width:{lasts:.1f}%")
    return joined(duration(action.seconds), tag("span", bar, class_="lane", aria_hidden="true"))


def _grant(grant: Grant) -> list[str]:
    because = grant.because or _chip("none", "bad")
    return [
        *(f"{grant.role} of {grant.template}", grant.statement),
        *(tag("code", grant.action), tag("code", grant.resource), because),
    ]


def _shares(outcome: Outcome, parts: Sequence[tuple[str, int]]) -> Iterator[Markup]:
    yield tag("h3", f"Where its {duration(outcome.shares.whole)} went")
    bars = (tag("span", style=f"width:{part}%") for _name, part in parts)
    yield tag("div", *bars, class_="shares", aria_hidden="true")
    yield tag("ul", *(tag("li", f"{part} % {name}") for name, part in parts), class_="legend")


def _facts(facts: Sequence[tuple[str, str]]) -> Markup:
    rows = (joined(tag("dt", name), tag("dd", said)) for name, said in facts if said)
    return tag("dl", *rows)


def _list(items: Sequence[str]) -> Markup:
    return tag("ul", *(tag("li", item) for item in items))
