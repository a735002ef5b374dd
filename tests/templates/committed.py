"""The committed templates as documents, read from their files with cfn-lint's YAML decoder."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cfnlint.decode.decode import decode_str

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATES = PROJECT / "templates"
NAMES = sorted(path.stem for path in TEMPLATES.glob("*.yaml"))


@functools.cache
def text(name: str) -> str:
    """Return a committed template's text."""
    return (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")


@functools.cache
def document(name: str) -> dict[str, Any]:
    """Return a committed template's content, intrinsic functions in their long form."""
    decoded, errors = decode_str(text(name))
    assert not errors
    assert decoded is not None
    return dict(decoded)


def resources(name: str, type_: str = "") -> dict[str, dict[str, Any]]:
    """Return a template's resources by logical id, all of them or those of one type."""
    found = document(name)["Resources"].items()
    return {title: each for title, each in found if not type_ or each["Type"] == type_}


def walk(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every node of a document with its place."""
    yield path, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, f"{path}/{key}")
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from walk(value, f"{path}/{at}")


def statements(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every policy statement below a node with its place."""
    for path, each in walk(node):
        if isinstance(each, dict) and "Effect" in each and "Action" in each:
            yield path, each


def pipeline_of(name: str) -> dict[str, Any]:
    """Return the properties of the pipeline in a template."""
    (found,) = resources(name, "AWS::CodePipeline::Pipeline").values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def actions_of(name: str, stage: str) -> list[dict[str, Any]]:
    """Return the actions of a stage of that pipeline."""
    stages = {each["Name"]: each["Actions"] for each in pipeline_of(name)["Stages"]}
    actions: list[dict[str, Any]] = stages[stage]
    return actions
