"""The two versions of a template, side by side, as a running stack meets them.

A stack that runs keeps the values of its parameters, and a parameter that is new has its default.
So what stands in the new version is read with those defaults.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.diff.meaning import Definition, Side, meaning, rejoined, side_of
from review.diff.tree import ABSENT
from review.scenarios import (
    NO_VALUE,
    TooManyScenariosError,
    conditions_of,
    resolve,
    scenarios,
)
from template_reader.file import Template
from template_reader.nodes import mapping
from template_reader.values import is_secret

Outcome = tuple[Any, Any]
LISTS = ("CommaDelimitedList", "List<")
LOOKED_UP = "AWS::SSM::"
# More of them have hundreds of outcomes, each of which takes its time.
MOST_CONDITIONS = 8


@dataclass(frozen=True)
class Pair:
    """Both versions of a template."""

    before: Side
    after: Side

    def names(self, section: str) -> list[str]:
        """Return the names in a section of either version, in their order."""
        both = {**self.before.section(section), **self.after.section(section)}
        return [str(each) for each in both]

    def parts(self, section: str, name: str) -> Outcome:
        """Return what stands under a name in both versions; ABSENT where nothing does."""
        return (
            self.before.section(section).get(name, ABSENT),
            self.after.section(section).get(name, ABSENT),
        )

    def meanings(self, before: Any, after: Any) -> Outcome:
        """Return what two parts mean; ABSENT stays."""
        return (
            ABSENT if before is ABSENT else meaning(self.before, before),
            ABSENT if after is ABSENT else meaning(self.after, after),
        )

    def outcomes(self, before: Any, after: Any) -> list[Outcome]:
        """Return what two meanings come to together, in every way the conditions can come out.

        ABSENT stands where nothing is left. Where they ask about too many conditions to try them
        all, they stay as they are.
        """
        both = {"before": before, "after": after}
        node = {key: each for key, each in both.items() if each is not ABSENT}
        asked = set(conditions_of(node))
        if len(asked) > MOST_CONDITIONS:
            return [(before, after)]
        document = {
            "Parameters": {**self.after.section("Parameters"), **self.before.section("Parameters")},
            "Conditions": {
                each: json.loads(each) for each in asked if isinstance(each, Definition)
            },
        }
        try:
            ways = scenarios(document, node) if asked else ()
            found = [rejoined(resolve(node, each)) for each in ways] or [node]
        except TooManyScenariosError:
            found = [node]
        each_once = {json.dumps(each, sort_keys=True): each for each in found}.values()
        return [(each.get("before", ABSENT), each.get("after", ABSENT)) for each in each_once]


def pair_of(before: Template, after: Template) -> Pair:
    """Return two versions of a template side by side."""
    old, new = side_of(before.document), side_of(after.document)
    return Pair(old, side_of(after.document, dict(_given(old, new))))


def when(condition: Any, node: Any) -> Any:
    """Return a node that is there only under a condition, if there is one."""
    return {"Fn::If": [condition, node, NO_VALUE]} if isinstance(condition, str) else node


def _given(before: Side, after: Side) -> Iterator[tuple[str, Any]]:
    known = before.section("Parameters")
    for name, node in after.section("Parameters").items():
        parameter = mapping(node)
        default, type_ = parameter.get("Default"), str(parameter.get("Type", ""))
        is_text = default is not None and not isinstance(default, Mapping | list)
        is_open = not (type_.startswith(LOOKED_UP) or is_secret(parameter))
        if name not in known and is_text and is_open:
            yield str(name), _value(meaning(after, default), type_)


def _value(text: str, type_: str) -> Any:
    return [each.strip() for each in text.split(",")] if type_.startswith(LISTS) else text
