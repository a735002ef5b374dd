"""A pipeline as it is to be shown, read from a template that may be of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from picture.actions import Action, read_actions
from picture.branches import Branch, choice, in_words, items
from picture.words import Words
from template_reader.file import PIPELINE, Template
from template_reader.nodes import below


@dataclass(frozen=True)
class Column:
    """Actions of one run order: they begin together, and all end before the next column begins."""

    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Stage:
    """The columns of a stage, in order; `when` is '' where every launch has the stage."""

    name: str
    columns: tuple[Column, ...]
    when: str = ""

    @property
    def actions(self) -> tuple[Action, ...]:
        """Its actions, in order."""
        return tuple(action for column in self.columns for action in column.actions)


@dataclass(frozen=True)
class Diagram:
    """A pipeline's stages, in order; `name` is the template's, `description` what it says."""

    name: str
    description: str
    stages: tuple[Stage, ...]


def read_diagram(template: Template) -> Diagram | None:
    """Return what a template's pipeline does, None if it has none that can be drawn.

    A stage or action without a name is left out; of several pipelines the first is taken.
    """
    words = Words(template.document)
    drawn = (tuple(_stages(each, words)) for each in _pipelines(template.document))
    try:
        stages = next(filter(None, drawn), ())
    except RecursionError:
        return None
    description = words.text(below(template.document, "Description"))
    return Diagram(template.path.stem, description, stages) if stages else None


def _pipelines(document: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the properties of each pipeline."""
    made = below(document, "Resources")
    for each in made.values() if isinstance(made, Mapping) else ():
        if below(each, "Type") == PIPELINE:
            yield below(each, "Properties")


def _stages(properties: Any, words: Words) -> Iterator[Stage]:
    for place in items(below(properties, "Stages")):
        for branch in place:
            yield from _stage(branch, words)


def _stage(branch: Branch, words: Words) -> Iterator[Stage]:
    name = choice(below(branch.node, "Name"), words)
    places = items(below(branch.node, "Actions"))
    actions = [action for place in places for action in read_actions(place, words)]
    if name and actions:
        yield Stage(name, tuple(_columns(actions)), in_words(branch.when))


def _columns(actions: list[Action]) -> Iterator[Column]:
    for order in sorted({action.order for action in actions}):
        yield Column(tuple(action for action in actions if action.order == order))
