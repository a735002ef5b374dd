"""A pipeline as the rules about pipelines see it, under one outcome of its template's conditions.

Whatever shape a template has, there is a view of it: parts that are not written as CloudFormation
wants them, or that only a launch can tell, are left out, and `known` says that they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aws_reference.action_type import ActionType
from review.pipeline_values import Value, is_unknown
from template_reader.file import Template
from template_reader.nodes import below
from template_reader.text import line_of_key

KEPT_HERE = ("AWS::S3::Bucket", "AWS::KMS::Key")


@dataclass(frozen=True)
class Action:
    """One action. `region` is the pipeline's own where none is given, `run_order` None if unknown.

    `type` is what AWS's reference says of such actions, None where it says nothing.
    """

    node: Mapping[str, Any]
    stage: int
    place: str
    name: Value
    kind: tuple[Value, Value, Value, Value]
    type: ActionType | None
    region: Value
    role: Value | None
    run_order: int | None
    namespace: Value | None
    configuration: Mapping[str, Value]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    known: bool

    @property
    def category(self) -> str | None:
        """What it is for, as Source or Deploy; None if not known."""
        return self.kind[0].text

    @property
    def region_given(self) -> bool:
        """Whether a region is written down."""
        return "Region" in self.node

    def line(self, *keys: str) -> int:
        """Return the line of a key below the action, or of the nearest there is."""
        *way, last = keys
        holder = below(self.node, *way)
        return line_of_key(holder if isinstance(holder, Mapping) else self.node, last)

    def told(self, key: str) -> str | None:
        """Return what its configuration says for a key; None if nothing, or it is not known."""
        value = self.configuration.get(key)
        return value.word if value else None


@dataclass(frozen=True)
class Stage:
    """A stage and its actions; `number` counts from 0."""

    node: Mapping[str, Any]
    number: int
    name: Value
    actions: tuple[Action, ...]
    known: bool


@dataclass(frozen=True)
class Store:
    """Where the artifacts of a region are kept."""

    node: Mapping[str, Any]
    region: Value
    bucket: Value
    key: Value | None


@dataclass(frozen=True)
class Trigger:
    """What starts a pipeline: something that happens to the repository of a source action."""

    node: Mapping[str, Any]
    source: Value | None


@dataclass(frozen=True)
class Variable:
    """A variable that a pipeline declares."""

    node: Mapping[str, Any]
    name: Value
    default: Value | None


@dataclass(frozen=True)
class Pipeline:
    """A pipeline. `store` is the only one, of ArtifactStore; `stores` those of ArtifactStores."""

    template: Template
    logical_id: str
    node: Mapping[str, Any]
    stages: tuple[Stage, ...]
    store: Store | None
    stores: tuple[Store, ...]
    triggers: tuple[Trigger, ...]
    variables: tuple[Variable, ...]
    stages_known: bool
    stores_known: bool
    variables_known: bool

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """Every action, stage by stage."""
        return tuple(action for stage in self.stages for action in stage.actions)

    @cached_property
    def makers(self) -> Mapping[str, Sequence[tuple[Action, Value]]]:
        """Who makes each output artifact, by its name as it is written, and where that stands."""
        found: dict[str, list[tuple[Action, Value]]] = {}
        for action in self.actions:
            for made in action.outputs:
                found.setdefault(made.written, []).append((action, made))
        return found

    @cached_property
    def givers(self) -> Mapping[str, Sequence[Action]]:
        """The actions of each namespace, by its name as it is written."""
        found: dict[str, list[Action]] = {}
        for action in self.actions:
            if action.namespace:
                found.setdefault(action.namespace.written, []).append(action)
        return found

    @cached_property
    def known(self) -> bool:
        """Whether every stage and action, and what actions take and make, is known.

        Of a stage without actions nobody knows what is meant to be in it.
        """
        stages = self.stages_known and all(each.known and each.actions for each in self.stages)
        return stages and all(each.known for each in self.actions)

    @cached_property
    def makes_all(self) -> bool:
        """Whether the name of every output is known, and no action lacks one it has to make."""
        lacking = (
            each for each in self.actions if each.type and len(each.outputs) < each.type.outputs[0]
        )
        return self.known and not any(lacking) and not any(map(is_unknown, self.makers))

    @property
    def type(self) -> str | None:
        """V1 or V2, as it is written; None where it is not, or not known."""
        return self.told("PipelineType")

    def told(self, key: str) -> str | None:
        """Return the text of a property; None if there is none, or it is not known."""
        found = self.node.get(key)
        return str(found) if isinstance(found, str) else None

    def line(self, key: str) -> int:
        """Return the line of a property, or of the properties."""
        return line_of_key(self.node, key)

    def choices(self, value: Value | None) -> tuple[str, ...]:
        """Return all that a value can be: its text, or what its parameter allows; () if unknown."""
        if value is None or value.word is not None:
            return (value.word or "",) if value else ()
        names = value.names if not value.known else ()
        allowed = below(self.template.document, "Parameters", *names, "AllowedValues")
        return tuple(map(str, allowed)) if len(names) == 1 and isinstance(allowed, list) else ()

    def type_of(self, name: str) -> str:
        """Return the type of a resource of the template, '' if there is no such resource."""
        found = below(self.template.section("Resources"), name, "Type")
        return found if isinstance(found, str) else ""


def is_done_before(one: Action, other: Action) -> bool:
    """Return whether an action is done before another begins; True where nobody can tell."""
    if one.stage != other.stage:
        return one.stage < other.stage
    if one.run_order is None or other.run_order is None:
        return one is not other
    return one.run_order < other.run_order


def unmade_inputs(pipeline: Pipeline, action: Action) -> list[Value]:
    """Return the inputs of an action that nobody makes; none where that is not known."""
    inputs = action.inputs if pipeline.makes_all else ()
    return [each for each in inputs if each.text is not None and each.text not in pipeline.makers]


def is_made_here(pipeline: Pipeline, store: Store) -> bool:
    """Return whether the template makes the bucket or the key of a store, in its own region."""
    names = (*store.bucket.names, *(store.key.names if store.key else ()))
    return any(pipeline.type_of(each.partition(".")[0]) in KEPT_HERE for each in names)


def home_of(pipeline: Pipeline) -> str | None:
    """Return the pipeline's region: where the stores are that the template makes."""
    here = (each.region.text for each in pipeline.stores if is_made_here(pipeline, each))
    return next(here, None)
