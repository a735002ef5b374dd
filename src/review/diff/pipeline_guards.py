"""What stands before a deployment: approvals, and the builds and tests that have to succeed."""

from __future__ import annotations

from collections.abc import Iterator

from review.diff.change import Bump, Change, Section
from review.diff.pipeline_parts import APPROVAL, DEPLOY, Action, Pair

GATES = ("Build", "Test", "Compute", "Invoke")


def guard_changes(both: Pair) -> Iterator[Change]:
    """Yield the approvals and gates that no longer come before what they came before."""
    later = dict(both.actions)
    for stage in both.before:
        for guard in stage.actions:
            now = later.get(guard)
            if left := unguarded_by(both, guard, now):
                is_approval = guard.category == APPROVAL
                yield (
                    _approval(both, guard, now, left) if is_approval else _gate(guard, now, left)
                )


def unguarded_by(both: Pair, guard: Action, now: Action | None) -> list[str]:
    """Return the places of what came after an approval or a gate and no longer does."""
    if guard.category != APPROVAL and guard.category not in GATES:
        return []
    return [
        other.place
        for one, other in both.actions
        if one.acts
        and (guard.category == APPROVAL or one.category == DEPLOY)
        and guard.is_before(one)
        and not (now and now.is_before(other))
    ]


def _approval(both: Pair, guard: Action, now: Action | None, left: list[str]) -> Change:
    unasked = [place for place in left if not _is_approved(both, place)]
    return Change(
        *(Section.PIPELINE, f"approval {_how(now)}", guard.place, Bump.MAJOR, True),
        before=", ".join(unasked or left),
        why="nobody is asked before these" if unasked else "another approval is left",
    )


def _gate(guard: Action, now: Action | None, left: list[str]) -> Change:
    return Change(
        *(Section.PIPELINE, f"gate {_how(now)}", guard.place, Bump.MINOR, True),
        before=", ".join(left),
        why="these no longer wait for it to succeed",
    )


def _how(now: Action | None) -> str:
    return "gone" if now is None else "no longer before"


def _is_approved(both: Pair, place: str) -> bool:
    """Return whether somebody is still asked before an action."""
    actions = [each for stage in both.after for each in stage.actions]
    approvals = [each for each in actions if each.category == APPROVAL]
    own = (each for each in actions if each.place == place)
    return any(approval.is_before(each) for each in own for approval in approvals)
