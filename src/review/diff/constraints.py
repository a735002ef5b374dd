"""Whether a parameter takes fewer values than it did, or more."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from template_reader.values import PATTERN, complaint

VALUES = "AllowedValues"
FLOORS = ("MinLength", "MinValue")
CEILINGS = ("MaxLength", "MaxValue")


class Reach(IntEnum):
    """What became of the values a parameter takes, the best first."""

    WIDER = 0
    UNCLEAR = 1
    NARROWER = 2


@dataclass(frozen=True)
class Turn:
    """What became of one constraint, and why it is so; `before` and `after` are '' for none."""

    reach: Reach
    key: str
    before: str
    after: str
    why: str


def turns(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Turn]:
    """Yield what became of each constraint that differs."""
    for key in (VALUES, PATTERN, *FLOORS, *CEILINGS):
        one, other = before.get(key), after.get(key)
        if str(one) == str(other) or (key == VALUES and set(_listed(one)) == set(_listed(other))):
            continue
        if key == VALUES:
            yield _of_values(one, other)
        elif key == PATTERN:
            yield _of_pattern(before, after)
        else:
            yield _of_bound(key, one, other)


def is_refused(parameter: Mapping[Any, Any], value: str) -> bool:
    """Return whether a parameter refuses a value, False where that cannot be known."""
    with warnings.catch_warnings():
        # A pattern of CloudFormation's is Java's, and Python warns of what may be another in it.
        warnings.simplefilter("ignore")
        try:
            return bool(complaint({"Type": "String", **parameter}, value))
        except (AttributeError, TypeError, ValueError):
            return False


def _of_values(one: Any, other: Any) -> Turn:
    before, after = (
        list(map(str, each)) if isinstance(each, list) else [] for each in (one, other)
    )
    gone = [each for each in before if each not in after]
    come = [each for each in after if each not in before]
    if after and (gone or not before):
        words = f"no longer takes {', '.join(gone)}" if gone else "takes no other values any more"
        return Turn(Reach.NARROWER, VALUES, ", ".join(gone), ", ".join(come), words)
    words = f"takes {', '.join(come)}, too" if after else "takes any value"
    return Turn(Reach.WIDER, VALUES, "", ", ".join(come), words)


def _of_pattern(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Turn:
    one, other = (str(each.get(PATTERN, "")) for each in (before, after))
    if not other:
        return Turn(Reach.WIDER, PATTERN, one, other, "needs to match nothing any more")
    if not one:
        return Turn(Reach.NARROWER, PATTERN, one, other, "has to match a pattern now")
    refused = [each for each in _taken(before) if is_refused({PATTERN: other}, each)]
    if refused:
        words = f"no longer takes {', '.join(refused)}"
        return Turn(Reach.NARROWER, PATTERN, one, other, words)
    return Turn(Reach.UNCLEAR, PATTERN, one, other, "may be narrower: the pattern is another")


def _taken(parameter: Mapping[Any, Any]) -> list[str]:
    """Return values that are known to have been taken."""
    default = [str(parameter["Default"])] if "Default" in parameter else []
    known = dict.fromkeys([*default, *_listed(parameter.get(VALUES))])
    return [each for each in known if not is_refused(parameter, each)]


def _listed(node: Any) -> list[str]:
    return list(map(str, node)) if isinstance(node, list) else []


def _of_bound(key: str, one: Any, other: Any) -> Turn:
    before, after = ("" if each is None else str(each) for each in (one, other))
    if not after:
        return Turn(Reach.WIDER, key, before, after, "has a bound less")
    if not before:
        return Turn(Reach.NARROWER, key, before, after, f"has a {key} now")
    try:
        is_more = float(after) > float(before)
    except ValueError:
        return Turn(Reach.UNCLEAR, key, before, after, f"may be narrower: {key} is another")
    narrower = is_more == (key in FLOORS)
    words = f"takes {'fewer' if narrower else 'more'} values: {key} is another"
    return Turn(Reach.NARROWER if narrower else Reach.WIDER, key, before, after, words)
