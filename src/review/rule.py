"""What a rule is, and how one is written: a function, told of with `@rule` and found by discovery.

    @rule(
        judges=Resource,
        id="MR101",
        sentence="A log group says for how long it keeps what it is sent.",
        mend="add RetentionInDays",
        reason="Without it CloudWatch Logs keeps everything for ever, and bills for it.",
        passes="Logs: {Properties: {RetentionInDays: 30}}",
        fails="Logs: {Properties: {RetentionInDays: null}}",
    )
    def log_group_without_retention(group: Resource) -> Iterator[Found]: ...

The two cases are laid over the resources of an otherwise good template (tests/review/good.yaml),
or over the template if they name its sections: mappings are merged, lists paired by Name, Sid,
Region, Key or Id, and null takes a key away.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from review import rules
from review.finding import Level

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Found:
    """What is wrong with a subject: in words, and the line or the part of the template it is in.

    `mend` is '' where the rule's own will do.
    """

    node: Any
    words: str
    mend: str = ""


@dataclass(frozen=True)
class Rule:
    """A rule; `judges` is the type of what `find` is given, `source` where AWS says so."""

    id: str
    sentence: str
    mend: str
    reason: str
    passes: str
    fails: str
    judges: type[Any]
    find: Callable[[Any], Iterator[Found]]
    level: Level
    source: str


def rule(  # noqa: PLR0913 - each is said by its name
    *,
    judges: type[Subject],
    id: str,
    sentence: str,
    mend: str,
    reason: str,
    passes: str,
    fails: str,
    level: Level = "error",
    source: str = "",
) -> Callable[[Callable[[Subject], Iterator[Found]]], Rule]:
    """Make a rule of the function below."""

    def made(find: Callable[[Subject], Iterator[Found]]) -> Rule:
        return Rule(id, sentence, mend, reason, passes, fails, judges, find, level, source)

    return made


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule there is in `review.rules`, by id."""
    names = [each.name for each in pkgutil.iter_modules(rules.__path__)]
    modules = [importlib.import_module(f"{rules.__name__}.{each}") for each in names]
    found = [each for module in modules for each in vars(module).values() if isinstance(each, Rule)]
    return tuple(sorted(found, key=lambda each: each.id))
