"""Says which actions, on what, for whom and under which conditions, in a line that can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from aws_reference.iam_actions import LEVELS, WILDCARD, level_of, spelled
from review.diff.deltas import Delta
from review.diff.grants import Test

MOST = 100
MOST_NAMES = 8
MOST_SERVICES = 4


def reach_in_words(delta: Delta) -> str:
    """Return what is granted or denied, on what, for whom, and under which conditions."""
    if delta.kind == "trust":
        parts = [_listed(delta.principals), "may", _listed(map(spelled, sorted(delta.actions)))]
        return " ".join([*parts, *_when(delta.tests)])
    resources = [each for each in delta.resources if each]
    parts = [_actions(delta)]
    if resources:
        parts.append(f"on {_listed(resources)}")
    if delta.principals:
        parts.append(f"for {_listed(delta.principals)}")
    return " ".join([*parts, *_when(delta.tests)])


def actions_in_words(actions: Iterable[str]) -> str:
    """Return actions by access level, the highest first; of many, how many of which service."""
    by_level: dict[str, list[str]] = {}
    for each in sorted(actions):
        by_level.setdefault(level_of(each), []).append(each)
    levels = [f"{each}: {_of_level(by_level[each])}" for each in LEVELS if each in by_level]
    number = sum(map(len, by_level.values()))
    return "; ".join(levels) if number <= MOST else f"{number:,} actions, up to {levels[0]}"


def _actions(delta: Delta) -> str:
    words = actions_in_words(delta.actions)
    if not any(map(WILDCARD.search, delta.patterns)):
        return words
    return f"{', '.join(delta.patterns)} ({words})"


def _when(tests: Iterable[Test]) -> list[str]:
    """Return under which conditions, as the one text there is; nothing if there are none."""
    words = [
        f"{operator} {key} = {' or '.join(sorted(values))}"
        for operator, key, values in sorted(tests, key=lambda each: each[:2])
    ]
    return [f"when {' and '.join(words)}"] if words else []


def _of_level(actions: list[str]) -> str:
    if len(actions) <= MOST_NAMES:
        return ", ".join(map(spelled, actions))
    services = Counter(each.partition(":")[0] for each in actions).most_common()
    words = [f"{number:,} of {service}" for service, number in services[:MOST_SERVICES]]
    if rest := services[MOST_SERVICES:]:
        words.append(f"{sum(number for _, number in rest):,} of {len(rest)} more services")
    return ", ".join(words)


def _listed(texts: Iterable[str]) -> str:
    items = list(texts)
    more = f" and {len(items) - MOST_NAMES} more" if len(items) > MOST_NAMES else ""
    return ", ".join(items[:MOST_NAMES]) + more
