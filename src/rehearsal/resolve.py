"""Resolves a template's intrinsic functions as CloudFormation would at a place, for given values.

What only a launch can tell, such as a role's unique name, becomes a readable placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from refusals import nearest
from rehearsal.errors import RehearsalError
from rehearsal.parameters import Value
from rehearsal.place import NO_VALUE, Place
from rehearsal.placeholders import is_placeholder, part_of, placeholder
from template_reader.file import Template

SUBSTITUTED = re.compile(r"\$\{(!?)([^}]+)\}")
CALLED_BY = {
    "AWS::CodeBuild::Project": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SSM::Parameter": "Name",
}
CIRCLE = "refers to itself, directly or through others; break the circle"
MISWRITTEN = (ValueError, TypeError, IndexError, KeyError, AttributeError)


@dataclass(frozen=True)
class Scope:
    """All that a template's functions may ask for."""

    template: Template
    place: Place
    values: Mapping[str, Value]
    line: int = 0

    def at(self, node: Any) -> Scope:
        """Return this scope, at the line a node stands in if its file told."""
        mark = getattr(node, "start_mark", None)
        return replace(self, line=mark.line + 1) if mark else self

    def fail(self, node: Any, words: str) -> NoReturn:
        line = self.at(node).line
        raise RehearsalError(f"{self.template.path}{f':{line}' if line else ''}: {words}")


def resolve(node: Any, scope: Scope) -> Any:
    """Return a part of a template with every function resolved. Raise `RehearsalError`."""
    try:
        return _resolve(node, scope)
    except RecursionError:
        scope.fail(node, CIRCLE)


def holds(condition: Any, scope: Scope) -> bool:
    """Return whether a condition holds: its name, or functions. Raise `RehearsalError`."""
    try:
        return _holds(condition, scope)
    except RecursionError:
        scope.fail(condition, CIRCLE)
    except MISWRITTEN:
        scope.fail(condition, "the condition is not written as CloudFormation wants it; look it up")


def _holds(condition: Any, scope: Scope) -> bool:
    if isinstance(condition, str):
        conditions = scope.template.section("Conditions")
        if condition not in conditions:
            near = nearest(condition, conditions)
            scope.fail(condition, f"there is no condition {condition}{near}; declare it")
        return _holds(conditions[condition], scope)
    name, operands = _function(condition) or ("", None)
    if name == "Condition":
        return _holds(operands, scope)
    if name not in CONDITIONS or not isinstance(operands, list):
        known = ", ".join(CONDITIONS)
        scope.fail(condition, f"{name or 'this'} is no condition that is known here; use {known}")
    return CONDITIONS[name](operands, scope)


def _resolve(node: Any, scope: Scope) -> Any:
    if called := _function(node):
        name, operand = called
        if name not in FUNCTIONS:
            scope.fail(node, f"{name} is not resolved here; write it without that function")
        try:
            return FUNCTIONS[name](operand, scope.at(node))
        except MISWRITTEN:
            scope.fail(node, f"{name} is not written as CloudFormation wants it; look it up there")
    if isinstance(node, Mapping):
        pairs = ((str(key), _resolve(each, scope)) for key, each in node.items())
        return {key: value for key, value in pairs if value is not NO_VALUE}
    if isinstance(node, list):
        return [value for each in node if (value := _resolve(each, scope)) is not NO_VALUE]
    return str(node) if isinstance(node, str) else node


def _function(node: Any) -> tuple[str, Any] | None:
    """Return the function a node is, and its operand."""
    if isinstance(node, Mapping) and len(node) == 1:
        ((name, operand),) = node.items()
        if name in {"Ref", "Condition"} and isinstance(operand, str):
            return str(name), operand
        if str(name).startswith("Fn::"):
            return str(name), operand
    return None


def _ref(name: str, scope: Scope) -> Any:
    pseudo = scope.place.pseudo_parameters
    if name in pseudo:
        return pseudo[name]
    if name in scope.values:
        return scope.values[name]
    resource = _resource(name, scope)
    properties = resource.get("Properties", {})
    own_name = properties.get(CALLED_BY.get(str(resource.get("Type"))))
    return _resolve(own_name, scope) if own_name else placeholder(name)


