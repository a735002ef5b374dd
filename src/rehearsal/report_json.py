"""Shows outcomes to programs: the same facts under keys that stay.

`format` goes up when a key goes or changes its meaning; keys may be added without that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from rehearsal.outcome import ActionResult, ExecutionResult, Grant, Launch, Outcome, Refused, Shares
from rehearsal.report_facts import Problem, problems, told, verdict
from rehearsal.report_refusals import mend

FORMAT = 1


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Return one object; times are in seconds, and what does not apply is null."""
    found = problems(outcomes)
    report = {
        "format": FORMAT,
        "green": bool(outcomes) and not found,
        "verdict": verdict(outcomes),
        "problems": [_problem(each, outcomes) for each in found],
        "pipelines": [_pipeline(each) for each in outcomes],
    }
    return json.dumps(report, indent=2)


def _problem(problem: Problem, outcomes: Sequence[Outcome]) -> dict[str, object]:
    refused = problem.action.refused if problem.action else ()
    return {
        "pipeline": problem.pipeline,
        "execution": problem.execution or None,
        "action": problem.action.place if problem.action else None,
        "says": told(problem),
        "mend": problem.mend or None,
        "grants": [
            {"mend": mend(each, outcomes), "statement": each.statement or None} for each in refused
        ],
    }


def _pipeline(outcome: Outcome) -> dict[str, object]:
    return {
        "pipeline": outcome.pipeline,
        "template": outcome.path,
        "green": outcome.green,
        "launches": [_launch(each) for each in outcome.launches],
        "executions": [_execution(each) for each in outcome.executions],
        "grants_measured": outcome.measured,
        "unused_grants": [_grant(each) for each in outcome.unused],
        "stood_in": list(outcome.stood_in),
        "not_shown": list(outcome.not_shown),
        "seconds": _seconds(outcome.shares),
    }


def _launch(launch: Launch) -> dict[str, object]:
    return {
        "template": launch.template,
        "stack": launch.stack,
        "account": launch.account,
        "region": launch.region,
        "outputs": dict(launch.outputs),
        "resources": dict(launch.resources),
        "seconds": launch.seconds,
    }


def _execution(execution: ExecutionResult) -> dict[str, object]:
    return {
        "title": execution.title,
        "id": execution.id,
        "wanted": execution.wanted,
        "status": execution.status,
        "green": execution.green,
        "seconds": execution.seconds,
        "actions": [_action(each) for each in execution.actions],
        "seen": [{"holds": each.holds, "sentence": each.sentence} for each in execution.seen],
    }


def _action(action: ActionResult) -> dict[str, object]:
    return {
        "stage": action.stage,
        "action": action.name,
        "provider": action.provider,
        "account": action.account,
        "region": action.region,
        "stack": action.stack or None,
        "attempt": action.attempt,
        "status": action.status,
        "began": action.began,
        "seconds": action.seconds,
        "said": action.said or None,
        "why": action.why or None,
        "mend": action.mend or None,
        "refused": [_refused(each) for each in action.refused],
        "log": list(action.log),
    }


def _refused(refused: Refused) -> dict[str, object]:
    return {
        "principal": refused.principal,
        "action": refused.action,
        "resource": refused.resource,
        "account": refused.account,
        "region": refused.region,
        "reason": refused.reason,
        "statement": refused.statement or None,
    }


def _grant(grant: Grant) -> dict[str, object]:
    return {
        "template": grant.template,
        "role": grant.role,
        "statement": grant.statement,
        "action": grant.action,
        "resource": grant.resource,
        "because": grant.because or None,
    }


def _seconds(shares: Shares) -> dict[str, float]:
    return {"embedded": shares.embedded, "commands": shares.commands, "whole": shares.whole}
