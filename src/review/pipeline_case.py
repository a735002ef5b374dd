"""Writes cases of rules about pipelines: YAML that is laid over the good template's pipeline."""

from __future__ import annotations

from collections.abc import Mapping

KEY = "EncryptionKey: {Type: KMS, Id: !Ref TwinKeyArn}"
STORE = f"ArtifactStore: {{Type: S3, Location: more-artifacts, {KEY}}}"
TWIN = f"Region: eu-west-1, {STORE}"


def of_pipeline(words: str) -> str:
    """Return a case that says something of the pipeline's properties."""
    return f"Pipeline:\n  Properties: {{{words}}}\n"


def of_stage(name: str, words: str) -> str:
    """Return a case that says something of a stage, which it adds if there is none."""
    return f"Pipeline:\n  Properties:\n    Stages:\n    - {{Name: {name}, {words}}}\n"


def of_actions(stage: str, words: Mapping[str, str]) -> str:
    """Return a case that says something of actions of a stage, by their names."""
    actions = "".join(f"      - {{Name: {name}, {each}}}\n" for name, each in words.items())
    return f"Pipeline:\n  Properties:\n    Stages:\n    - Name: {stage}\n      Actions:\n{actions}"


def of_action(place: str, words: str) -> str:
    """Return a case that says something of an action, STAGE.ACTION; it adds what is not there."""
    stage, _, name = place.partition(".")
    return of_actions(stage, {name: words})


def kind(category: str, provider: str, owner: str = "AWS") -> str:
    """Return how an action says of which type it is."""
    words = f"Category: {category}, Owner: {owner}, Provider: {provider}, Version: '1'"
    return f"ActionTypeId: {{{words}}}"
