"""What another value of a property does to a resource, as CloudFormation's registry has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any

from aws_reference.registry import (
    Path,
    conditional_create_only,
    create_only,
    default_of,
    is_set,
    schema_of,
)
from review.diff.differing import Differing
from review.diff.tree import ABSENT
from template_reader.nodes import below, function_of

CUSTOM = "Custom::"
CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"
AUTO_SCALING = "AWS::AutoScaling::AutoScalingGroup"
ITEM = "*"


class Effect(IntEnum):
    """What happens to a resource that runs, the least first."""

    NOTHING = 0
    UPDATE = 1
    MAY_REPLACE = 2
    REPLACE = 3

    @property
    def words(self) -> str:
        """The effect as reports say it."""
        return self.name.lower().replace("_", " ")


def schema_type(type_: str) -> str:
    """Return the type under which the registry knows a type: custom resources are of one."""
    return CUSTOM_RESOURCE if type_.startswith(CUSTOM) else type_


def effect_of(type_: str, found: Differing) -> Effect:
    """Return what it does to a resource of a type that a property differs."""
    kind = schema_type(type_)
    if found.is_order and is_set(kind, found.path[0]):
        return Effect.NOTHING
    if any(_concerns(each, found) for each in create_only(kind)):
        return _of_fixed(kind, found)
    if any(_concerns(each, found) for each in conditional_create_only(kind)):
        return Effect.MAY_REPLACE
    return Effect.UPDATE


def reason(type_: str, effect: Effect, found: Differing) -> str:
    """Return why a property that differs replaces a resource of a type, or may."""
    kind, name = schema_type(type_), ".".join(found.path)
    if not any(_concerns(each, found) for each in create_only(kind)):
        return f"some other values of {name} mean another resource"
    if _is_default_written_out(kind, found):
        return f"{name} is what it is where it is not given, but may be compared as it is written"
    if found.is_order:
        return f"only the order of {name} is another, which may count"
    if not found.is_certain:
        return f"another {name} means another resource; only the stack knows if it is another"
    where = ", in stacks whose conditions make it another" if effect < Effect.REPLACE else ""
    return f"another {name} means another resource{where}"


def is_in_place(type_: str, effect: Effect, resource: Mapping[Any, Any]) -> bool:
    """Return whether a resource that may be replaced is not, by its UpdatePolicy.

    CloudFormation replaces an Auto Scaling group for another launch template only where the policy
    says so, whatever the registry has.
    """
    is_group = type_ == AUTO_SCALING and effect is Effect.MAY_REPLACE
    return is_group and not below(resource, "UpdatePolicy", "AutoScalingReplacingUpdate")


def effect_at(type_: str, path: Path) -> Effect:
    """Return what it does to a resource of a type that the value at a path is another one."""
    return effect_of(type_, Differing(path, "", "another", True))


def unknown_properties(type_: str, names: Sequence[str]) -> list[str]:
    """Return those of the properties that the registry does not know of a type it knows."""
    schema = schema_of(type_)
    is_open = schema.get("additionalProperties", True) or type_ == CUSTOM_RESOURCE
    return [] if is_open else [each for each in names if each not in schema["properties"]]


def _of_fixed(type_: str, found: Differing) -> Effect:
    if _is_default_written_out(type_, found):
        return Effect.MAY_REPLACE
    return Effect.REPLACE if found.is_certain else Effect.MAY_REPLACE


def _is_default_written_out(type_: str, found: Differing) -> bool:
    """Return whether a property came or went with the value it has where it is not given."""
    sides = (found.before, found.after)
    return len(found.path) == 1 and ABSENT in sides and default_of(type_, found.path[0]) in sides


def _concerns(pattern: Path, found: Differing) -> bool:
    """Return whether a difference is at a path of the registry, below it, or includes it."""
    pairs = zip(pattern, found.path, strict=False)
    if not all(one in (ITEM, other) for one, other in pairs):
        return False
    rest = pattern[len(found.path) :]
    return not rest or [*_values(found.before, rest)] != [*_values(found.after, rest)]


def _values(node: Any, path: Path) -> Iterator[Any]:
    """Yield what lies at a path below a node; a function, where it is not known what does."""
    if not path or function_of(node):
        yield node
    elif isinstance(node, list):
        rest = path[1:] if path[0] == ITEM else path
        for each in node:
            yield from _values(each, rest)
    elif isinstance(node, Mapping) and path[0] in node:
        yield from _values(node[path[0]], path[1:])
