"""Finds the templates a rehearsal is asked of and plans their pipelines, running nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operate.regions import dns_suffix, partition_of
from refusals import nearest
from rehearsal.errors import RehearsalError
from rehearsal.parameters import read_values
from rehearsal.place import Place
from rehearsal.plan import Plan, make_plans
from rehearsal.resolve import Scope
from rehearsal.rules import obey_rules
from template_reader.file import PIPELINE, Template, read_template

SUFFIXES = {".json", ".template", ".yaml", ".yml"}


@dataclass(frozen=True)
class Order:
    """What is asked for: pipelines by name or file, all of `folder` if none is named."""

    folder: Path
    names: tuple[str, ...]
    given: Mapping[str, str]
    region: str


def plan_all(order: Order) -> list[Plan]:
    """Return the plans of every pipeline asked for, stored parameters left as placeholders.

    Raises `RehearsalError`, and `OperateError` for a region there is not.
    """
    templates = [read_template(path) for path in _paths(order)]
    known = {name for each in templates for name in each.section("Parameters")}
    for name in sorted(order.given.keys() - known):
        near = nearest(name, known) or "; leave it out"
        where = " and ".join(str(each.path) for each in templates)
        raise RehearsalError(f"--param {name}: {where} has no such parameter{near}")
    return [plan for template in templates for plan in _plans(template, order)]


def _plans(template: Template, order: Order) -> list[Plan]:
    asked = template.section("Parameters")
    given = {name: value for name, value in order.given.items() if name in asked}
    scope = Scope(template, _place(template, order.region), read_values(template, given, {}))
    plans = make_plans(obey_rules(scope, given))
    if not plans:
        raise RehearsalError(f"{template.path}: has no pipeline in it; name a template that has")
    return plans


def _place(template: Template, region: str) -> Place:
    partition = partition_of(region, "--region")
    if template.partitions and partition not in template.partitions:
        meant = " and ".join(template.partitions)
        raise RehearsalError(
            f"--region {region}: lies in {partition}, and {template.path} is meant for {meant}; "
            f"name a region of {meant}"
        )
    return Place(region, partition, dns_suffix(partition), template.path.stem)


def _paths(order: Order) -> list[Path]:
    pipelines = {path.stem: path for path in sorted(order.folder.glob("*.yaml")) if _has(path)}
    if not pipelines and not order.names:
        raise RehearsalError(f"{order.folder}: no template here has a pipeline; name one's file")
    names = order.names or tuple(pipelines)
    return [_path(name, pipelines, order.folder) for name in dict.fromkeys(names)]


def _has(path: Path) -> bool:
    """Return whether a template may have a pipeline; reading them all as YAML takes seconds."""
    return PIPELINE.encode() in path.read_bytes()


def _path(name: str, pipelines: Mapping[str, Path], folder: Path) -> Path:
    if "/" in name or Path(name).suffix in SUFFIXES:
        return Path(name)
    if name in pipelines:
        return pipelines[name]
    if (other := folder / f"{name}.yaml").exists():
        has = ", ".join(pipelines)
        raise RehearsalError(f"{other}: has no pipeline in it; these have one: {has}")
    near = nearest(name, pipelines) or f"; there are {', '.join(pipelines)}"
    raise RehearsalError(f"{name}: {folder} has no pipeline of that name{near}")
