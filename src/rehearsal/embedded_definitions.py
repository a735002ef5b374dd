"""What a template says of a pipeline, as the API of CodePipeline has it; or why AWS refuses it.

Names and types are read from botocore's model of the API. Not as in AWS: what the model does not
say is not looked at, such as artifacts that no action makes, or a region without a store.
"""

from __future__ import annotations

import functools
from typing import Any

from botocore.session import Session
from botocore.validate import ParamValidator

from rehearsal.embedded_desk import Given

FEWEST_STAGES = 2
# What a template says of a pipeline beside its definition, or says in another form.
BESIDE = ("Tags", "DisableInboundStageTransitions", "RestartExecutionOnUpdate", "ArtifactStores")


def definition(name: str, properties: Given) -> Given:
    """Return the definition in a template as the API has it; ValueError for one AWS refuses."""
    shape = _shape()
    given = {key: value for key, value in properties.items() if key not in BESIDE}
    found: Given = {**_in_form(given, shape, "AWS::CodePipeline::Pipeline"), "name": name}
    if "ArtifactStores" in properties:
        stores = {each["Region"]: each["ArtifactStore"] for each in properties["ArtifactStores"]}
        form = shape.members["artifactStores"]
        found["artifactStores"] = _in_form(stores, form, "ArtifactStores")
    report = ParamValidator().validate(found, shape)
    if report.has_errors():
        raise ValueError(report.generate_report())
    if len(found["stages"]) < FEWEST_STAGES:
        raise ValueError(
            f"Pipeline has only {len(found['stages'])} stage(s). "
            f"There should be a minimum of {FEWEST_STAGES} stages in a pipeline"
        )
    return found


@functools.cache
def _shape() -> Any:
    """Return what a definition looks like in the API."""
    return Session().get_service_model("codepipeline").shape_for("PipelineDeclaration")


def _in_form(value: Any, shape: Any, place: str) -> Any:
    """Return a template's value with the API's names and types."""
    if shape.type_name == "structure":
        found = {}
        for key, each in value.items():
            member = key[0].lower() + key[1:]
            if member not in shape.members:
                raise ValueError(f"extraneous key [{key}] is not permitted in {place}")
            found[member] = _in_form(each, shape.members[member], f"{place}.{key}")
        return found
    if shape.type_name == "list":
        return [_in_form(each, shape.member, place) for each in value]
    if shape.type_name == "map":
        return {key: _in_form(each, shape.value, place) for key, each in value.items()}
    return int(value) if shape.type_name == "integer" else value
