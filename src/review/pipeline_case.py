"""Writes cases of rules about pipelines: YAML that is laid over the good template's pipeline."""

from __future__ import annotations


def of_pipeline(words: str) -> str:
    """Return a case that says something of the pipeline's properties."""
    return f"Pipeline: {{Properties: {{{words}}}}}"


def of_stage(name: str, words: str) -> str:
    """Return a case that says something of a stage, which it adds if there is none."""
    return of_pipeline(f"Stages: [{{Name: {name}, {words}}}]")


def of_action(place: str, words: str) -> str:
    """Return a case that says something of an action, STAGE.ACTION; it adds what is not there."""
    stage, _, name = place.partition(".")
    return of_stage(stage, f"Actions: [{{Name: {name}, {words}}}]")


def kind(category: str, provider: str, owner: str = "AWS") -> str:
    """Return how an action says of which type it is."""
    words = f"Category: {category}, Owner: {owner}, Provider: {provider}, Version: '1'"
    return f"ActionTypeId: {{{words}}}"
