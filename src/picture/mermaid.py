"""Writes a diagram as a Mermaid flowchart, as GitHub draws it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from picture.actions import Action
from picture.diagram import Column, Diagram, Stage
from picture.sentences import where

PLAIN = re.compile(r"[^\w\s,():'/→.-]|(?<!\w)_|_(?!\w)|^-|(?<=^\d)\.|\.(?=\w+\.\w)|@")
SETTINGS = '%%{init: {"flowchart": {"wrappingWidth": 300, "nodeSpacing": 24, "rankSpacing": 32}}}%%'
SIDE_BY_SIDE = 3
BRACKETS = {"source": ('(["', '"])'), "approval": ('{{"', '"}}')}


def as_mermaid(diagram: Diagram) -> str:
    """Return the flowchart: stages downwards, the order within a stage to the right."""
    names = [f"s{at + 1}" for at in range(len(diagram.stages))]
    lines = [SETTINGS, "flowchart TB"]
    lines += [f"    {' --> '.join(names)}"] if len(names) > 1 else []
    for name, stage in zip(names, diagram.stages, strict=True):
        lines += [f"    {line}" for line in _stage(name, stage)]
    return "\n".join(lines) + "\n"


def _stage(name: str, stage: Stage) -> Iterator[str]:
    """Yield a stage: one box for one action, else a frame with a box or frame for each column."""
    if len(stage.actions) == 1:
        (action,) = stage.actions
        titles = dict.fromkeys([stage.name, action.name])
        yield _box(name, action, [": ".join(titles), stage.when])
    elif len(stage.columns) == 1:
        yield from _together(name, stage.columns[0], [stage.name, stage.when])
    else:
        ids = [f"{name}c{at + 1}" for at in range(len(stage.columns))]
        columns = zip(ids, stage.columns, strict=True)
        inner = [line for own, column in columns for line in _column(own, column)]
        yield from _frame(name, [stage.name, stage.when], [" --> ".join(ids), *inner])


def _column(name: str, column: Column) -> Iterator[str]:
    if len(column.actions) == 1:
        yield _box(name, column.actions[0], [column.actions[0].name])
    else:
        yield from _together(name, column, [])


def _together(name: str, column: Column, titles: Sequence[str]) -> Iterator[str]:
    """Yield a frame of actions that begin at once: side by side, or one below the other if many.

    As nothing leads from one to another, Mermaid puts them across the direction.
    """
    boxes = [_box(f"{name}a{at + 1}", each, [each.name]) for at, each in enumerate(column.actions)]
    few = len(boxes) <= SIDE_BY_SIDE and bool(titles)
    yield from _frame(name, [*titles, f"{len(boxes)} at once"], boxes, "TB" if few else "LR")


def _frame(
    name: str, titles: Iterable[str], inner: Iterable[str], direction: str = "LR"
) -> Iterator[str]:
    yield f'subgraph {name}["{_label(titles, ", ")}"]'
    yield f"    direction {direction}"
    yield from (f"    {line}" for line in inner)
    yield "end"


def _box(name: str, action: Action, titles: Iterable[str]) -> str:
    opening, closing = BRACKETS.get(action.kind, ('["', '"]'))
    lines = [*titles, action.what, action.when, *where(action)]
    return f"{name}{opening}{_label(lines, '<br/>')}{closing}"


def _label(lines: Iterable[str], between: str) -> str:
    """Return lines as a label in quotes holds them: what Mermaid would read as more is a number."""
    return between.join(map(_inert, filter(None, lines)))


def _inert(text: str) -> str:
    return PLAIN.sub(lambda found: f"#{ord(found[0])};", text)
