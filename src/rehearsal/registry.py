"""What cfn-lint ships of CloudFormation's registry, and of which resources IAM's actions have.

Its own folder is read, never its module: that takes half a second, and prefers a newer cache of
whoever runs it.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

ANY = "*"
# Asked about on log groups, which the reference does not say.
ON_LOG_GROUPS = ("DescribeIndexPolicies", "DescribeLogGroups", "DescribeResourcePolicies")
LOG_GROUPS = "arn:${Partition}:logs:${Region}:${Account}:log-group:.*"


@functools.cache
def _data() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed; mend: make templates")
    return Path(spec.origin).parent / "data"


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@functools.cache
def _types(region: str) -> dict[str, Any]:
    """Return the file of each type of a region, {} for a region cfn-lint does not know."""
    path = _data() / "schemas" / "providers" / f"{region}.json"
    return _json(path) if path.exists() else {}


def _schema(region: str, type_: str) -> dict[str, Any]:
    """Return the schema of a type, {} of one the registry lacks in a region."""
    name = _types(region).get(type_)
    return _resource(name) if name else {}


@functools.cache
def _resource(name: str) -> dict[str, Any]:
    """Return a schema by its file; regions share most of them."""
    return _json(_data() / "schemas" / "resources" / f"{name}.json")


def permissions(region: str, type_: str, operation: str) -> tuple[str, ...]:
    """Return what the registry says an operation of a type may call: more than it does call."""
    handler = _schema(region, type_).get("handlers", {}).get(operation, {})
    return tuple(handler.get("permissions", ()))


@functools.cache
def fixed_properties(region: str, type_: str) -> frozenset[str]:
    """Return the properties of which another value means another resource."""
    paths = _schema(region, type_).get("createOnlyProperties", [])
    return frozenset(each.split("/")[2] for each in paths)


@functools.cache
def _services() -> dict[str, Any]:
    return _json(_data() / "AdditionalSpecs" / "Policies.json")


@functools.cache
def resource_of(action: str, own: str) -> str:
    """Return the resource that IAM asks about an action: `own` if it is one of the action's.

    Else it is any of the action's first kind of resource, in the account and region of `own`.
    """
    service, _, name = action.partition(":")
    if service == "logs" and name in ON_LOG_GROUPS:
        return _in_place(LOG_GROUPS, own)
    known = _services().get(service, {"Actions": {}, "Resources": {}})
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
