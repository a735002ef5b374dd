"""Rehearses one pipeline: launches what it needs, runs its course, and measures what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rehearsal.actions.work import Scene
from rehearsal.course import Course, Order
from rehearsal.errors import LaunchError
from rehearsal.estate import Estate, launch_estate
from rehearsal.execution import Pipeline
from rehearsal.launching import Launcher
from rehearsal.limits import stood_in_by
from rehearsal.measures import plan_of, shares, unused_grants
from rehearsal.outcome import Listener, Outcome, Shares
from rehearsal.running_definition import read_running


def rehearse(order: Order, scene: Scene, listener: Listener, accounts: Iterator[str]) -> Outcome:
    """Rehearse a pipeline. Raise `RehearsalError` for what cannot even be begun."""
    begun = time.monotonic()
    launcher = Launcher(order.templates, scene.clouds, listener)
    try:
        estate = launch_estate(order.topology, launcher, accounts, order.given)
    except LaunchError as error:
        return _unlaunched(order, launcher, str(error), time.monotonic() - begun)
    return _run(order, scene, listener, estate, begun)


def _run(order: Order, scene: Scene, listener: Listener, estate: Estate, begun: float) -> Outcome:
    definition = read_running(scene.clouds, estate.account, estate.region, estate.pipeline)
    pipeline = Pipeline(scene, estate.pipeline, estate.account, definition, listener)
    executions = tuple(Course(order, estate, pipeline).run())
    plan = plan_of(scene.clouds, estate)
    measured = not order.faults and all(each.green for each in executions)
    return Outcome(
        pipeline=estate.template.stem,
        path=str(estate.template),
        launches=estate.launches,
        executions=executions,
        unused=unused_grants(scene.clouds, estate, order.templates) if measured else (),
        stood_in=stood_in_by(plan.stood_in, scene.stood_in),
        not_shown=plan.not_shown,
        shares=shares(scene.clouds, estate, executions, time.monotonic() - begun),
        measured=measured,
    )


def _unlaunched(order: Order, launcher: Launcher, why: str, seconds: float) -> Outcome:
    """Return what came of a rehearsal that ended before anything could run."""
    path = order.templates / f"{order.topology.stem}-pipeline.yaml"
    return Outcome(
        pipeline=path.stem,
        path=str(path),
        launches=tuple(launcher.launched),
        executions=(),
        unused=(),
        stood_in=(),
        not_shown=(),
        shares=Shares(0.0, 0.0, seconds),
        unlaunched=why,
        measured=False,
    )
