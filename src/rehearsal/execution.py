"""Carries out an execution of a pipeline: stage by stage, what begins together side by side.

A stage that fails ends the execution, or is tried once more, or is rolled back to the artifacts and
variables with which it last succeeded, as its definition says.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from rehearsal.actions.work import Scene
from rehearsal.artifacts import Location, Stores
from rehearsal.commits import Commit
from rehearsal.definition import Action, Definition, Stage
from rehearsal.definition_rules import DECLARED, OF_PIPELINE
from rehearsal.outcome import ActionResult, Listener, Status
from rehearsal.performance import Performance, perform

SOURCE = "Source"
REVISIONS = ("CommitId", "VersionId")


@dataclass(frozen=True)
class Pipeline:
    """A pipeline that stands, and where it is rehearsed."""

    scene: Scene
    name: str
    account: str
    definition: Definition
    listener: Listener


@dataclass
class Execution:
    """One execution: what its actions have made so far, and how each of them ended.

    `revision` is what the source gave, a commit or the version of an object, '' until it has.
    """

    pipeline: Pipeline
    commit: Commit
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    artifacts: dict[str, Location] = field(default_factory=dict)
    variables: dict[str, Mapping[str, str]] = field(default_factory=dict)
    results: list[ActionResult] = field(default_factory=list)
    succeeded: set[str] = field(default_factory=set)
    revision: str = ""
    began: float = field(default_factory=time.monotonic)

    @property
    def status(self) -> Status:
        """How it ended: whether every stage succeeded."""
        stages = {stage.name for stage in self.pipeline.definition.stages}
        return Status.SUCCEEDED if stages <= self.succeeded else Status.FAILED


def execute(
    pipeline: Pipeline,
    commit: Commit,
    past: Sequence[Execution] = (),
    given: Mapping[str, str] | None = None,
) -> Execution:
    """Run an execution to its end; `past` are those before it, `given` values of its variables."""
    execution = Execution(pipeline, commit)
    execution.variables = {
        OF_PIPELINE: {"PipelineExecutionId": execution.id},
        DECLARED: {**_defaults(pipeline.definition), **(given or {})},
    }
    for stage in pipeline.definition.stages:
        if not _run_stage(execution, stage, past):
            break
        execution.succeeded.add(stage.name)
    execution.results += _never_begun(execution)
    return execution


def _defaults(definition: Definition) -> dict[str, str]:
    """Return the declared variables that have a default, which is never empty."""
    return {name: value for name, value in definition.variables.items() if value}


def roll_back(execution: Execution, stage: Stage, past: Iterable[Execution]) -> bool:
    """Run a stage anew with the artifacts and variables with which it last succeeded.

    Returns whether there was such an execution and the stage succeeds again.
    """
    former = next((each for each in reversed([*past]) if stage.name in each.succeeded), None)
    if former is None:
        return False
    again = replace(
        former,
        artifacts=dict(former.artifacts),
        variables=dict(former.variables),
        results=[],
        began=execution.began,
    )
    went_well = _run_actions(again, stage, stage.actions, attempt=1)
    words = f"rolled back to execution {former.id[:8]}; "
    execution.results += [replace(each, said=words + each.said) for each in again.results]
    return went_well


def _run_stage(execution: Execution, stage: Stage, past: Sequence[Execution]) -> bool:
    """Return whether a stage succeeded, if need be at the second attempt."""
    if _run_actions(execution, stage, stage.actions, attempt=1):
        return True
    if stage.on_failure == "RETRY":
        return _run_actions(execution, stage, _retried(execution, stage), attempt=2)
    if stage.on_failure == "ROLLBACK":
        roll_back(execution, stage, past)
    return False


def _retried(execution: Execution, stage: Stage) -> tuple[Action, ...]:
    """Return the actions that a retry runs: all, or those that have not succeeded."""
    done = {each.place for each in execution.results if each.status is Status.SUCCEEDED}
    wanted = set() if stage.retry_mode == "ALL_ACTIONS" else done
    return tuple(action for action in stage.actions if action.place not in wanted)


def _run_actions(
    execution: Execution, stage: Stage, actions: Sequence[Action], attempt: int
) -> bool:
    """Run actions by their run order until some fail; return whether none did."""
    for order in sorted({action.run_order for action in actions}):
        group = [action for action in actions if action.run_order == order]
        performances = [_performance(execution, action, attempt) for action in group]
        with ThreadPoolExecutor(len(group), thread_name_prefix=stage.name) as pool:
            done = list(pool.map(perform, performances))
        for action, one in zip(group, done, strict=True):
            execution.results.append(one.result)
            execution.artifacts |= one.outputs
            if action.category == SOURCE:
                execution.revision = execution.revision or _revision(one.variables)
            if action.namespace:
                execution.variables[action.namespace] = one.variables
        if any(one.result.status is not Status.SUCCEEDED for one in done):
            return False
    return True


def _performance(execution: Execution, action: Action, attempt: int) -> Performance:
    pipeline = execution.pipeline
    return Performance(
        scene=pipeline.scene,
        action=action,
        pipeline=pipeline.name,
        account=pipeline.account,
        role=pipeline.definition.role,
        stores=Stores(pipeline.scene.clouds, pipeline.definition, pipeline.name, execution.id),
        execution=execution.id,
        artifacts=dict(execution.artifacts),
        variables=dict(execution.variables),
        commit=execution.commit,
        revision=execution.revision,
        listener=pipeline.listener,
        began=execution.began,
        attempt=attempt,
    )


def _revision(given: Mapping[str, str]) -> str:
    """Return the revision among what a source gave."""
    return next((given[key] for key in REVISIONS if given.get(key)), "")


def _never_begun(execution: Execution) -> Iterator[ActionResult]:
    begun = {each.place for each in execution.results}
    for action in execution.pipeline.definition.actions:
        if action.place not in begun:
            yield ActionResult(
                stage=action.stage,
                name=action.name,
                provider=action.provider,
                account=execution.pipeline.account,
                region=action.region,
                status=Status.NOT_STARTED,
            )
