"""Committed pipelines as a launch would resolve them, for tests of what is planned."""

from __future__ import annotations

import copy
import functools
from pathlib import Path
from typing import Any

from templates.committed import TEMPLATES

from rehearsal.parameters import read_values
from rehearsal.place import Place
from rehearsal.resolve import Scope, resolve
from rehearsal.rules import obey_rules
from template_reader.file import PIPELINE, Template, read_template

PIPELINES = ("global-china-pipeline", "multi-region-pipeline")
HOME = Place("us-east-1", "aws", "amazonaws.com", "orders", "111122223333")


@functools.cache
def template_of(name: str) -> Template:
    """Return a committed template, read once."""
    return read_template(TEMPLATES / f"{name}.yaml")


def scope_of(template: Template, **given: str) -> Scope:
    """Return the scope of a launch at home with these values."""
    return obey_rules(Scope(template, HOME, read_values(template, given, {})), given)


@functools.cache
def _properties(name: str) -> dict[str, Any]:
    template = template_of(name)
    (pipeline,) = template.resources(PIPELINE).values()
    resolved: dict[str, Any] = resolve(pipeline["Properties"], scope_of(template))
    return resolved


def properties_of(name: str) -> dict[str, Any]:
    """Return the resolved properties of a committed pipeline, to be changed at will."""
    return copy.deepcopy(_properties(name))


def written(folder: Path, text: str) -> Template:
    """Return a template of a text."""
    path = folder / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return read_template(path)
