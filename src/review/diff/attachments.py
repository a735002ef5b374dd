"""What is attached to a holder or bounds it: managed policies, groups, a permissions boundary."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aws_reference.iam_actions import MANAGES_PERMISSIONS, WRITES
from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.holders import Holding

OF_AWS = re.compile(r"arn:[^:]+:iam::aws:policy/(?:.*/)?([^/]+)")
# AWS changes what its policies grant, but not what these are for.
LEVELS = {
    "AdministratorAccess": MANAGES_PERMISSIONS,
    "IAMFullAccess": MANAGES_PERMISSIONS,
    "PowerUserAccess": WRITES,
}


def attachment_changes(
    holder: str, before: Holding, after: Holding
) -> Iterator[Change | NotJudged]:
    """Yield what is attached and detached; and the boundary, if the holder was there before."""
    for name in sorted(after.attached - before.attached):
        yield _change("managed policy attached", holder, after=_shown(name), decide=True)
        yield from _not_judged(holder, name)
    for name in sorted(before.attached - after.attached):
        yield _change("managed policy detached", holder, before=_shown(name))
        yield from _not_judged(holder, name)
    for name in sorted(after.groups - before.groups):
        yield _change("group joined", holder, after=name, decide=True)
    for name in sorted(before.groups - after.groups):
        yield _change("group left", holder, before=name)
    if before.is_there and before.boundary != after.boundary:
        yield _boundary(holder, before.boundary, after.boundary)


def level_of_attachment(change: Change) -> str:
    """Return the highest level a change of attachments is about, as far as it is known."""
    found = (level for name, level in LEVELS.items() if (change.before or change.after) == name)
    return next(found, WRITES)


def _boundary(holder: str, before: str, after: str) -> Change:
    what = "boundary changed" if before and after else f"boundary {'set' if after else 'dropped'}"
    return _change(what, holder, before=before, after=after, decide=bool(before))


def _change(
    what: str, holder: str, *, before: str = "", after: str = "", decide: bool = False
) -> Change:
    name = before or after
    why = "what it may do in all is decided here" if decide else "what ran with it may be refused"
    why = f"{LEVELS[name]}: {why}" if name in LEVELS else why
    return Change(
        *(Section.PERMISSIONS, what, holder, Bump.MINOR, decide),
        before=before,
        after=after,
        why=why,
    )


def _not_judged(holder: str, policy: str) -> Iterator[NotJudged]:
    name = _shown(policy)
    if name not in LEVELS:
        whose = "AWS's own" if OF_AWS.fullmatch(policy) else "another's"
        yield NotJudged(f"{holder}/{name}", f"the policy is {whose}; what it grants is not here")


def _shown(policy: str) -> str:
    found = OF_AWS.fullmatch(policy)
    return found[1] if found else policy
