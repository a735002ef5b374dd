"""The CodeBuild projects and functions that a template makes beside its pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rehearsal.buildspec_file import Spec, SpecError, read_spec
from rehearsal.errors import RehearsalError
from rehearsal.part import Part
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
    return {name: _project(name, part, scope) for name, part in _made(PROJECT, scope)}


def read_functions(scope: Scope) -> frozenset[str]:
    """Return the names by which actions call the functions. Raise `RehearsalError`."""
    return frozenset(name for name, _part in _made(FUNCTION, scope))


def _made(type_: str, scope: Scope) -> Iterator[tuple[str, Part]]:
    for title, each in scope.template.resources(type_).items():
        if "Condition" not in each or holds(each["Condition"], scope):
            properties = Part(f"Resources.{title}", each).part("Properties")
            yield str(resolve({"Ref": title}, scope)), properties


def _project(name: str, properties: Part, scope: Scope) -> Project:
    asked = {key: properties.values.get(key, {}) for key in ("Source", "Environment")}
    made = Part(properties.place, resolve(asked, scope))
    text = made.part("Source").text("BuildSpec", "buildspec.yml")
    environment = made.part("Environment")
    return Project(
        name=name,
        image=environment.text("Image", ""),
        environment={
            each.text("Name"): each.text("Value")
            for each in environment.parts("EnvironmentVariables")
        },
        spec=_spec(name, text, scope) if "\n" in text else None,
        file="" if "\n" in text else text,
    )


def _spec(name: str, text: str, scope: Scope) -> Spec:
    try:
        return read_spec(text)
    except SpecError as error:
        raise RehearsalError(f"{scope.template.path}: project {name}: {error}") from None
