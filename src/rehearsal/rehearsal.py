"""Rehearses a pipeline: launches what it needs, and pushes three commits through it.

The first creates everything, the second updates it, the third is refused by one place, which has to
roll back and stop the pipeline. Between the first and the second a month passes, in which access
keys are rotated. With faults of the caller's own the first commit meets them, and the second shows
whether the pipeline recovers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal import standing
from rehearsal.actions.work import Scene
from rehearsal.commits import Commit, commit
from rehearsal.estate import Estate, Target, launch_estate
from rehearsal.execution import Execution, Pipeline, execute
from rehearsal.faults import Fault, Place, arm, is_rejected
from rehearsal.launching import Launcher
from rehearsal.measures import plan_of, shares, unused_grants
from rehearsal.outcome import ExecutionResult, Listener, Outcome, Seen, Status
from rehearsal.running_definition import read_running
from rehearsal.standing import Standing
from rehearsal.triggers import push

CREATED = "first commit: everything is created"
UPDATED = "second commit: everything is updated"
REFUSED = "third commit: {} refuses it and is rolled back"
FAULTY = "first commit: with {}"
RECOVERED = "second commit: without the fault"


@dataclass(frozen=True)
class Order:
    """What is to be rehearsed: a topology, its rendered templates, and an application's folder."""

    topology: Path
    templates: Path
    application: Path
    faults: tuple[Fault, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Course:
    """A rehearsal under way."""

    order: Order
    estate: Estate
    pipeline: Pipeline
    past: list[Execution] = field(default_factory=list)

    def push(self) -> tuple[Commit, str]:
        """Push the next commit; return it and what started the pipeline."""
        number = len(self.past) + 1
        made = commit(self.order.application, number, self._branch())
        return made, push(self.pipeline, made)

    def look(self) -> list[Standing]:
        return standing.look(self.pipeline.scene.clouds, self.estate.targets)

    def _branch(self) -> str:
        source = self.pipeline.definition.stages[0].actions[0]
        return source.configuration.get("BranchName", "main")


def rehearse(order: Order, scene: Scene, listener: Listener, accounts: Iterator[str]) -> Outcome:
    """Rehearse a pipeline. Raise `RehearsalError` for what cannot even be begun."""
    begun = time.monotonic()
    launcher = Launcher(order.templates, scene.clouds, listener)
    estate = launch_estate(order.topology, launcher, accounts, order.given)
    definition = read_running(scene.clouds, estate.account, estate.region, estate.pipeline)
    pipeline = Pipeline(scene, estate.pipeline, estate.account, definition, listener)
    course = _Course(order, estate, pipeline)
    executions = tuple(_with_faults(course) if order.faults else _without(course))
    plan = plan_of(scene.clouds, estate)
    return Outcome(
        pipeline=estate.template.stem,
        path=str(estate.template),
        launches=estate.launches,
        executions=executions,
        unused=unused_grants(scene.clouds, estate, order.templates),
        stood_in=(*plan.stood_in, *scene.stood_in),
        not_shown=plan.not_shown,
        shares=shares(scene.clouds, estate, executions, time.monotonic() - begun),
    )


def _without(course: _Course) -> Iterator[ExecutionResult]:
    """Run the three executions of a rehearsal; one that does not go as it must is the last."""
    first: list[Standing] = []
    second: list[Standing] = []

    def created() -> Iterator[Seen]:
        first.extend(course.look())
        return standing.after_creation(first)

    def updated() -> Iterator[Seen]:
        second.extend(course.look())
        return standing.after_update(first, second)

    yield (one := _execute(course, CREATED, Status.SUCCEEDED, created))
    if one.green:
        yield (one := _execute(course, UPDATED, Status.SUCCEEDED, updated))
    if one.green:
        refused = _refusing(course.estate)
        arm([Fault("region", refused.region, "refused")], _place(course, (refused.account,)))
        title = REFUSED.format(f"{refused.stage} in {refused.region}")
        yield _execute(
            course,
            title,
            Status.FAILED,
            lambda: standing.after_refusal(second, course.look(), refused),
        )


def _with_faults(course: _Course) -> Iterator[ExecutionResult]:
    """Run an execution with faults, however it ends, and one without."""
    faults = course.order.faults
    arm(faults, _place(course, tuple(course.estate.accounts.values())))
    words = ", ".join(each.words for each in faults)
    yield _execute(course, FAULTY.format(words), None, lambda: iter(()))
    yield _execute(
        course,
        RECOVERED,
        Status.SUCCEEDED,
        lambda: standing.after_creation(course.look()),
    )


def _execute(
    course: _Course, title: str, wanted: Status | None, look: Callable[[], Iterator[Seen]]
) -> ExecutionResult:
    """Push a commit, run the execution it starts, and look at what stands then.

    An execution that may end as it likes has no `wanted`.
    """
    listener = course.pipeline.listener
    listener.execution_began(title)
    made, by = course.push()
    done = execute(course.pipeline, made, course.past)
    course.past.append(done)
    seen = [Seen(True, f"started by {by}")]
    if wanted in (None, done.status):
        seen += look()
    for each in seen:
        listener.saw(each)
    return ExecutionResult(
        title=title,
        id=done.id,
        wanted=wanted or done.status,
        status=done.status,
        actions=tuple(done.results),
        seen=tuple(seen),
        seconds=time.monotonic() - done.began,
    )


def _refusing(estate: Estate) -> Target:
    """Return the place that refuses: the last that the first stage deploys to at home."""
    first = estate.targets[0].stage
    return [
        each for each in estate.targets if each.stage == first and each.account == estate.account
    ][-1]


def _place(course: _Course, accounts: tuple[str, ...]) -> Place:
    return Place(course.pipeline.scene.clouds, accounts, course.estate.region)


def approver(faults: tuple[Fault, ...]) -> Callable[[str, str], bool]:
    """Return who answers approvals: everything is approved but what a fault rejects."""
    return lambda place, _text: not is_rejected(faults, place.partition(".")[0])
