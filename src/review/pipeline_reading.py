"""Reads the pipelines of a template, once for each different outcome of its conditions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from aws_reference.action_types import find_action_type
from review.pipeline_values import Value, own_region, value_of
from review.pipeline_view import Action, Pipeline, Stage, Store, Trigger, Variable
from review.scenarios import Scenario, TooManyScenariosError, resolve, scenarios
from template_reader.file import PIPELINE, Template
from template_reader.nodes import below, function_of

# Beyond these a template is not read once for each, as that would take seconds.
MOST_OUTCOMES = 128
KIND = ("Category", "Owner", "Provider", "Version")


def pipelines(template: Template) -> Iterator[tuple[str, Pipeline]]:
    """Yield each pipeline of a template, by its logical id, under each outcome of conditions."""
    for name, resource in template.resources(PIPELINE).items():
        for scenario in _outcomes(template.document, resource):
            node = resolve(resource.get("Properties"), scenario)
            if isinstance(node, Mapping) and not _is_made_at_launch(node):
                yield name, _pipeline(template, name, node)


def _outcomes(document: Mapping[str, Any], resource: Mapping[str, Any]) -> tuple[Scenario, ...]:
    """Return the outcomes under which a resource is made; one, of nothing, where all are many."""
    condition = resource.get("Condition")
    asked = {"Fn::If": [condition, True, False]} if isinstance(condition, str) else True
    try:
        found = scenarios(document, [resource.get("Properties"), asked])
    except TooManyScenariosError:
        return ({},)
    made = tuple(each for each in found if not isinstance(condition, str) or each[condition])
    return made if len(made) <= MOST_OUTCOMES else tuple(_pairwise(made))


def _pairwise(found: tuple[Scenario, ...]) -> Iterator[Scenario]:
    """Yield outcomes in which any two conditions come out in every way they do together."""
    seen: set[tuple[tuple[str, bool], ...]] = set()
    for scenario in found:
        pairs = {*itertools.combinations(scenario.items(), 2)}
        if not pairs <= seen:
            seen |= pairs
            yield scenario


def _pipeline(template: Template, name: str, node: Mapping[str, Any]) -> Pipeline:
    stages, stages_known = _parts(node, "Stages")
    stores, stores_known = _parts(node, "ArtifactStores")
    variables, variables_known = _parts(node, "Variables")
    only = node.get("ArtifactStore")
    return Pipeline(
        template=template,
        logical_id=name,
        node=node,
        stages=tuple(_stage(number, each) for number, each in enumerate(stages)),
        store=_store(node, own_region(only)) if isinstance(only, Mapping) else None,
        stores=tuple(_store(each, value_of(each.get("Region"))) for each in stores),
        triggers=tuple(map(_trigger, _parts(node, "Triggers")[0])),
        variables=tuple(map(_variable, variables)),
        stages_known=stages_known,
        stores_known=stores_known,
        variables_known=variables_known,
    )


def _stage(number: int, node: Mapping[str, Any]) -> Stage:
    name = value_of(node.get("Name"))
    actions, known = _parts(node, "Actions")
    return Stage(
        node, number, name, tuple(_action(number, name.shown, each) for each in actions), known
    )


def _action(stage: int, stage_name: str, node: Mapping[str, Any]) -> Action:
    name, written = value_of(node.get("Name")), node.get("Configuration", {})
    kind = tuple(value_of(below(node, "ActionTypeId", key)) for key in KIND)
    category, owner, provider, version = kind
    inputs, inputs_known = _parts(node, "InputArtifacts")
    outputs, outputs_known = _parts(node, "OutputArtifacts")
    is_configured = isinstance(written, Mapping) and not _is_made_at_launch(written)
    return Action(
        node=node,
        stage=stage,
        place=f"{stage_name}.{name.shown}",
        name=name,
        kind=(category, owner, provider, version),
        type=find_action_type(*(each.text or "" for each in (category, owner, provider, version))),
        region=value_of(node["Region"]) if "Region" in node else own_region(node),
        role=_optional(node, "RoleArn"),
        run_order=_run_order(node.get("RunOrder", 1)),
        namespace=_optional(node, "Namespace"),
        configuration={str(key): value_of(each) for key, each in written.items()}
        if is_configured
        else {},
        inputs=tuple(value_of(each.get("Name")) for each in inputs),
        outputs=tuple(value_of(each.get("Name")) for each in outputs),
        known=inputs_known and outputs_known and is_configured,
    )


def _run_order(node: Any) -> int | None:
    text = value_of(node).text or ""
    try:
        return int(text)
    except ValueError:
        return None


def _store(node: Mapping[str, Any], region: Value) -> Store:
    where = below(node, "ArtifactStore")
    key = below(where, "EncryptionKey", "Id")
    return Store(
        node=node,
        region=region,
        bucket=value_of(below(where, "Location")),
        key=None if key == () else value_of(key),
    )


def _trigger(node: Mapping[str, Any]) -> Trigger:
    source = below(node, "GitConfiguration", "SourceActionName")
    return Trigger(node, None if source == () else value_of(source))


def _variable(node: Mapping[str, Any]) -> Variable:
    return Variable(node, value_of(node.get("Name")), _optional(node, "DefaultValue"))


def _optional(node: Mapping[str, Any], key: str) -> Value | None:
    return value_of(node[key]) if key in node else None


def _parts(node: Mapping[str, Any], key: str) -> tuple[tuple[Mapping[str, Any], ...], bool]:
    """Return the mappings of a list, and whether they are all that will be in it."""
    if key not in node:
        return (), True
    found = node[key]
    if not isinstance(found, list):
        return (), False
    items = tuple(
        each for each in found if isinstance(each, Mapping) and not _is_made_at_launch(each)
    )
    return items, len(items) == len(found)


def _is_made_at_launch(node: Mapping[str, Any]) -> bool:
    """Return whether a mapping is a function, or a loop or a transform makes some of its keys."""
    keys = (key for key in node if isinstance(key, str))
    return function_of(node) is not None or any(key.startswith("Fn::") for key in keys)
