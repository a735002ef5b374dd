"""What stands, in braces, where a value is known only once the stack is launched."""

from __future__ import annotations

import re
from typing import Any

ARN_PARTS = {1: "partition", 2: "service", 3: "region", 4: "account"}
PLACEHOLDER = re.compile(r'(?<![#${])\{[^{}"]+\}')


def placeholder(words: str) -> str:
    """Return what stands for a value: {/US/Dev/CodeBuildRole}, {Role.Arn}."""
    return f"{{{words}}}"


def is_placeholder(value: Any) -> bool:
    """Return whether a value is nothing but a placeholder."""
    return isinstance(value, str) and PLACEHOLDER.fullmatch(value) is not None


def part_of(unknown: str, separator: str, index: int) -> str:
    """Return what stands for one part of an unknown text; parts of ARNs are called by name."""
    part = ARN_PARTS.get(index) if separator == ":" else None
    return placeholder(f"{part or f'part {index + 1}'} of {unknown[1:-1]}")


def account_of(arn: str) -> str:
    """Return the account an ARN names, or what stands for it."""
    parts = arn.split(":")
    if len(parts) > max(ARN_PARTS):
        return parts[4]
    return part_of(arn, ":", 4) if is_placeholder(arn) else ""


def found_in(text: str) -> set[str]:
    """Return every placeholder of a text."""
    return set(PLACEHOLDER.findall(text))
