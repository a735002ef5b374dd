"""Says whether the policy of a function, a topic or a key lets EventBridge use it for a rule.

Not as in AWS: a statement that denies is not looked at, and a condition with any other operator
than those for equal values does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

EVENTS = "events.amazonaws.com"
EQUAL = {"ArnEquals", "ArnLike", "StringEquals", "StringLike"}


def lets(policy: Mapping[str, Any], action: str, resource: str, rule: str) -> bool:
    """Return whether a statement of a policy lets EventBridge do an action for a rule."""
    known = {"aws:sourcearn": rule, "aws:sourceaccount": rule.split(":")[4]}
    return any(
        each["Effect"] == "Allow"
        and each["Principal"] != "*"
        and EVENTS in _listed(each["Principal"].get("Service", []))
        and any(fnmatchcase(action.lower(), one.lower()) for one in _listed(each["Action"]))
        and any(fnmatchcase(resource, one) for one in _listed(each["Resource"]))
        and _holds(each.get("Condition", {}), known)
        for each in policy["Statement"]
    )


def _holds(conditions: Mapping[str, Any], known: Mapping[str, str]) -> bool:
    return all(
        operator in EQUAL
        and any(fnmatchcase(known.get(key.lower(), ""), one) for one in _listed(value))
        for operator, keys in conditions.items()
        for key, value in keys.items()
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
