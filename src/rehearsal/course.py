"""The executions of a rehearsal: three commits, and what has to be seen before and after each.

The first commit creates everything. A month passes, in which access keys are rotated; the second
updates everything. The old keys go; the third is refused by one place, which has to roll back and
stop the pipeline. Then what was deployed is deleted, as a person does who is done with it.

With faults of the caller's own there are two: the first meets them and ends as it ends, the second
shows whether the pipeline recovers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal import standing
from rehearsal.blame import Blame
from rehearsal.commits import commit
from rehearsal.desk import Left
from rehearsal.errors import RehearsalError
from rehearsal.estate import Estate, Target
from rehearsal.execution import Execution, Pipeline, execute
from rehearsal.faults import Fault, Place, arm, disarm, happened
from rehearsal.notices import TOLD, see_notices
from rehearsal.outcome import ExecutionResult, Refused, Seen, Status
from rehearsal.rotating import rotate
from rehearsal.standing import Standing
from rehearsal.triggers import push

MONTH, DAY, WEEK = 31, 1, 7  # days; keys are rotated after 30
ROTATED, DISABLED, DELETED = ("Active", "Active"), ("Inactive", "Active"), ("Active",)


@dataclass(frozen=True)
class Order:
    """What is to be rehearsed: a topology, its rendered templates, and an application's folder."""

    topology: Path
    templates: Path
    application: Path
    faults: tuple[Fault, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)


def nothing() -> Iterable[Seen]:
    """See nothing."""
    return ()


@dataclass(frozen=True)
class Act:
    """One execution: how it has to end, None for either way, and what is seen around it."""

    title: str
    wanted: Status | None
    before: Callable[[], Iterable[Seen]] = nothing
    after: Callable[[], Iterable[Seen]] = nothing


@dataclass
class Course:
    """A rehearsal under way: what stands, what was run, and what was there after each."""

    order: Order
    estate: Estate
    pipeline: Pipeline
    past: list[Execution] = field(default_factory=list)
    stood: list[list[Standing]] = field(default_factory=list)

    def run(self) -> Iterator[ExecutionResult]:
        """Yield each execution that is run; one that does not go as it must is the last."""
        for act in self._with_faults() if self.order.faults else self._without_faults():
            yield (done := self._play(act))
            if not done.green:
                return

    def _without_faults(self) -> Iterator[Act]:
        yield Act(
            "first commit: everything is created",
            Status.SUCCEEDED,
            after=lambda: standing.after_creation(self._look()),
        )
        yield Act(
            "second commit: everything is updated",
            Status.SUCCEEDED,
            before=lambda: self._rotate(MONTH, ROTATED),
            after=lambda: standing.after_update(self.stood[-1], self._look()),
        )
        refusing = _refusing(self.estate)
        yield Act(
            f"third commit: {refusing.stage} in {refusing.region} refuses it and is rolled back",
            Status.FAILED,
            before=lambda: self._before_refusal(refusing),
            after=lambda: self._after_refusal(refusing),
        )

    def _with_faults(self) -> Iterator[Act]:
        faults, place = self.order.faults, self._place(*self.estate.accounts.values())
        arm(faults, place)
        yield Act(
            f"first commit: with {', '.join(each.words for each in faults)}",
            None,
            after=lambda: self._after_faults(disarm(place)),
        )
        yield Act(
            "second commit: without the fault",
            Status.SUCCEEDED,
            after=lambda: standing.after_creation(self._look()),
        )

    def _after_faults(self, left: tuple[Left, ...]) -> Iterator[Seen]:
        """See whether each fault was met, and what the pipeline did about it."""
        done = self.past[-1]
        failed = [each for each in done.results if each.status is Status.FAILED]
        for fault in self.order.faults:
            met = happened(fault, left, failed)
            words = _reaction(done) if met else "nothing met it; name what this pipeline does"
            yield Seen(met, f"{fault.words}: {words}")

    def _before_refusal(self, refusing: Target) -> Iterator[Seen]:
        yield from self._rotate(DAY, DISABLED)
        yield from self._rotate(WEEK, DELETED)
        yield from self._rotate(DAY, DELETED)
        arm(_refusal(refusing), self._place(refusing.account))

    def _after_refusal(self, refusing: Target) -> Iterator[Seen]:
        yield from standing.after_refusal(self.stood[-1], self._look(), refusing)
        disarm(self._place(refusing.account))
        yield from standing.after_deletion(self.pipeline.scene.clouds, self.estate.targets)

    def _rotate(self, days: int, wanted: tuple[str, ...]) -> Iterator[Seen]:
        with self.pipeline.scene.clock:
            yield from rotate(self.pipeline.scene.clouds, self.estate, days, wanted)

    def _look(self) -> list[Standing]:
        self.stood.append(standing.look(self.pipeline.scene.clouds, self.estate.targets))
        return self.stood[-1]

    def _place(self, *accounts: str) -> Place:
        return Place(self.pipeline.scene.clouds, accounts, self.estate)

    def _play(self, act: Act) -> ExecutionResult:
        """Push a commit, run the execution it starts, and see what there is to be seen."""
        began = time.monotonic()
        self.pipeline.listener.execution_began(act.title)
        seen = self._see(act.before())
        blame = Blame(self.pipeline.scene.clouds)
        try:
            seen += self._see([self._push()])
        except RehearsalError as error:
            seen += self._see([Seen(holds=False, sentence=str(error))])
            return _result(act, None, seen, began)
        done = self.past[-1]
        if act.wanted in {None, done.status}:
            seen += self._see(_unsaid(blame.unsaid({*self.estate.accounts.values()})))
            seen += self._see(self._notices(done))
            seen += self._see(act.after())
        return _result(act, done, seen, began)

    def _push(self) -> Seen:
        """Push the next commit and run what it starts; return what did start it."""
        source = self.pipeline.definition.stages[0].actions[0]
        branch = source.configuration.get("BranchName", "main")
        made = commit(self.order.application, len(self.past) + 1, branch)
        by = push(self.pipeline, made)
        self.past.append(execute(self.pipeline, made, self.past))
        return Seen(holds=True, sentence=f"the push was seen: started by {by}")

    def _notices(self, done: Execution) -> Iterable[Seen]:
        """See who is told of an execution, if somebody wants to be."""
        is_wanted = self.estate.given.get(TOLD)
        return see_notices(self.pipeline, done.results) if is_wanted else ()

    def _see(self, found: Iterable[Seen]) -> list[Seen]:
        """Tell of what is seen, as it is seen."""
        seen = []
        for each in found:
            self.pipeline.listener.saw(each)
            seen.append(each)
        return seen


