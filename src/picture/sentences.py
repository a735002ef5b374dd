"""Tells a diagram in sentences, for those who do not see it."""

from __future__ import annotations

from picture.actions import Action
from picture.diagram import Diagram, Stage
from picture.words import ACCOUNT


def title(diagram: Diagram) -> str:
    """Return what the picture is called."""
    return f"The pipeline of {diagram.name}: {' → '.join(stage.name for stage in diagram.stages)}"


def outline(diagram: Diagram) -> str:
    """Return all that the picture shows, stage by stage."""
    return " ".join(_stage(stage, at + 1) for at, stage in enumerate(diagram.stages))


def where(action: Action) -> list[str]:
    """Return where an action acts, nothing where that goes without saying."""
    place = action.place
    region = place.region if place.region != action.name else ""
    account = ACCOUNT if place.account == ACCOUNT else f"account: {place.account}"
    return [*filter(None, [place.partition, region]), account] if action.placed else []


def _stage(stage: Stage, number: int) -> str:
    columns = (" and at once ".join(map(_action, each.actions)) for each in stage.columns)
    name = ", ".join(filter(None, [stage.name, stage.when]))
    return f"Stage {number}, {name}: {'; then '.join(columns)}."


def _action(action: Action) -> str:
    told = ", ".join(filter(None, [action.what, *where(action), action.when]))
    return f"{action.name} ({told})" if told else action.name
