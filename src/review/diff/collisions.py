"""Physical names that two resources would bear at once, which AWS refuses.

CloudFormation makes the new resource before it deletes the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_reference.registry import identifier, is_replaced_in_place, is_unique
from review.diff.meaning import shown
from review.diff.references import references
from review.diff.replacement import schema_type
from review.scenarios import conditions_of


def is_unique_name(type_: str) -> bool:
    """Return whether it is known that no two resources of a type may be called the same."""
    return is_unique(schema_type(type_))


def name_taken(
    type_: str, before: Mapping[str, Any], after: Mapping[str, Any], gone: Mapping[str, Any]
) -> str:
    """Return what two resources of a type would both be called, '' if nothing.

    `before` and `after` mean their properties; what refers to a resource that is `gone` changes
    with it.
    """
    kind = schema_type(type_)
    names = identifier(kind)
    if not names or is_replaced_in_place(kind):
        return ""
    is_same = all(each in before and before[each] == after.get(each) for each in names)
    given = {each: before.get(each) for each in names}
    is_known = not any(conditions_of(given))
    if not (is_same and is_known) or any(each.target in gone for each in references(given)):
        return ""
    return " and ".join(f"{name} {shown(value)}" for name, value in given.items())
