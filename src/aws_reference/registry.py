"""What cfn-lint ships of CloudFormation's registry, and of which resources IAM's actions have.

Its own folder is read, never its module: that takes half a second, and prefers a newer cache of
whoever runs it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from aws_reference.shipped import data_of, read_json

Path = tuple[str, ...]
ANY = "*"
PRIMARY = "us-east-1"
# Asked about on log groups, which the reference does not say.
ON_LOG_GROUPS = ("DescribeIndexPolicies", "DescribeLogGroups", "DescribeResourcePolicies")
LOG_GROUPS = "arn:${Partition}:logs:${Region}:${Account}:log-group:.*"


@functools.cache
def _types(region: str) -> dict[str, Any]:
    """Return the file of each type of a region, SAM's included, which regions do not differ in.

    A region without data has PRIMARY's, as in cfn-lint.
    """
    folder = data_of("cfnlint") / "schemas" / "providers"
    path = folder / f"{region}.json"
    own = read_json(path if path.exists() else folder / f"{PRIMARY}.json")
    return {**own, **read_json(folder / "sam.json")}


@functools.cache
def types_of(region: str) -> frozenset[str]:
    """Return the types a region has."""
    return frozenset(_types(region))


def same_schemas(region: str, types: Iterable[str]) -> tuple[str | None, ...]:
    """Return what tells apart what regions say of some types: equal where they say the same."""
    return tuple(_types(region).get(each) for each in sorted(types))


def schema_of(type_: str, region: str = PRIMARY) -> Mapping[str, Any]:
    """Return the schema of a type, {} of one the registry lacks in a region."""
    name = _types(region).get(type_)
    return _resource(name) if name else {}


@functools.cache
def _resource(name: str) -> Mapping[str, Any]:
    """Return a schema by its file; regions share most of them."""
    found: Mapping[str, Any] = read_json(
        data_of("cfnlint") / "schemas" / "resources" / f"{name}.json"
    )
    return found


@functools.cache
def stateful_types() -> frozenset[str]:
    """Return the types whose resources hold what is lost with them."""
    path = data_of("cfnlint") / "AdditionalSpecs" / "StatefulResources.json"
    return frozenset(read_json(path)["ResourceTypes"])


def permissions(region: str, type_: str, operation: str) -> tuple[str, ...]:
    """Return what the registry says an operation of a type may call: more than it does call."""
    handler = schema_of(type_, region).get("handlers", {}).get(operation, {})
    return tuple(handler.get("permissions", ()))


@functools.cache
def fixed_properties(region: str, type_: str) -> frozenset[str]:
    """Return the properties of which another value means another resource."""
    paths = schema_of(type_, region).get("createOnlyProperties", [])
    return frozenset(each.split("/")[2] for each in paths)


@functools.cache
def create_only(type_: str) -> tuple[Path, ...]:
    """Return the paths of properties of which another value always means another resource."""
    return _paths(type_, "createOnlyProperties")


@functools.cache
def conditional_create_only(type_: str) -> tuple[Path, ...]:
    """Return the paths of properties of which some other values mean another resource."""
    return _paths(type_, "conditionalCreateOnlyProperties")


@functools.cache
def identifier(type_: str) -> tuple[str, ...]:
    """Return the properties that identify a resource and are given in a template, () if none are.

    Where AWS chooses the identifier it is the create-only property that names the resource, such
    as TopicName of a topic.
    """
    schema = schema_of(type_)
    chosen = {each[0] for each in _paths(type_, "readOnlyProperties") if len(each) == 1}
    primary = tuple(each[0] for each in _paths(type_, "primaryIdentifier"))
    if primary and not chosen.intersection(primary) and schema:
        return primary
    fixed = {each[0] for each in create_only(type_) if len(each) == 1}
    return tuple(each for each in sorted(fixed) if is_own_name(type_, each))


def is_own_name(type_: str, name: str) -> bool:
    """Return whether a property names the resource itself, as GroupName of a security group."""
    return name.endswith("Name") and f"{type_.rpartition('::')[2]}Name".endswith(name)


@functools.cache
def is_unique(type_: str) -> bool:
    """Return whether no two resources may have one identifier; of some names that is not known.

    Of a few the registry says that they keep CloudFormation from replacing a resource.
    """
    schema, names = schema_of(type_), identifier(type_)
    if names == tuple(each[0] for each in _paths(type_, "primaryIdentifier")):
        return bool(names)
    said = [str(schema["properties"].get(each, {}).get("description", "")) for each in names]
    return any("require replacement" in each.lower() for each in said)


@functools.cache
def is_replaced_in_place(type_: str) -> bool:
    """Return whether the old resource goes before the new one comes: both may bear a name."""
    return bool(schema_of(type_).get("replacementStrategy") == "delete_then_create")


def default_of(type_: str, name: str) -> str | None:
    """Return what a property of plain type is where it is not given; None where that is unknown."""
    schema = schema_of(type_).get("properties", {}).get(name, {})
    if schema.get("type") == "boolean":
        return str(schema.get("default", False)).lower()
    return str(schema["default"]) if "default" in schema else None


def is_set(type_: str, name: str) -> bool:
    """Return whether the order says nothing in the list that a property is."""
    schema = schema_of(type_).get("properties", {}).get(name, {})
    return bool(schema.get("insertionOrder") is False)


def _paths(type_: str, key: str) -> tuple[Path, ...]:
    """Return the paths of properties that a schema has under a key; '*' stands for any item."""
    return tuple(tuple(each.split("/")[2:]) for each in schema_of(type_).get(key, ()))


@functools.cache
def iam_services() -> dict[str, Any]:
    """Return what is known of each service's actions, in lower case, and resources."""
    found: dict[str, Any] = read_json(data_of("cfnlint") / "AdditionalSpecs" / "Policies.json")
    return found


@functools.cache
def resource_of(action: str, own: str) -> str:
    """Return the resource that IAM asks about an action: `own` if it is one of the action's.

    Else it is any of the action's first kind of resource, in the account and region of `own`.
    """
    service, _, name = action.partition(":")
    if service == "logs" and name in ON_LOG_GROUPS:
        return _in_place(LOG_GROUPS, own)
    known = iam_services().get(service, {"Actions": {}, "Resources": {}})
    kinds = known["Actions"].get(name.lower(), {}).get("Resources", [])
    formats = [arn for kind in kinds for arn in known["Resources"][kind.lower()]["ARNFormats"]]
    if any(re.fullmatch(_pattern(each), own) for each in formats):
        return own
    return _in_place(formats[0], own) if formats else ANY


def _pattern(arn: str) -> str:
    return re.sub(r"\$\{\w+\}", "[^:]*", arn)


def _in_place(arn: str, own: str) -> str:
    _, partition, _, region, account, *_ = own.split(":")
    words = {"${Partition}": partition, "${Region}": region, "${Account}": account, ".*": ANY}
    for word, other in words.items():
        arn = arn.replace(word, other)
    return arn
