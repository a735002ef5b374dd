"""The kinds of action that can be rehearsed, as CodePipeline's reference tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_reference.action_types import types_of_provider

REHEARSED = {
    "CodeCommit": ("Source",),
    "CodeStarSourceConnection": ("Source",),
    "S3": ("Source",),
    "CodeBuild": ("Build", "Test"),
    "Lambda": ("Invoke",),
    "CloudFormation": ("Deploy",),
    "Manual": ("Approval",),
}
# What CodePipeline knows and no rehearsal carries out, so that it is refused and not passed over.
UNREHEARSED_KEYS = ("BuildspecOverride",)
UNREHEARSED_VARIABLES = ("BucketName", "ObjectKey")


@dataclass(frozen=True)
class Provider:
    """What is known of a provider; `inputs` and `outputs` are the least and the most artifacts.

    `variables` are those it always gives; `elsewhere` says whether it may act in other regions.
    """

    categories: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    inputs: tuple[int, int]
    outputs: tuple[int, int]
    variables: tuple[str, ...]
    elsewhere: bool


def _provider(name: str, categories: tuple[str, ...]) -> Provider:
    known = next(each for each in types_of_provider(name) if each.category in categories)
    return Provider(
        categories=categories,
        required=known.required,
        optional=tuple(each for each in known.optional if each not in UNREHEARSED_KEYS),
        inputs=known.inputs,
        outputs=known.outputs,
        variables=tuple(each for each in known.variables if each not in UNREHEARSED_VARIABLES),
        elsewhere=known.elsewhere,
    )


PROVIDERS: Mapping[str, Provider] = {
    name: _provider(name, categories) for name, categories in REHEARSED.items()
}