def _reaction(done: Execution) -> str:
    """Return in words how an execution dealt with what went wrong."""
    if done.status is Status.SUCCEEDED:
        return "the pipeline coped, every stage succeeded"
    results = done.results
    failed = dict.fromkeys(each.place for each in results if each.status is Status.FAILED)
    idle = [each.place for each in results if each.status is Status.NOT_STARTED]
    rest = f"; {', '.join(idle)} did not begin" if idle else ""
    return f"the pipeline stopped at {', '.join(failed)}{rest}"


def _unsaid(found: Iterable[Refused]) -> Iterator[Seen]:
    """A call that is refused, and goes unmissed, lacks a grant or should not be made."""
    for each in found:
        yield Seen(
            holds=False,
            sentence=f"{each.principal} may not call {each.action} on {each.resource} in "
            f"{each.region}, and nothing failed; grant it, or take the call away",
        )


def _refusing(estate: Estate) -> Target:
    """Return the place that refuses: the last that the first stage deploys to at home."""
    first = estate.targets[0].stage
    at_home = (each.stage == first and each.account == estate.account for each in estate.targets)
    return [each for each, is_at_home in zip(estate.targets, at_home, strict=True) if is_at_home][
        -1
    ]


def _refusal(refusing: Target) -> tuple[Fault, ...]:
    return (Fault("region", refusing.region, "refused"),)


def _result(act: Act, done: Execution | None, seen: list[Seen], began: float) -> ExecutionResult:
    status = done.status if done else Status.NOT_STARTED
    return ExecutionResult(
        title=act.title,
        id=done.id if done else "",
        wanted=act.wanted or status,
        status=status,
        actions=tuple(done.results) if done else (),
        seen=tuple(seen),
        seconds=time.monotonic() - began,
    )
