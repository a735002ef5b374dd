"""Findings of the security scanners that are accepted, each with the sentence that says why.

A waiver stands in the metadata of the one resource it is for, where scanner and reader find it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CHECKOV = "CKV"


@dataclass(frozen=True)
class Waiver:
    """Rules, of either scanner, that find one and the same thing, and why that thing is wanted."""

    rules: tuple[str, ...]
    reason: str


def waive(*waivers: Waiver) -> dict[str, object]:
    """Return the metadata of a resource in the form cfn_nag and checkov read."""
    checkov = [
        {"id": rule, "comment": each.reason} for each, rule in _rules(waivers, of_checkov=True)
    ]
    cfn_nag = [
        {"id": rule, "reason": each.reason} for each, rule in _rules(waivers, of_checkov=False)
    ]
    return {
        **({"checkov": {"skip": checkov}} if checkov else {}),
        **({"cfn_nag": {"rules_to_suppress": cfn_nag}} if cfn_nag else {}),
    }


def _rules(waivers: Sequence[Waiver], of_checkov: bool) -> list[tuple[Waiver, str]]:
    return [
        (each, rule)
        for each in waivers
        for rule in each.rules
        if rule.startswith(CHECKOV) is of_checkov
    ]
