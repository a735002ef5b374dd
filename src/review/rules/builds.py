"""Rules about builds."""

from __future__ import annotations

from collections.abc import Iterator

from review.rule import Found, rule
from review.subjects import Resource
from template_reader.nodes import below


@rule(
    judges=Resource,
    id="MR103",
    sentence="A build is not privileged.",
    mend="take PrivilegedMode away; where images are built, suppress this with that reason",
    reason="A privileged container is root on the host it runs on, whoever's code is built.",
    source="CodeBuild user guide, Docker in custom image sample",
    passes="Project: {Properties: {Environment: {PrivilegedMode: null}}}",
    fails="Project: {Properties: {Environment: {PrivilegedMode: true}}}",
)
def privileged_build(resource: Resource) -> Iterator[Found]:
    """Yield a CodeBuild project whose builds run in privileged mode."""
    environment = below(resource.properties, "Environment")
    is_privileged = str(below(environment, "PrivilegedMode")).lower() == "true"
    if resource.type == "AWS::CodeBuild::Project" and is_privileged:
        yield Found(environment, "its builds are privileged")
