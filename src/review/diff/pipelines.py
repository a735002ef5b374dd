"""What a change does to a template's pipelines: where they deploy, in which order, who is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.outcomes import conditional, said_of_outcomes, told
from review.diff.pipeline_guards import guard_changes
from review.diff.pipeline_parts import OWN_REGION, pair
from review.diff.pipeline_stages import (
    action_changes,
    content_changes,
    order_changes,
    place_changes,
    stage_changes,
)
from review.diff.spelling import text_of
from review.diff.tree import ABSENT, differences
from review.diff.written import Written, written
from template_reader.file import PIPELINE, Template
from template_reader.nodes import below

READERS = (
    *(guard_changes, place_changes, stage_changes, action_changes, order_changes),
    content_changes,
)
# What a pipeline that does not say has; its type depends on when the account came to be.
DEFAULTS = {"ExecutionMode": "SUPERSEDED", "PipelineType": "", "RestartExecutionOnUpdate": "false"}
STORES = ("ArtifactStore", "ArtifactStores")


def changes(before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield how the pipelines of both templates differ, under each outcome of the conditions."""
    both = written(before, after).of_types(PIPELINE)
    for was, name in _pairs(both):
        own = both.only((was, name))
        one, other = ([*conditional(each).values()] for each in (own.before, own.after))
        compared = partial(_compared, name)
        yield from said_of_outcomes(name, (before, one), (after, other), compared, _say)


def _pairs(both: Written) -> Iterator[tuple[str, str]]:
    """Yield what each pipeline was called and is; the only one to go is the only one to come."""
    gone = [name for name in both.before if name not in both.after]
    come = [name for name in both.after if name not in both.before]
    yield from ((name, name) for name in both.before if name in both.after)
    if len(gone) == len(come) == 1:
        yield gone[0], come[0]


def _say(words: str, change: Change) -> Change:
    return replace(change, why=told(words, change.why))


def _compared(name: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    for was, now in zip(before, after, strict=False):
        one, other = below(was, "Properties"), below(now, "Properties")
        both = pair(one, other)
        for reader in READERS:
            yield from reader(both)
        yield from _setting_changes(name, one, other)
        yield from _store_changes(one, other)
        for key, called in (("Triggers", "trigger"), ("Variables", "variable")):
            yield from _item_changes(key, called, one, other)
        yield from _transition_changes(one, other)


def _setting_changes(name: str, one: Any, other: Any) -> Iterator[Change]:
    for key, default in DEFAULTS.items():
        texts = [text_of(below(each, key) or default) for each in (one, other)]
        if texts[0] != texts[1]:
            why = "executions meet, start or cost otherwise"
            yield _change(f"{key} changed", name, texts, decide=True, property=key, why=why)


def _store_changes(one: Any, other: Any) -> Iterator[Change]:
    """Yield the artifact stores, by region, that came, went or are others."""
    before, after = _stores(one), _stores(other)
    for each in differences(before, after):
        how = "changed" if each.path[1:] else "added" if each.before is ABSENT else "gone"
        texts = ["" if node is ABSENT else text_of(node) for node in (each.before, each.after)]
        if texts[0] != texts[1]:
            region, *path = each.path
            why = "artifacts lie elsewhere" if path else ""
            yield _change(
                f"artifact store {how}",
                region,
                texts,
                decide=bool(path),
                property=".".join(path),
                why=why,
            )


def _stores(properties: Any) -> dict[str, Any]:
    """Return the artifact stores by region; the only one is of the pipeline's own."""
    own, several = (below(properties, key) for key in STORES)
    found = {OWN_REGION: own} if own else {}
    for each in several if isinstance(several, list) else []:
        found[text_of(below(each, "Region"))] = below(each, "ArtifactStore")
    return found


def _item_changes(key: str, called: str, one: Any, other: Any) -> Iterator[Change]:
    """Yield the triggers, or variables, that came, went or say something else."""
    before, after = (_named(below(each, key)) for each in (one, other))
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            how = "added" if not was else "gone" if not now else "changed"
            yield _change(f"{called} {how}", name, (was, now), decide=bool(was), property=key)


def _named(items: Any) -> dict[str, str]:
    """Return what triggers and variables say, by the source they are of, or their name."""
    found: dict[str, str] = {}
    for each in items if isinstance(items, list) else []:
        name = below(each, "GitConfiguration", "SourceActionName") or below(each, "Name")
        found[text_of(name)] = text_of(each)
    return found


def _transition_changes(one: Any, other: Any) -> Iterator[Change]:
    """Yield the stages that executions are held before, or no longer are."""
    before, after = (_held(each) for each in (one, other))
    for name in sorted(after - before):
        yield _change("transition disabled", name, decide=True)
    for name in sorted(before - after):
        yield _change("transition enabled", name, decide=True)


def _held(properties: Any) -> set[str]:
    found = below(properties, "DisableInboundStageTransitions")
    items = found if isinstance(found, list) else []
    return {text_of(below(each, "StageName")) for each in items}


def _change(  # noqa: PLR0913 - each is said by its name
    what: str,
    where: str,
    texts: Sequence[str] = ("", ""),
    *,
    decide: bool,
    property: str = "",
    why: str = "",
) -> Change:
    return Change(
        Section.PIPELINE, what, where, Bump.MINOR, decide, property, texts[0], texts[1], why
    )
