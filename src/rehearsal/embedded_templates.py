"""Reads what CloudFormation reads in a template and MiniStack does not: functions of rules in YAML.

MiniStack evaluates Fn::Contains and its like in the rules of a template, but does not know their
short forms. A text is read once, however many stacks are made of it: reading takes longer than
making most of them.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers

FUNCTIONS = ("Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll")
KEPT = 32  # templates


def install() -> None:
    """Put into MiniStack what stands here."""
    for name in FUNCTIONS:
        engine.CfnLoader.add_constructor(f"!{name}", engine._construct_cfn_tag(f"Fn::{name}"))
    read = _reading_once(engine._parse_template)
    for module in (engine, handlers, changesets):
        module._parse_template = read


def _reading_once(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what reads a text once, and gives whoever asks a copy, as it may be changed."""

    @functools.lru_cache(KEPT)
    def packed(text: str) -> bytes:
        return pickle.dumps(read(text))

    return lambda text: pickle.loads(packed(text))  # noqa: S301 - what was packed here
