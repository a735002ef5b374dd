"""Topologies for tests: a valid one as a value, changed copies of it, and the TOML of either."""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Sequence
from typing import Any

REMOVED = object()
VALID: dict[str, Any] = {
    "pipeline": "multi-region",
    "description": "Orders, everywhere.",
    "home": "us-east-1",
    "sources": ["CodeCommit", "S3"],
    "artifact_stores": "asked",
    "stage": [
        {"name": "Test", "target": [{"region": "us-east-2", "parameter": "OtherRegion1"}]},
        {
            "name": "Live",
            "target": [
                {"region": "us-east-1"},
                {"region": "us-east-2", "parameter": "OtherRegion1"},
                {"region": "eu-west-1"},
            ],
        },
    ],
}


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """Return `VALID` with other values at places named as errors name them: 'stage[1].name'."""
    topology = copy.deepcopy(VALID)
    for place, value in changes.items():
        *way, last = [
            int(key) - 1 if key.isdigit() else key for key in re.findall(r"[^][.]+", place)
        ]
        holder: Any = topology
        for key in way:
            holder = holder[key]
        if value is REMOVED:
            del holder[last]
        else:
            holder[last] = value
    return topology


def stages(*many: Sequence[str]) -> list[dict[str, Any]]:
    """Return one stage for each list of regions, named Stage1, Stage2 …"""
    return [
        {"name": f"Stage{at}", "target": [{"region": region} for region in regions]}
        for at, regions in enumerate(many, start=1)
    ]


def toml(topology: dict[str, Any]) -> str:
    """Return the TOML text of a topology, one top-level key a line."""
    return "".join(f"{_key(key)} = {_inline(value)}\n" for key, value in topology.items())


def _inline(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
        case list():
            return f"[{', '.join(map(_inline, value))}]"
        case dict():
            pairs = (f"{_key(key)} = {_inline(each)}" for key, each in value.items())
            return f"{{{', '.join(pairs)}}}"
        case datetime.date() | datetime.time():
            return value.isoformat()
    return str(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    escaped = (
        each if each.isprintable() and each not in '"\\' else f"\\U{ord(each):08x}" for each in text
    )
    return f'"{"".join(escaped)}"'
