"""Reads the definition of a pipeline that stands, as CodePipeline hands it out."""

from __future__ import annotations

from typing import Any

from rehearsal.clouds import Clouds
from rehearsal.definition import PIPELINE_KEYS, Definition, read_definition
from rehearsal.definition_rules import refuse_problems
from rehearsal.embedded_aws import root


def read_running(clouds: Clouds, account: str, region: str, pipeline: str) -> Definition:
    """Return what GetPipeline says. Raise `RehearsalError` where it is not to be run."""
    client = clouds.of(region).client("codepipeline", region, root(account))
    properties = _as_in_templates(client.get_pipeline(name=pipeline)["pipeline"])
    stores = properties.get("ArtifactStores", {})
    properties["ArtifactStores"] = [
        {"Region": where, "ArtifactStore": store} for where, store in stores.items()
    ]
    known = {key: value for key, value in properties.items() if key in PIPELINE_KEYS}
    definition = read_definition(known, region)
    refuse_problems(definition)
    return definition


def _as_in_templates(value: Any) -> Any:
    """Return a value of the API with the names that templates have, which begin with a capital.

    A region that is a key keeps its name: it is no name of a member.
    """
    if isinstance(value, dict):
        return {_name(key): _as_in_templates(each) for key, each in value.items()}
    return [_as_in_templates(each) for each in value] if isinstance(value, list) else value


def _name(key: str) -> str:
    return key if "-" in key else f"{key[0].upper()}{key[1:]}"
