"""What a change lets each role, user, key, bucket … do, and what it no longer lets it do.

It is judged by what a holder may do in all: a statement that is split, moved or renamed is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from aws_reference.iam_actions import (
    LEVELS,
    LISTS,
    MANAGES_PERMISSIONS,
    NOT_KNOWN,
    WRITES,
    highest_level,
)
from review.diff.attachments import attachment_changes, level_of_attachment
from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.deltas import Delta, deltas, merged
from review.diff.grant_words import actions_in_words, reach_in_words
from review.diff.grants import ALLOW
from review.diff.holders import attached_policies, holding, parts_by_holder, without_rest
from review.diff.outcomes import conditional, each_outcome, told
from review.diff.written import Resources, Written, written
from review.statements import TRUST
from template_reader.file import Template

# Its policy says who of a network may pass, so it is told of there.
ENDPOINT = "AWS::EC2::VPCEndpoint"
# What each kind of difference means. Somebody has to accept what is opened; but not names that can
# be listed, which give nothing away.
OPENED = {
    "gained": "",
    "trust widened": "more can become it",
    "condition dropped": "it holds under more circumstances",
    "condition changed": "it holds under other circumstances",
    "Deny dropped": "it is no longer forbidden here",
    "Deny weakened": "it is no longer forbidden here in every case",
}
CLOSED = {
    "lost": "what ran with it may be refused",
    "trust narrowed": "who is left out can no longer become it",
    "condition added": "what ran with it may be refused",
    "Deny added": "what ran with it may be refused",
}
REACHES = {
    MANAGES_PERMISSIONS: "it can hand out permissions",
    WRITES: "it can change or delete",
    NOT_KNOWN: "how far it goes is not known",
    "Tagging": "it can change tags, which other policies may ask for",
    "Read": "it can read contents",
    LISTS: "it can see names",
}
# By its level, and what somebody has to accept before what is only told.
Rank = tuple[int, bool]
LAST: Rank = (len(LEVELS), True)
Ranked = tuple[Rank, Change | NotJudged]


def changes(before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield what holders may do in only one of two templates, the highest access level first."""
    both = written(before, after)
    endpoints = set(both.of_types(ENDPOINT).names)
    yield from grant_changes(before, after, both.only(set(both.names) - endpoints))


def grant_changes(before: Template, after: Template, both: Written) -> Iterator[Change | NotJudged]:
    """Yield what the holders among some resources may do in only one of two templates."""
    one, other = parts_by_holder(both.before), parts_by_holder(both.after)
    renamed = both.renamed()
    told_of_elsewhere = {*renamed.values(), *attached_policies(one), *attached_policies(other)}
    found: list[Ranked] = []
    for name in dict.fromkeys([*one, *other]):
        if name in told_of_elsewhere:
            continue
        was = renamed.get(name, name)
        parts = both.only(one.get(was, set()) | other.get(name, set()))
        found += _of_holder(was, name, (before, parts.before), (after, parts.after))
    yield from (each for _, each in sorted(found, key=lambda ranked: ranked[0]))


def _of_holder(
    was: str, name: str, before: tuple[Template, Resources], after: tuple[Template, Resources]
) -> Iterator[Ranked]:
    """Yield what is to be said of one holder, with the rank of its access level."""
    one, other = (
        (template, conditional(without_rest(parts))) for template, parts in (before, after)
    )
    by_words: dict[str, list[Delta]] = {}
    for seen in each_outcome(name, one, other, partial(_compared, was, name)):
        match seen:
            case NotJudged():
                yield LAST, seen
            case words, Delta() as delta:
                by_words.setdefault(words, []).append(delta)
            case words, Change() as change:
                rank = LEVELS.index(level_of_attachment(change))
                why = told(words, change.why)
                yield (rank, not change.decide), replace(change, why=why)
            case _, NotJudged() as not_judged:
                yield LAST, not_judged
    for words, found in by_words.items():
        for delta in merged(found):
            yield _rank(delta), _change(name, words, delta)


def _compared(was: str, name: str, before: Any, after: Any) -> Iterator[Delta | Change | NotJudged]:
    """Yield how one holder's permissions differ; of one that is gone, only that they are."""
    one, other = holding(was, before), holding(name, after)
    if was in before and name not in after:
        allowed = (each for each in one.grants if each.effect == ALLOW)
        actions = {action for each in allowed if each.kind != "trust" for action in each.reach}
        if actions:
            yield _gone(name, actions)
        return
    yield from attachment_changes(name, one, other)
    yield from deltas(one.grants, other.grants)


def _gone(name: str, actions: Iterable[str]) -> Change:
    return Change(
        *(Section.PERMISSIONS, "lost", name, Bump.MINOR),
        before=actions_in_words(actions),
        why="it is gone with all it was granted",
    )


def _change(holder: str, words: str, delta: Delta) -> Change:
    """Return what is to be said of a difference, which is so under the conditions in words."""
    level = highest_level(delta.actions)
    is_opened = delta.what in OPENED
    why = OPENED[delta.what] or REACHES.get(level, "") if is_opened else CLOSED[delta.what]
    before, after = _sides(delta)
    return Change(
        *(Section.PERMISSIONS, delta.what, _place(holder, delta.sid), Bump.MINOR),
        decide=is_opened and (delta.what != "gained" or level != LISTS),
        property=TRUST if delta.kind == "trust" else "",
        before=before,
        after=after,
        why=told(words, why),
    )


def _sides(delta: Delta) -> tuple[str, str]:
    """Return what was granted, or denied, and what is."""
    if delta.what.startswith("condition"):
        own = reach_in_words(delta)
        other = reach_in_words(replace(delta, tests=delta.others))
        return (own, other) if delta.what == "condition added" else (other, own)
    is_before = delta.what in ("lost", "trust narrowed", "Deny dropped", "Deny weakened")
    return (reach_in_words(delta), "") if is_before else ("", reach_in_words(delta))


def _rank(delta: Delta) -> Rank:
    """Return the place of a difference in the report: what is opened to others, then by level."""
    is_first = delta.what in OPENED and delta.what != "gained"
    level = 0 if is_first else LEVELS.index(highest_level(delta.actions))
    return level, delta.what in CLOSED


def _place(holder: str, sid: str) -> str:
    return f"{holder}/{sid}" if sid else holder
