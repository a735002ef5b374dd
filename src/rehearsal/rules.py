"""Holds the values of parameters to a template's own Rules, as CloudFormation does at a launch."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from rehearsal.errors import RehearsalError
from rehearsal.placeholders import placeholder
from rehearsal.resolve import Scope, holds


def obey_rules(scope: Scope, given: Collection[str]) -> Scope:
    """Return a scope whose values the rules allow.

    What a rule asks for, is empty by default and was not given becomes a placeholder: whoever
    launches the stack has to give it. Raises `RehearsalError` with the rule's own words.
    """
    asked = {
        name
        for _rule, assertion in _broken(scope)
        for name in _referred(assertion)
        if scope.values.get(name) == "" and name not in given
    }
    scope = replace(scope, values={**scope.values, **{name: placeholder(name) for name in asked}})
    for rule, assertion in _broken(scope):
        words = assertion.get("AssertDescription", "It does not hold.")
        scope.fail(assertion, f"Rules.{rule}: {words} Say --region or --param.")
    return scope


def _broken(scope: Scope) -> Iterator[tuple[str, Any]]:
    for name, rule in scope.template.section("Rules").items():
        try:
            if "RuleCondition" not in rule or holds(rule["RuleCondition"], scope):
                assertions = rule["Assertions"]
                yield from ((name, each) for each in assertions if not holds(each["Assert"], scope))
        except (KeyError, TypeError):
            raise RehearsalError(
                f"{scope.template.path}: Rules.{name}: is not written as CloudFormation wants it"
            ) from None


def _referred(node: Any) -> Iterator[str]:
    """Yield the names a part of a template refers to."""
    if isinstance(node, dict):
        yield from ([str(node["Ref"])] if "Ref" in node else [])
        yield from (name for each in node.values() for name in _referred(each))
    elif isinstance(node, list):
        yield from (name for each in node for name in _referred(each))
