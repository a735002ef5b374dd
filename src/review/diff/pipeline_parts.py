"""The stages and actions of a pipeline as a comparison needs them, and which are the same in two.

What is not written as CodePipeline wants it is left out; other checks find that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from review.diff.spelling import plain, text_of
from template_reader.nodes import below

Part = TypeVar("Part")
OWN_REGION = "${AWS::Region}"
OWN_ACCOUNT = "${AWS::AccountId}"
ACCOUNT = re.compile(r"arn:(?:\$\{[^}]*\}|[^:$])+:iam::((?:\$\{[^}]*\}|[^:$])+):")
KIND = ("Category", "Provider")
SOURCE, APPROVAL, DEPLOY = "Source", "Approval", "Deploy"


@dataclass(frozen=True)
class Action:
    """An action. `stage` and `run_order` are numbers; `node` is the action as it is written."""

    stage: int
    stage_name: str
    name: str
    category: str
    provider: str
    run_order: int
    node: Mapping[str, Any] = field(compare=False)

    @property
    def place(self) -> str:
        """Where in the pipeline it stands."""
        return f"{self.stage_name}.{self.name}"

    @property
    def acts(self) -> bool:
        """Whether it does something to what it is given, or with it."""
        return self.category not in ("", SOURCE, APPROVAL)

    @property
    def region(self) -> str:
        """The region it acts in, the pipeline's own where it names none."""
        return text_of(self.node["Region"]) if "Region" in self.node else OWN_REGION

    @property
    def account(self) -> str:
        """The account it acts in; of a role that is a parameter's, the parameter."""
        role = text_of(self.node.get("RoleArn", ""))
        found = ACCOUNT.match(role)
        return found[1] if found else role or OWN_ACCOUNT

    def is_before(self, other: Action) -> bool:
        """Return whether it is done before another begins."""
        return (self.stage, self.run_order) < (other.stage, other.run_order)


@dataclass(frozen=True)
class Stage:
    """A stage, and what it says beside its actions."""

    name: str
    actions: tuple[Action, ...]
    node: Mapping[str, Any] = field(compare=False)


@dataclass(frozen=True)
class Pair:
    """Two versions of a pipeline: its stages, and which stages and actions are the same in both."""

    before: tuple[Stage, ...]
    after: tuple[Stage, ...]
    stages: tuple[tuple[Stage, Stage], ...]
    actions: tuple[tuple[Action, Action], ...]

    @property
    def gone(self) -> list[Action]:
        """The actions that are only in the older one."""
        kept = {one for one, _ in self.actions}
        return [each for stage in self.before for each in stage.actions if each not in kept]

    @property
    def added(self) -> list[Action]:
        """The actions that are only in the newer one."""
        kept = {other for _, other in self.actions}
        return [each for stage in self.after for each in stage.actions if each not in kept]


def pair(before: Any, after: Any) -> Pair:
    """Return two versions of a pipeline, given its properties, conditions resolved."""
    one, other = tuple(_stages(before)), tuple(_stages(after))
    stages = tuple(_paired(one, other, (lambda each: each.name, lambda each: _names(each.actions))))
    names = {later.name: earlier.name for earlier, later in stages}
    actions = _paired(
        [each for stage in one for each in stage.actions],
        [each for stage in other for each in stage.actions],
        (
            lambda each: (names.get(each.stage_name, each.stage_name), each.name),
            lambda each: (each.name, each.category, each.provider),
            lambda each: (each.category, _content(each)),
        ),
    )
    return Pair(one, other, stages, tuple(actions))


def _stages(properties: Any) -> Iterator[Stage]:
    written = below(properties, "Stages")
    for number, node in enumerate(_mappings(written)):
        name = text_of(node.get("Name", ""))
        actions = (_action(number, name, each) for each in _mappings(node.get("Actions")))
        yield Stage(name, tuple(actions), node)


def _action(stage: int, stage_name: str, node: Mapping[str, Any]) -> Action:
    category, provider = (text_of(below(node, "ActionTypeId", key)) for key in KIND)
    order = text_of(node.get("RunOrder", 1))
    run_order = int(order) if order.isdecimal() else 1
    name = text_of(node.get("Name", ""))
    return Action(stage, stage_name, name, category, provider, run_order, node)


def _mappings(node: Any) -> list[Mapping[str, Any]]:
    found = node if isinstance(node, list) else []
    return [each for each in found if isinstance(each, Mapping)]


def _names(actions: Iterable[Action]) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, each.provider) for each in actions)


def _content(action: Action) -> str:
    """Return what an action does, whatever it is called and whenever it is done."""
    return str(plain({**action.node, "Name": "", "RunOrder": ""}))


def _paired(
    before: Iterable[Part], after: Iterable[Part], keys: Iterable[Callable[[Part], Hashable]]
) -> Iterator[tuple[Part, Part]]:
    """Yield the parts that are the same by the first key; of the others, by the next."""
    one, other = list(before), list(after)
    for key in keys:
        known = {key(each): each for each in reversed(one)}
        for each in list(other):
            if (was := known.pop(key(each), None)) is not None:
                one.remove(was)
                other.remove(each)
                yield was, each
