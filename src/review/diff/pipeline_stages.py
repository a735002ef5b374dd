"""Which stages and actions of a pipeline came, went, moved, or do something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from review.diff.change import Bump, Change, Section
from review.diff.pipeline_guards import unguarded_by
from review.diff.pipeline_parts import DEPLOY, SOURCE, Action, Pair, Stage
from review.diff.spelling import text_of
from review.diff.tree import ABSENT, differences

LONGEST = 200
# What is told of by its order, or by what it is called.
APART = ("Name", "RunOrder")
OWN_KEYS = ("OnFailure", "OnSuccess", "BeforeEntry")
NO_LONGER_DEPLOYED = "what it deployed to is no longer updated"


def stage_changes(both: Pair) -> Iterator[Change]:
    """Yield the stages that came, went, are called otherwise, or come in another order."""
    one, other = {was for was, _ in both.stages}, {now for _, now in both.stages}
    for stage in both.before:
        if stage not in one:
            yield _stage_gone(stage, both.gone)
    for stage in both.after:
        if stage not in other:
            yield _change("stage added", stage.name, Bump.MINOR, "", _actions(stage.actions))
    for was, now in both.stages:
        if was.name != now.name:
            yield _change("stage renamed", now.name, Bump.MINOR, was.name, now.name)
    kept = sorted(both.stages, key=lambda each: both.before.index(each[0]))
    order = " → ".join(now.name for _, now in kept)
    new_order = " → ".join(each.name for each in both.after if each in other)
    if order != new_order:
        yield _change("stages reordered", "Stages", Bump.MINOR, order, new_order, decide=True)


def action_changes(both: Pair) -> Iterator[Change]:
    """Yield the actions that came, went or moved, unless that is said of their stage or guard."""
    kept = {was.name for was, _ in both.stages}, {now.name for _, now in both.stages}
    for action in both.gone:
        if action.stage_name in kept[0] and not unguarded_by(both, action, None):
            yield _action_gone(action)
    for action in both.added:
        if action.stage_name in kept[1]:
            yield _change("action added", action.place, Bump.MINOR, "", action.provider)
    names = {was.name: now.name for was, now in both.stages}
    for one, other in both.actions:
        if names.get(one.stage_name) != other.stage_name:
            places = one.place, other.place
            yield _change("action moved", other.place, Bump.MINOR, *places, decide=True)
        elif one.name != other.name:
            yield _change("action renamed", other.place, Bump.MINOR, one.name, other.name)


def order_changes(both: Pair) -> Iterator[Change]:
    """Yield the stages in which actions are done in another order than before."""
    for was, now in both.stages:
        known = [each for each in both.actions if each[0] in was.actions and each[1] in now.actions]
        is_same = all(
            _sign(one[0], other[0]) == _sign(one[1], other[1]) for one in known for other in known
        )
        if not is_same:
            orders = _actions(was.actions), _actions(now.actions)
            yield _change("actions reordered", now.name, Bump.MINOR, *orders, decide=True)


def content_changes(both: Pair) -> Iterator[Change]:
    """Yield what actions and stages that are in both say otherwise."""
    for one, other in both.actions:
        what = "source changed" if other.category == SOURCE else "action changed"
        is_other_kind = (one.category, one.provider) != (other.category, other.provider)
        decide = other.category == SOURCE or is_other_kind
        yield from _differences(what, other.place, _rest(one.node), _rest(other.node), decide)
    for was, now in both.stages:
        for key in OWN_KEYS:
            one, other = was.node.get(key, ABSENT), now.node.get(key, ABSENT)
            yield from _stage_says(now.name, key, one, other)


def place_changes(both: Pair) -> Iterator[Change]:
    """Yield the regions and accounts that the pipeline came to act in, or no longer does."""
    for word, of in (("region", _region), ("account", _account)):
        one = {of(each): each for stage in both.before for each in stage.actions if each.acts}
        other = {of(each): each for stage in both.after for each in stage.actions if each.acts}
        for name in sorted(one.keys() - other.keys()):
            place, why = one[name].place, f"what is deployed in this {word} is no longer updated"
            yield _change(f"{word} lost", name, Bump.MAJOR, place, decide=True, why=why)
        for name in sorted(other.keys() - one.keys()):
            place, why = other[name].place, f"the {word} has to be made ready for it"
            yield _change(f"{word} gained", name, Bump.MINOR, "", place, decide=True, why=why)


def _region(action: Action) -> str:
    return action.region


def _account(action: Action) -> str:
    return action.account


def _stage_gone(stage: Stage, gone: list[Action]) -> Change:
    lost = [each for each in stage.actions if each in gone]
    deploys = any(each.category == DEPLOY for each in lost)
    bump = Bump.MAJOR if deploys else Bump.MINOR
    why = NO_LONGER_DEPLOYED if deploys else ""
    names = _actions(stage.actions)
    return _change("stage gone", stage.name, bump, names, decide=bool(lost), why=why)


def _action_gone(action: Action) -> Change:
    deploys = action.category == DEPLOY
    bump = Bump.MAJOR if deploys else Bump.MINOR
    why = NO_LONGER_DEPLOYED if deploys else ""
    return _change("action gone", action.place, bump, action.provider, decide=deploys, why=why)


def _stage_says(stage: str, key: str, one: Any, other: Any) -> Iterator[Change]:
    """Yield that a stage's conditions changed; somebody has to accept one that is dropped."""
    if one is ABSENT or other is ABSENT:
        if one is not other:
            what = f"{key} {'dropped' if other is ABSENT else 'set'}"
            texts = _short(one), _short(other)
            yield _change(what, stage, Bump.MINOR, *texts, decide=other is ABSENT)
        return
    yield from _differences(f"{key} changed", stage, one, other, True)


def _differences(what: str, where: str, one: Any, other: Any, decide: bool) -> Iterator[Change]:
    for each in differences(one, other):
        texts = _short(each.before), _short(each.after)
        if texts[0] != texts[1]:
            path = ".".join(each.path)
            yield _change(what, where, Bump.MINOR, *texts, decide=decide, property=path)


def _rest(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in node.items() if key not in APART}


def _sign(one: Action, other: Action) -> int:
    return (one.run_order > other.run_order) - (one.run_order < other.run_order)


def _actions(actions: Iterable[Action]) -> str:
    """Return the names of actions, those that are done at once joined by commas."""
    by_order: dict[int, list[str]] = {}
    for each in actions:
        by_order.setdefault(each.run_order, []).append(each.name)
    return " → ".join(", ".join(by_order[order]) for order in sorted(by_order))


def _short(node: Any) -> str:
    text = "" if node is ABSENT else text_of(node)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _change(  # noqa: PLR0913 - each is said by its name
    what: str,
    where: str,
    bump: Bump,
    before: str = "",
    after: str = "",
    *,
    decide: bool = False,
    property: str = "",
    why: str = "",
) -> Change:
    return Change(Section.PIPELINE, what, where, bump, decide, property, before, after, why)
