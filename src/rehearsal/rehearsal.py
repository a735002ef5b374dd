"""Rehearses one pipeline: launches what it needs, runs its course, and measures what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rehearsal.actions.work import Scene
from rehearsal.course import Course, Order
from rehearsal.estate import launch_estate
from rehearsal.execution import Pipeline
from rehearsal.launching import Launcher
from rehearsal.measures import plan_of, shares, unused_grants
from rehearsal.outcome import Listener, Outcome
from rehearsal.running_definition import read_running


def rehearse(order: Order, scene: Scene, listener: Listener, accounts: Iterator[str]) -> Outcome:
    """Rehearse a pipeline. Raise `RehearsalError` for what cannot even be begun."""
    begun = time.monotonic()
    launcher = Launcher(order.templates, scene.clouds, listener)
    estate = launch_estate(order.topology, launcher, accounts, order.given)
    definition = read_running(scene.clouds, estate.account, estate.region, estate.pipeline)
    pipeline = Pipeline(scene, estate.pipeline, estate.account, definition, listener)
    executions = tuple(Course(order, estate, pipeline).run())
    plan = plan_of(scene.clouds, estate)
    went_whole = not order.faults and all(each.green for each in executions)
    return Outcome(
        pipeline=estate.template.stem,
        path=str(estate.template),
        launches=estate.launches,
        executions=executions,
        unused=unused_grants(scene.clouds, estate, order.templates) if went_whole else (),
        stood_in=(*plan.stood_in, *scene.stood_in),
        not_shown=plan.not_shown,
        shares=shares(scene.clouds, estate, executions, time.monotonic() - begun),
    )
