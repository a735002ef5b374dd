"""What every report says, whatever it is written in: why it is red, which role lacks what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rehearsal.layout import count
from rehearsal.outcome import (
    ActionResult,
    ExecutionResult,
    Grant,
    Outcome,
    Shares,
    Status,
)
from rehearsal.report_refusals import refusal

LISTS = (
    ("What a rehearsal stands in for", "stood_in"),
    ("What it has not proven", "not_shown"),
)
GRANTS = {
    False: "Granted, used by no rehearsal, and nothing says why it stays",
    True: "Granted, used by no rehearsal, and kept for a reason",
}
SHARES = ("the embedded AWS", "the builds' commands", "our own code")
UNUSED_MEND = (
    "take out of the statement what nobody uses; or, if it must stay, say why under "
    "Metadata: Unrehearsed of the role"
)
LOG_LINES = 20
HAD_TO = {Status.SUCCEEDED: "succeed", Status.FAILED: "fail", Status.NOT_STARTED: "not start"}


@dataclass(frozen=True)
class Problem:
    """One reason why a rehearsal is red: an action that failed, or something else."""

    pipeline: str
    execution: str
    sentence: str
    mend: str = ""
    action: ActionResult | None = None


def problems(outcomes: Sequence[Outcome]) -> list[Problem]:
    """Return every reason why a rehearsal is red, none where it is green."""
    return [problem for outcome in outcomes for problem in _problems(outcome)]


def verdict(outcomes: Sequence[Outcome]) -> str:
    """Return in one sentence whether it is green or red, and why."""
    found = problems(outcomes)
    if found:
        more = f", and {count(len(found) - 1, 'problem')} more" if len(found) > 1 else ""
        return f"Red: {told(found[0])}{more}."
    if not outcomes:
        return "Red: nothing was rehearsed."
    ran = count(sum(len(each.executions) for each in outcomes), "execution")
    names = " and ".join(each.pipeline for each in outcomes)
    return f"Green: {ran} of {names} went as wanted, {_measured(outcomes)}."


def _measured(outcomes: Sequence[Outcome]) -> str:
    if all(each.measured for each in outcomes):
        return "and every grant is used or has a reason to stay"
    return "and the pipeline recovered; whether grants are used is asked without faults alone"


def told(problem: Problem) -> str:
    """Return a problem in a part of a sentence that says where it is."""
    where = f", {problem.execution}" if problem.execution else ""
    at = problem.action
    place = f" in {at.region}, account {at.account}" if at else ""
    return f"{problem.pipeline}{where}: {problem.sentence}{place}"


def failures(execution: ExecutionResult) -> list[ActionResult]:
    """Return the actions that failed and were not made good by a later attempt."""
    last = {each.place: each for each in execution.actions}
    return [each for each in last.values() if each.status is Status.FAILED]


def went(execution: ExecutionResult) -> str:
    """Return how an execution ended, held against how it had to end."""
    if execution.status is not execution.wanted:
        return f"{execution.status}, and had to {HAD_TO[execution.wanted]}"
    if not execution.green:
        return f"{execution.status}, as it had to, but something else is wrong"
    return f"{execution.status}, as it had to"


def note(action: ActionResult) -> str:
    """Return what an action made or why it failed; if it does not say, what was refused to it."""
    refused = [f"{refusal(each)} on {each.resource}" for each in action.refused if not action.why]
    return "; ".join(each for each in (action.said or action.why, *refused) if each)


def launched(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Return template, account and regions of the stacks that were launched, in that order."""
    regions: dict[tuple[str, str], list[str]] = {}
    for each in outcome.launches:
        regions.setdefault((PurePath(each.template).stem, each.account), []).append(each.region)
    return [(*key, ", ".join(dict.fromkeys(there))) for key, there in regions.items()]


def grants(outcome: Outcome, kept: bool) -> dict[str, list[Grant]]:
    """Return the grants nobody used by the role that has them, with or without a reason."""
    found: dict[str, list[Grant]] = {}
    for each in outcome.unused:
        if bool(each.because) is kept:
            found.setdefault(f"{each.role} of {each.template}", []).append(each)
    return found


def together(outcomes: Sequence[Outcome], name: str) -> list[str]:
    """Return one list of what each pipeline says, with its name where not all say it."""
    said: dict[str, list[str]] = {}
    for each in outcomes:
        for item in getattr(each, name):
            said.setdefault(item, []).append(each.pipeline)
    return [
        item if len(names) == len(outcomes) else f"{item} ({', '.join(names)})"
        for item, names in said.items()
    ]


def shares(seconds: Shares) -> list[tuple[str, int]]:
    """Return who took the time in whole per cent, 100 together; nothing if there was none.

    Builds run side by side, so their seconds may be more than the whole has.
    """
    own = max(0.0, seconds.whole - seconds.embedded - seconds.commands)
    parts = (seconds.embedded, seconds.commands, own)
    if not sum(parts):
        return []
    exact = [100 * each / sum(parts) for each in parts]
    percents = [int(each) for each in exact]
    most_cut = sorted(range(len(parts)), key=lambda at: percents[at] - exact[at])
    for at in most_cut[: 100 - sum(percents)]:
        percents[at] += 1
    return list(zip(SHARES, percents, strict=True))


def log_title(action: ActionResult) -> str:
    """Return what the lines shown of a build's log are."""
    last = min(LOG_LINES, len(action.log))
    return f"the last {count(last, 'line')} of what its build printed"


def _problems(outcome: Outcome) -> Iterator[Problem]:
    if outcome.unlaunched:
        said = "a stack cannot be launched, so nothing ran"
        yield Problem(outcome.pipeline, "", said, outcome.unlaunched)
    elif not outcome.executions:
        yield Problem(outcome.pipeline, "", "no execution ran, so nothing is proven")
    for execution in outcome.executions:
        yield from _wrong(outcome.pipeline, execution)
    for role, found in grants(outcome, kept=False).items():
        for statement in dict.fromkeys(each.statement for each in found):
            actions = dict.fromkeys(each.action for each in found if each.statement == statement)
            said = f"{role} may call {', '.join(actions)} (statement {statement}), and nobody did"
            yield Problem(outcome.pipeline, "", said, UNUSED_MEND)


def _wrong(pipeline: str, execution: ExecutionResult) -> Iterator[Problem]:
    failed = failures(execution) if execution.status is Status.FAILED else []
    if execution.status is not execution.wanted:
        for each in failed:
            yield Problem(pipeline, execution.title, f"{each.place} failed", each.mend, each)
        if not failed:
            yield Problem(pipeline, execution.title, went(execution))
    for seen in execution.seen:
        if not seen.holds:
            yield Problem(
                pipeline, execution.title, f"this must hold and does not: {seen.sentence}"
            )
