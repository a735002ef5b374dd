"""What a pipeline will do, step by step, said before anything runs: pure, from its template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from refusals import nearest
from rehearsal.definition import Action, Definition, Stage, Store, read_definition
from rehearsal.definition_rules import refuse_problems, variables_read
from rehearsal.errors import RehearsalError
from rehearsal.limits import not_shown, stood_in
from rehearsal.place import Place
from rehearsal.placeholders import account_of, found_in
from rehearsal.projects import Project, read_functions, read_projects
from rehearsal.providers import PROVIDERS
from rehearsal.resolve import Scope, holds, resolve
from rehearsal.sentences import sentence
from template_reader.file import PIPELINE


@dataclass(frozen=True)
class Step:
    """One action as it will be carried out.

    `account` is whose role acts; `reaches` says region and account a build goes to from there,
    as its project's TARGET_REGION and TARGET_ACCOUNT tell, or is empty.
    """

    action: Action
    account: str
    what: str
    reads: tuple[str, ...]
    gives: tuple[str, ...]
    reaches: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Steps of one run order: they begin together, and all end before the next group begins."""

    run_order: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class StagePlan:
    """The groups of a stage, in order."""

    name: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Plan:
    """What a pipeline does; `unknown` are placeholders for what only a launch can tell."""

    pipeline: str
    path: str
    description: str
    place: Place
    role: str
    mode: str
    stores: tuple[Store, ...]
    stages: tuple[StagePlan, ...]
    stood_in: tuple[str, ...]
    not_shown: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        groups = (group for stage in self.stages for group in stage.groups)
        return tuple(step for group in groups for step in group.steps)


@dataclass(frozen=True)
class _Beside:
    """What the template makes beside the pipeline."""

    projects: Mapping[str, Project]
    functions: frozenset[str]

    def project(self, action: Action) -> Project | None:
        is_build = action.provider == "CodeBuild"
        return self.projects.get(action.configuration["ProjectName"]) if is_build else None


def make_plans(scope: Scope) -> list[Plan]:
    """Return the plan of each pipeline a template makes. Raise `RehearsalError`."""
    return [
        _plan(name, _properties(name, each, scope), scope)
        for name, each in scope.template.resources(PIPELINE).items()
        if "Condition" not in each or holds(each["Condition"], scope)
    ]


def _properties(name: str, resource: Mapping[str, Any], scope: Scope) -> Mapping[str, Any]:
    properties = resolve(resource.get("Properties"), scope)
    if not isinstance(properties, Mapping):
        scope.fail(resource, f"Resources.{name}: has no Properties; write them")
    return properties


def _plan(name: str, properties: Mapping[str, Any], scope: Scope) -> Plan:
    try:
        definition = read_definition(properties, scope.place.region)
        refuse_problems(definition)
        beside = _Beside(read_projects(scope), read_functions(scope))
        _refuse_unexported(definition, beside)
        return _assemble(name, definition, beside, scope)
    except RehearsalError as error:
        here = f"{scope.template.path}:"
        said = str(error)
        raise RehearsalError(said if said.startswith(here) else f"{here} {said}") from None


def _assemble(name: str, definition: Definition, beside: _Beside, scope: Scope) -> Plan:
    stages = tuple(_stage(each, beside, scope.place) for each in definition.stages)
    steps = [step for stage in stages for group in stage.groups for step in group.steps]
    used = [each for step in steps if (each := beside.project(step.action))]
    providers = {step.action.provider for step in steps}
    reached = (step.reaches[0] for step in steps if step.reaches)
    return Plan(
        pipeline=name,
        path=str(scope.template.path),
        description=scope.template.description,
        place=scope.place,
        role=definition.role,
        mode=definition.mode,
        stores=definition.stores,
        stages=stages,
        stood_in=stood_in(providers, used),
        not_shown=not_shown(providers, used, _elsewhere(definition, beside), reached),
        unknown=_unknown(definition, steps),
    )


def _stage(stage: Stage, beside: _Beside, place: Place) -> StagePlan:
    orders = sorted({action.run_order for action in stage.actions})
    groups = (
        Group(
            order,
            tuple(_step(each, beside, place) for each in stage.actions if each.run_order == order),
        )
        for order in orders
    )
    return StagePlan(stage.name, tuple(groups))


def _step(action: Action, beside: _Beside, place: Place) -> Step:
    return Step(
        action=action,
        account=account_of(action.role_arn) or place.account,
        what=sentence(action, beside.projects),
        reads=tuple(f"{space}.{name}" for space, name in variables_read(action)),
        gives=tuple(f"{action.namespace}.{name}" for name in _given(action, beside)),
        reaches=_reaches(action, beside),
    )


def _given(action: Action, beside: _Beside) -> tuple[str, ...]:
    """Return the variables others may read; '*' where only the run can tell."""
    if not action.namespace:
        return ()
    if project := beside.project(action):
        return project.spec.exported if project.spec else ("*",)
    return PROVIDERS[action.provider].variables or ("*",)


def _reaches(action: Action, beside: _Beside) -> tuple[str, ...]:
    project = beside.project(action)
    there = {**(project.environment if project else {}), **_overrides(action)}
    return tuple(there[key] for key in ("TARGET_REGION", "TARGET_ACCOUNT") if there.get(key))


def _overrides(action: Action) -> dict[str, str]:
    """Return the environment variables an action gives its build, which come as JSON."""
    try:
        given = json.loads(action.configuration.get("EnvironmentVariables", "[]"))
        return {str(each["name"]): str(each["value"]) for each in given}
    except (ValueError, KeyError, TypeError):
        raise RehearsalError(
            f"{action.place}.Configuration.EnvironmentVariables: is no JSON list of name and value"
        ) from None


def _refuse_unexported(definition: Definition, beside: _Beside) -> None:
    """Refuse a variable of a build whose buildspec, known here, exports none of that name."""
    spaces = {action.namespace: action for action in definition.actions}
    for action in definition.actions:
        for space, name in variables_read(action):
            giver = spaces.get(space)
            project = beside.project(giver) if giver else None
            if project and project.spec and name not in project.spec.exported:
                near = nearest(name, project.spec.exported) or "; export it there"
                raise RehearsalError(
                    f"{action.place}: #{{{space}.{name}}}: the buildspec of project {project.name} "
                    f"exports no {name}{near}"
                )


def _elsewhere(definition: Definition, beside: _Beside) -> Iterator[str]:
    """Yield what actions call by name and this template does not make."""
    for action in definition.actions:
        project = action.configuration.get("ProjectName")
        function = action.configuration.get("FunctionName")
        if project and project not in beside.projects:
            yield f"what project {project} does"
        if function and function not in beside.functions:
            yield f"what function {function} does"


def _unknown(definition: Definition, steps: list[Step]) -> tuple[str, ...]:
    texts = [definition.role]
    texts += [text for store in definition.stores for text in (store.bucket, store.key)]
    for step in steps:
        texts += [step.action.role_arn, *step.action.configuration.values()]
        texts += step.reaches
    found = {each for text in texts for each in found_in(text)}
    return tuple(sorted(each for each in found if " of " not in each))
