"""The CodeBuild projects and functions that a template makes beside its pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.buildspec_file import Spec, SpecError, read_spec
from rehearsal.errors import RehearsalError
from rehearsal.resolve import Scope, holds, resolve

PROJECT = "AWS::CodeBuild::Project"
FUNCTION = "AWS::Lambda::Function"


@dataclass(frozen=True)
class Project:
    """A project; `spec` is None where `file`, a path in its input, holds the buildspec."""

    name: str
    image: str
    environment: Mapping[str, str]
    spec: Spec | None
    file: str

    @property
    def commands(self) -> int:
        """How many commands the buildspec has."""
        phases = self.spec.phases if self.spec else ()
        return sum(len(phase.commands) + len(phase.at_last) for phase in phases)


def read_projects(scope: Scope) -> dict[str, Project]:
    """Return the projects by the name an action calls them. Raise `RehearsalError`."""
    return {name: _project(name, properties, scope) for name, properties in _made(PROJECT, scope)}


def read_functions(scope: Scope) -> frozenset[str]:
    """Return the names by which actions call the functions. Raise `RehearsalError`."""
    return frozenset(name for name, _properties in _made(FUNCTION, scope))


def _made(type_: str, scope: Scope) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for title, each in scope.template.resources(type_).items():
        if "Condition" not in each or holds(each["Condition"], scope):
            yield resolve({"Ref": title}, scope), each.get("Properties", {})


def _project(name: str, properties: Mapping[str, Any], scope: Scope) -> Project:
    source = resolve(properties.get("Source", {}), scope)
    environment = resolve(properties.get("Environment", {}), scope)
    text = source.get("BuildSpec", "buildspec.yml")
    return Project(
        name=name,
        image=str(environment.get("Image", "")),
        environment={
            each["Name"]: each["Value"] for each in environment.get("EnvironmentVariables", [])
        },
        spec=_spec(name, text, scope) if "\n" in text else None,
        file="" if "\n" in text else text,
    )


def _spec(name: str, text: str, scope: Scope) -> Spec:
    try:
        return read_spec(text)
    except SpecError as error:
        raise RehearsalError(f"{scope.template.path}: project {name}: {error}") from None
