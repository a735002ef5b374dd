"""What a statement grants or denies, an action pattern and a resource at a time; what covers it.

Resources and principals are compared as they are written: what a parameter holds is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aws_reference.iam_actions import as_pattern, every_action, matching
from review.diff.spelling import text_of, texts_of
from review.statements import Kind, Statement

ALLOW = "Allow"
PARTITION = "arn:${AWS::Partition}:"
ROOT = ":root"
ANYONE = "*"
# An operator, the key it compares, and the values.
Test = tuple[str, str, frozenset[str]]


@dataclass(frozen=True)
class Names:
    """A pattern; or all but what several patterns match."""

    patterns: tuple[str, ...]
    is_all_but: bool = False

    def __str__(self) -> str:
        return f"all but {', '.join(self.patterns)}" if self.is_all_but else self.patterns[0]

    def covers(self, other: Names) -> bool:
        """Return whether everything the other names is surely named here, too."""
        if self.is_all_but:
            return other.is_all_but and set(self.patterns) <= set(other.patterns)
        return self.patterns[0] == ANYONE or _matches(self, other)


@dataclass(frozen=True)
class Grant:
    """What is granted or denied; `principal` is None in a policy of the principal's own.

    `under` names the conditions of an Fn::If round it that is not resolved.
    """

    kind: Kind
    effect: str
    principal: Names | None
    action: Names
    resource: Names
    tests: frozenset[Test]
    under: frozenset[str] = frozenset()
    sid: str = field(default="", compare=False)

    @property
    def reach(self) -> frozenset[str]:
        """The actions that are meant, in lower case."""
        found = frozenset[str]().union(*map(matching, self.action.patterns))
        return every_action() - found if self.action.is_all_but else found

    def is_within(self, other: Grant, tests: bool = True) -> bool:
        """Return whether, its actions apart, the other surely reaches as far; or but for tests."""
        if (self.kind, self.effect) != (other.kind, other.effect) or not other.under <= self.under:
            return False
        if self.principal and other.principal and not other.principal.covers(self.principal):
            return False
        return other.resource.covers(self.resource) and (
            not tests or are_stricter(self.tests, other.tests)
        )


def grants_of(statement: Statement) -> Iterator[Grant]:
    """Yield what a statement says, whose conditions are resolved; nothing if it is none."""
    node = statement.node
    effect, sid = node.get("Effect"), node.get("Sid")
    if not isinstance(effect, str):
        return
    for principal in _principals(node) if statement.kind != "identity" else (None,):
        for action in _names(node, "Action"):
            for resource in _names(node, "Resource") or [Names(("",))]:
                yield Grant(
                    *(statement.kind, effect, principal, action, resource),
                    tests=frozenset(tests_of(node.get("Condition"))),
                    under=frozenset(statement.condition),
                    sid=sid if isinstance(sid, str) else "",
                )


def tests_of(condition: Any) -> Iterator[Test]:
    """Yield the tests of a condition block; all of them must hold."""
    if isinstance(condition, Mapping):
        for operator, block in condition.items():
            for key, values in block.items() if isinstance(block, Mapping) else [("", block)]:
                yield str(operator), str(key), frozenset(texts_of(values))


def beyond(grant: Grant, others: Iterable[Grant], tests: bool = True) -> frozenset[str]:
    """Return the actions of a grant that none of the others reaches."""
    near = [each for each in others if grant.is_within(each, tests)]
    if any(each.action == grant.action for each in near):
        return frozenset()
    return grant.reach.difference(*(each.reach for each in near))


def neutral(text: str) -> str:
    """Return a text with the partition as 'aws', in which it most often is written out."""
    return text.replace(PARTITION, "arn:aws:")


def are_stricter(tests: Iterable[Test], others: Iterable[Test]) -> bool:
    """Return whether what passes some tests surely passes others, too."""
    own = list(tests)
    return all(any(_is_stricter(each, test) for each in own) for test in others)


def _is_stricter(one: Test, other: Test) -> bool:
    (operator, key, values), (other_operator, other_key, others) = one, other
    if (operator, key.lower()) != (other_operator, other_key.lower()):
        return False
    return values >= others if "Not" in operator else values <= others


def _names(node: Mapping[str, Any], key: str) -> list[Names]:
    """Return what stands under Action or NotAction, or another key of the kind."""
    if texts := texts_of(node.get(f"Not{key}")):
        return [Names(tuple(sorted(map(neutral, texts))), is_all_but=True)]
    return [Names((neutral(each),)) for each in texts_of(node.get(key))]


def _principals(node: Mapping[str, Any]) -> list[Names]:
    if other := _named(node.get("NotPrincipal")):
        return [Names(tuple(sorted(other)), is_all_but=True)]
    return [Names((each,)) for each in _named(node.get("Principal"))]


def _named(principal: Any) -> list[str]:
    """Return principals by kind and name, as 'Service codepipeline.amazonaws.com'."""
    if not isinstance(principal, Mapping) or "Ref" in principal or "Fn::Sub" in principal:
        return [text_of(principal)] if principal else []
    return [
        _usual(f"{kind} {neutral(each)}")
        for kind, names in principal.items()
        for each in texts_of(names)
    ]


def _usual(principal: str) -> str:
    """Return an account's id as the ARN of its root, and AWS * as *, which mean the same."""
    name = principal.removeprefix("AWS ")
    if name == ANYONE:
        return ANYONE
    is_account = name == "${AWS::AccountId}" or (name.isdecimal() and len(name) == len("1" * 12))
    return f"AWS arn:aws:iam::{name}{ROOT}" if is_account and name != principal else principal


@cache
def _matches(one: Names, other: Names) -> bool:
    (pattern,), text = one.patterns, other.patterns[0]
    if other.is_all_but:
        return False
    if pattern.startswith("AWS ") and pattern.endswith(ROOT):
        return text == pattern or text.startswith(pattern.removesuffix("root"))
    return pattern == text or bool(as_pattern(pattern).fullmatch(text))
