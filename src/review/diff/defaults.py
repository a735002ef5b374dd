"""What another default of a parameter does to stacks that run: nothing, unless nobody says so.

A stack keeps the value it has if whoever updates it says UsePreviousValue, as `aws cloudformation
deploy` does. UpdateStack called without the parameter takes the new default.
"""

from __future__ import annotations

from collections.abc import Iterator

from review.diff.change import Bump, Change, Section
from review.diff.effects import Common, written
from review.diff.pair import Pair
from review.diff.references import references
from review.diff.replacement import Effect, effect_at
from template_reader.nodes import mapping
from template_reader.values import is_secret


def by_defaults(pair: Pair, each: Common) -> Iterator[Change]:
    """Yield whether another default may replace a resource."""
    for name in sorted({one.target for one in references(each.before)}):
        before, after = map(mapping, pair.parts("Parameters", name))
        defaults = [str(one.get("Default", "")) for one in (before, after)]
        if before and after and defaults[0] != defaults[1]:
            found = [one for one in references(each.after) if one.target == name]
            fixed = [one for one in found if effect_at(each.type, one.path) is Effect.REPLACE]
            if fixed:
                values = ["", ""] if is_secret(before) or is_secret(after) else defaults
                yield _may_replace(each, name, written(fixed[0].path), values)


def _may_replace(each: Common, name: str, property: str, values: list[str]) -> Change:
    why = f"only where UpdateStack is called without {name}: then {property} is the new default"
    verdict = (Bump.MINOR, False, property, values[0], values[1], why)
    return Change(Section.STACKS, "may replace", each.logical_id, *verdict)