def _resource(name: str, scope: Scope) -> Mapping[str, Any]:
    """Return a resource that is made under these values."""
    resources = scope.template.section("Resources")
    if name not in resources:
        known = {*scope.values, *resources}
        scope.fail(name, f"nothing is called {name}{nearest(name, known)}; mend the name")
    resource: Mapping[str, Any] = resources[name]
    if "Condition" in resource and not _holds(resource["Condition"], scope):
        what = f"{name} is needed and not made: its condition {resource['Condition']} does not hold"
        scope.fail(name, f"{what}; refer to it under that condition only")
    return resource


def _get_att(operand: Any, scope: Scope) -> str:
    parts = operand.split(".", 1) if isinstance(operand, str) else list(operand)
    name, attribute = parts[0], _text(parts[1], scope)
    if _resource(name, scope).get("Type") == "AWS::IAM::Role" and attribute == "Arn":
        place = scope.place
        return f"arn:{place.partition}:iam::{place.account}:role/{_ref(name, scope)}"
    return placeholder(f"{name}.{attribute}")


def _sub(operand: Any, scope: Scope) -> str:
    text, own = (operand, {}) if isinstance(operand, str) else operand

    def put(found: re.Match[str]) -> str:
        literal, name = found.groups()
        if literal:
            return f"${{{name}}}"
        if name in own:
            return _text(own[name], scope)
        is_attribute = "." in name and name not in scope.values
        return _text({"Fn::GetAtt" if is_attribute else "Ref": name}, scope)

    return SUBSTITUTED.sub(put, text)


def _if(operand: Any, scope: Scope) -> Any:
    condition, then, otherwise = operand
    return _resolve(then if _holds(condition, scope) else otherwise, scope)


def _join(operand: Any, scope: Scope) -> str:
    separator, items = operand
    return str(separator).join(_text(each, scope) for each in _resolve(items, scope))


def _split(operand: Any, scope: Scope) -> list[str]:
    separator, text = operand
    return _text(text, scope).split(separator)


def _select(operand: Any, scope: Scope) -> Any:
    index, items = int(_text(operand[0], scope)), operand[1]
    if (called := _function(items)) and called[0] == "Fn::Split":
        separator, text = called[1]
        if is_placeholder(unknown := _text(text, scope)):
            return part_of(unknown, str(separator), index)
    return _resolve(items, scope)[index]


def _find_in_map(operand: Any, scope: Scope) -> Any:
    name, first, second = (_text(each, scope) for each in operand[:3])
    found = scope.template.section("Mappings").get(name, {}).get(first, {}).get(second)
    if found is None and len(operand) > len((name, first, second)):
        found = operand[3]["DefaultValue"]
    if found is None:
        scope.fail(operand, f"Mappings.{name}.{first}.{second} is not there; add it")
    return _resolve(found, scope)


def _import(operand: Any, scope: Scope) -> str:
    return placeholder(f"export {_text(operand, scope)}")


def _text(node: Any, scope: Scope) -> str:
    """Return what must be a text. Raise `TypeError` if it is none."""
    value = _resolve(node, scope)
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise TypeError
    return str(value)


def _equals(operands: list[Any], scope: Scope) -> bool:
    one, other = (_resolve(each, scope) for each in operands)
    return str(one) == str(other)


def _contains(operands: list[Any], scope: Scope) -> bool:
    return _resolve(operands[1], scope) in _resolve(operands[0], scope)


def _each_member_in(operands: list[Any], scope: Scope) -> bool:
    return set(_resolve(operands[0], scope)) <= set(_resolve(operands[1], scope))


FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "Ref": _ref,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
}
CONDITIONS: Mapping[str, Callable[[list[Any], Scope], bool]] = {
    "Fn::Equals": _equals,
    "Fn::Not": lambda operands, scope: not _holds(operands[0], scope),
    "Fn::And": lambda operands, scope: all(_holds(each, scope) for each in operands),
    "Fn::Or": lambda operands, scope: any(_holds(each, scope) for each in operands),
    "Fn::Contains": _contains,
    "Fn::EachMemberIn": _each_member_in,
}
