"""Judges what came of a mutant: whether a rehearsal went red, and named what was taken away."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from benchmarks.mutants import OUTPUT, STATEMENT, Mutant
from rehearsal.outcome import ExecutionResult, Launch, Outcome, Status

CALL = re.compile(r"\b[a-z][a-z0-9-]*:[A-Za-z]+")
UNREHEARSED = "Unrehearsed"
DENIES = "it forbids what no rehearsal tries"
FOR_PEOPLE = "it is for people: nothing that is launched or run is told it"
NOT_MADE = "it is not made with what a rehearsal is launched with"
# Links, and names and ARNs that other stacks look up or make up for themselves.
OUTPUTS_FOR_PEOPLE = (
    *("Version", "*Url", "PipelineName", "FunctionName", "KeyAlias", "DeploymentBucketName"),
    *("*CloudFormationServiceRoleArn", "*CodeBuildServiceRoleArn", "CrossAccountStageRoleArn"),
    "BoundaryArn",
)

# What only happens where something else happens than in a rehearsal without faults.
ELSEWHERE = {
    "*/AppPipeline.*.Approve (action)": "it holds back what nobody agrees to, and here all is",
    "*/ApprovalFailedRule*": "it tells of what nobody agreed to, and here all is",
    "*/Boundary.*": "it bounds roles of deployed functions, which nobody calls",
}
NEVER_USED = (
    "no rehearsal uses any of it; say why it stays as Metadata: Unrehearsed, or take it out"
)


class Verdict(StrEnum):
    """What came of a mutant."""

    NAMED = "killed, named"
    UNNAMED = "killed, not named"
    EXPLAINED = "explained"
    SURVIVED = "survived"


@dataclass(frozen=True)
class Trial:
    """A mutant that was tried: `why` is what was said of it, or why it need not be missed."""

    mutant: Mutant
    verdict: Verdict
    why: str
    seconds: float = 0.0


def complaints(outcome: Outcome) -> tuple[str, ...]:
    """Return what a rehearsal says of stacks and executions that do not go as they must."""
    said = (line for each in outcome.executions for line in _of_execution(each))
    return tuple(dict.fromkeys([*filter(None, [outcome.unlaunched]), *said]))


def unused(outcome: Outcome) -> tuple[str, ...]:
    """Return what it says of grants that nothing uses and nothing gives a reason for."""
    return tuple(
        _unused(each.template, each.role, each.statement, each.action)
        for each in outcome.unused
        if not each.because
    )


def is_unused(mutant: Mutant, found: Collection[str]) -> bool:
    """Return whether nothing that a statement allows is used: without it all would be the same."""
    its = (_unused(mutant.template, mutant.holder, mutant.label, each) for each in mutant.names)
    return mutant.kind == STATEMENT and all(each in found for each in its)


def _unused(template: str, holder: str, statement: str, action: str) -> str:
    return f"{template}: {holder} never uses {action} of {statement}"


def is_named(mutant: Mutant, said: str, launches: Iterable[Launch]) -> bool:
    """Return whether a complaint names what was taken away: a statement by one of its actions."""
    if mutant.kind == STATEMENT:
        calls = {each.lower() for each in CALL.findall(said)}
        allowed = {each.lower() for each in mutant.names}
        return any(fnmatchcase(call, pattern) for call in calls for pattern in allowed)
    made = {
        each.resources[mutant.holder].rpartition("/")[2]
        for each in launches
        if each.template == mutant.template and mutant.holder in each.resources
    }
    names = {*mutant.names, *(made if mutant.holder in mutant.names else ())}
    # A name that CloudFormation makes has the logical id between two hyphens.
    patterns = [re.escape(each) if each == mutant.holder else _whole(each) for each in names]
    return any(re.search(rf"(?<!\w){each}(?!\w)", said) for each in patterns)


def _whole(name: str) -> str:
    """Return a pattern of a name that is no part of another with hyphens."""
    return rf"(?<!-){re.escape(name)}(?!-)"


def explain(mutant: Mutant, document: Mapping[str, Any]) -> str:
    """Return why a rehearsal need not miss what was taken away, '' if nothing says so."""
    if mutant.denies:
        return DENIES
    for pattern, why in ELSEWHERE.items():
        if fnmatchcase(mutant.name, pattern):
            return why
    if mutant.kind == OUTPUT:
        of_people = any(fnmatchcase(mutant.label, each) for each in OUTPUTS_FOR_PEOPLE)
        return FOR_PEOPLE if of_people else ""
    resource = document["Resources"][mutant.holder]
    reason = resource.get("Metadata", {}).get(UNREHEARSED, {}).get(mutant.label, "")
    if isinstance(reason, Mapping):
        lacking = set(mutant.names) - reason.keys()
        return "" if lacking else "; ".join(dict.fromkeys(map(str, reason.values())))
    return str(reason)


def _of_execution(one: ExecutionResult) -> Iterator[str]:
    if one.green:
        return
    if one.status is not one.wanted:
        yield f"{one.title}: {one.status}, not {one.wanted}"
    for each in one.actions:
        if each.status is Status.FAILED:
            yield f"{each.place}: {each.why}"
            yield from (f"{ref.principal} lacks {ref.action}" for ref in each.refused)
            yield from each.log
    yield from (each.sentence for each in one.seen if not each.holds)
