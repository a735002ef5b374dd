"""What cannot be said of the resources of running stacks, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aws_reference.registry import schema_of
from review.diff.change import NotJudged
from review.diff.effects import Common, Happening
from review.diff.pair import Pair
from review.diff.replacement import CUSTOM_RESOURCE, Effect, schema_type, unknown_properties
from template_reader.nodes import mapping

LOOP = "Fn::ForEach"
MACRO = "Fn::Transform"
NESTED = "AWS::CloudFormation::Stack"
SERVERLESS = "AWS::Serverless::"
# It only unrolls and resolves: what stands in the template is what CloudFormation is given.
PLAIN_TRANSFORMS = ("AWS::LanguageExtensions",)


def unjudged(
    pair: Pair, resources: Iterable[Common], found: Mapping[str, Happening]
) -> Iterator[NotJudged]:
    """Yield what nothing is said about."""
    yield from _macros(pair)
    for name in pair.names("Resources"):
        before, after = pair.parts("Resources", name)
        if name.startswith((LOOP, MACRO)) and before != after:
            yield NotJudged(name, "what comes of it is not known here")
        elif not name.startswith((LOOP, MACRO)) and before != after:
            yield from _without_type(name, before, after)
    for each in resources:
        if found[each.logical_id].effect is Effect.UPDATE:
            yield from _of_resource(each, found[each.logical_id])


def _macros(pair: Pair) -> Iterator[NotJudged]:
    written = [side.document.get("Transform", []) for side in (pair.before, pair.after)]
    listed = [each if isinstance(each, list) else [each] for each in written]
    for name in dict.fromkeys(_name(each) for both in listed for each in both):
        if name not in PLAIN_TRANSFORMS:
            yield NotJudged("Transform", f"what {name} makes of the template is not known here")


def _name(transform: Any) -> str:
    return str(mapping(transform).get("Name", transform))


def _without_type(name: str, *versions: Any) -> Iterator[NotJudged]:
    for each in versions:
        if isinstance(each, Mapping | list | str) and not isinstance(
            mapping(each).get("Type"), str
        ):
            yield NotJudged(name, "it has no Type")
            return


def _of_resource(each: Common, happening: Happening) -> Iterator[NotJudged]:
    """Yield what of an update of a resource is not known."""
    kind = schema_type(each.type)
    names = list(dict.fromkeys(one.path[0] for one in happening.found))
    if kind == CUSTOM_RESOURCE:
        yield NotJudged(each.logical_id, "its own function decides whether an update replaces it")
    elif kind == NESTED:
        yield NotJudged(each.logical_id, "what its own template changes is not read here")
    elif kind.startswith(SERVERLESS):
        yield NotJudged(each.logical_id, "what SAM makes of it is not known here")
    elif not schema_of(kind):
        yield NotJudged(each.logical_id, f"whether it is replaced: no registry here knows {kind}")
    for name in unknown_properties(kind, names) if schema_of(kind) else ():
        yield NotJudged(
            f"{each.logical_id}.{name}", f"no registry here knows this property of {kind}"
        )
