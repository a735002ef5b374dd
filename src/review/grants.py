"""What a statement of a policy grants, to whom, and what narrows it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.spelling import spellings
from review.statements import Statement, alternatives
from template_reader.nodes import function_of

EVERY_ACTION = re.compile(r"\*+(:\*+)?")
EVERY_RESOURCE = re.compile(r"\*+|arn:(\*+|aws[a-z-]*|\$\{AWS::Partition\})(:\*+){1,4}")
# Operators that hold for whoever lacks the key, or for everyone but some.
LOOSE = re.compile(r"(?i)forallvalues:|.*ifexists$|.*not|null$")


@dataclass(frozen=True)
class Principal:
    """One that a statement speaks of: its kind, AWS or Service, and under which conditions."""

    kind: str
    node: Any
    condition: tuple[str, ...]


def principals(statement: Statement) -> Iterator[Principal]:
    """Yield whom a statement speaks of; a bare text is of kind AWS."""
    for who, condition in alternatives(statement.node.get("Principal"), statement.condition):
        if isinstance(who, str):
            yield Principal("AWS", who, condition)
        elif isinstance(who, Mapping) and not function_of(who):
            for kind, listed in who.items():
                for each, its in alternatives(listed, condition):
                    yield Principal(str(kind), each, its)


def grants_identity(statement: Statement) -> bool:
    """Return whether a statement gives whoever holds it something: it names no principal."""
    names_one = "Principal" in statement.node or "NotPrincipal" in statement.node
    return statement.allows and statement.kind != "trust" and not names_one


def actions(statement: Statement, key: str = "Action") -> tuple[str, ...]:
    """Return the actions a statement names, those written as texts."""
    return tuple(each for each in statement.listed(key) if isinstance(each, str))


def is_on_everything(statement: Statement) -> bool:
    """Return whether any resource is meant, whatever it is: '*', or everything but some."""
    found = (text for each in statement.listed("Resource") for text in spellings({}, each))
    return "NotResource" in statement.node or any(map(EVERY_RESOURCE.fullmatch, found))


def matches(pattern: str, action: str) -> bool:
    """Return whether an action is one that a pattern of IAM's means."""
    wanted = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(wanted, action, re.IGNORECASE) is not None


def is_narrowed(statement: Statement, keys: Collection[str], but: str = "*") -> bool:
    """Return whether a condition on one of some keys, in lower case, must hold; '*' ends a prefix.

    A condition that cannot be read is taken to narrow, and a value that is all `but` not to.
    """
    condition = statement.node.get("Condition")
    return condition is not None and any(
        key is None or any(matches(each, key) for each in keys)
        for key in _keys_that_hold(condition, but)
    )


def _keys_that_hold(condition: Any, but: str) -> Iterator[str | None]:
    """Yield the keys somebody must have with some value; None for what cannot be read."""
    for written, _ in alternatives(condition):
        if not isinstance(written, Mapping) or function_of(written):
            yield None
            continue
        for operator, tests in written.items():
            for test, _ in alternatives(tests):
                if not isinstance(test, Mapping) or function_of(test):
                    yield None
                elif not LOOSE.match(str(operator)):
                    yield from (str(key).lower() for key, value in test.items() if value != but)
