"""Follows Fn::If: the list items that a launch chooses from, and under which conditions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from picture.words import NO_VALUE, Words, clean, either, scalar
from template_reader.nodes import function_of

MOST_BRANCHES = 50
MOST_ITEMS = 2000
OPERANDS = 3


@dataclass(frozen=True)
class Branch:
    """One of the values a launch chooses from; `when` are the conditions that lead to it."""

    node: Any
    when: tuple[str, ...] = ()


def items(node: Any) -> Iterator[tuple[Branch, ...]]:
    """Yield the places of a list, each with the values it may hold."""
    found = (
        tuple(branches(item, branch.when))
        for branch in branches(node)
        if isinstance(branch.node, list)
        for item in branch.node
    )
    return itertools.islice(found, MOST_ITEMS)


def branches(node: Any, when: tuple[str, ...] = ()) -> Iterator[Branch]:
    """Yield the values a node may be; its node is None where there is to be no value."""
    return itertools.islice(_branches(node, when), MOST_BRANCHES)


def choice(node: Any, words: Words) -> str:
    """Return words for a value; a choice where a launch chooses from several."""
    return either(words.of(each.node) for each in branches(node))


def in_words(when: Sequence[str]) -> str:
    """Return conditions as words, '' for none."""
    return f"only if {' and '.join(when)}" if when else ""


def _branches(node: Any, when: tuple[str, ...]) -> Iterator[Branch]:
    name, operand = function_of(node) or ("", None)
    if name == "Fn::If" and isinstance(operand, list) and len(operand) == OPERANDS:
        condition = clean(scalar(operand[0])) or "a condition"
        yield from _branches(operand[1], (*when, condition))
        yield from _branches(operand[2], (*when, f"not {condition}"))
    else:
        yield Branch(None if node == NO_VALUE else node, when)
