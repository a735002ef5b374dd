"""What happens to each resource that both versions have, and why: by itself or through another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from review.diff.differing import Differing, differing
from review.diff.meaning import meaning
from review.diff.pair import Pair, when
from review.diff.references import Reference, references
from review.diff.replacement import Effect, effect_at, effect_of
from template_reader.nodes import mapping


@dataclass(frozen=True)
class Happening:
    """What happens to a resource. `properties` are those that make it so, with their meanings.

    `through` is the resource that is replaced and that it refers to, '' where it is changed itself.
    """

    effect: Effect
    found: tuple[Differing, ...] = ()
    through: str = ""

    @property
    def properties(self) -> str:
        """The paths of the properties, as reports say them."""
        return ", ".join(dict.fromkeys(".".join(each.path) for each in self.found))


@dataclass(frozen=True)
class Common:
    """A resource that both versions have; its properties mean `before` and `after`."""

    logical_id: str
    type: str
    nodes: tuple[Mapping[Any, Any], Mapping[Any, Any]]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def common(pair: Pair) -> Iterator[Common]:
    """Yield the resources that both versions have, of one type."""
    for name in pair.names("Resources"):
        one, other = map(mapping, pair.parts("Resources", name))
        type_ = one.get("Type")
        if isinstance(type_, str) and type_ == other.get("Type"):
            means = pair.meanings(one.get("Properties"), other.get("Properties"))
            yield Common(name, type_, (one, other), mapping(means[0]), mapping(means[1]))


def happenings(pair: Pair, resources: Mapping[str, Common]) -> dict[str, Happening]:
    """Return what happens to each resource, once all that follows from the others is known."""
    ids = {str(each) for each in pair.names("Resources")}
    found = {name: _direct(pair, each, ids) for name, each in resources.items()}
    refers = {name: [*references(each.after)] for name, each in resources.items()}
    for _ in resources:
        further = {
            name: _followed(each, refers[name], found, resources)
            for name, each in resources.items()
        }
        if further == found:
            break
        found = further
    return found


def _direct(pair: Pair, each: Common, ids: set[str]) -> Happening:
    """Return what happens to a resource because its own properties differ."""
    names = [*each.before, *(name for name in each.after if name not in each.before)]
    seen = [
        _of_property(pair, each, name, ids)
        for name in names
        if each.before.get(name) != each.after.get(name)
    ]
    effect = max((happening.effect for happening in seen), default=Effect.NOTHING)
    found = tuple(one for other in seen if other.effect is effect for one in other.found)
    return Happening(effect, found if effect else ())


def _of_property(pair: Pair, each: Common, name: str, ids: set[str]) -> Happening:
    """Return what a property does in all the ways in which the conditions can come out."""
    ways = [
        [replace(one, path=one.path or (name,)) for one in differing(*both, ids)]
        for both in _where_both_are(pair, each, name)
    ]
    effects = [
        max((effect_of(each.type, one) for one in way), default=Effect.NOTHING) for way in ways
    ]
    effect = max(effects, default=Effect.NOTHING)
    if effect is Effect.REPLACE and min(effects) is not Effect.REPLACE:
        effect = Effect.MAY_REPLACE
    kept = (one for way in ways for one in way if effect_of(each.type, one) >= effect)
    return Happening(effect, tuple({one.path: one for one in kept}.values()))


def _where_both_are(pair: Pair, each: Common, name: str) -> Iterator[tuple[Any, Any]]:
    """Yield a property with its name in both versions, for each way in which both are there."""
    nodes = []
    for side, node, means in zip(
        (pair.before, pair.after), each.nodes, (each.before, each.after), strict=True
    ):
        there = meaning(side, when(node.get("Condition"), "there"))
        value = {name: means[name]} if name in means else {}
        nodes.append({"there": there, "value": value})
    for one, other in pair.outcomes(*nodes):
        if "there" in mapping(one) and "there" in mapping(other):
            yield one.get("value", {}), other.get("value", {})


def _followed(
    each: Common,
    refers: list[Reference],
    found: Mapping[str, Happening],
    resources: Mapping[str, Common],
) -> Happening:
    """Return what happens to a resource by what it refers to, where that is the more."""
    own = found[each.logical_id]
    for reference in refers:
        target = found.get(reference.target)
        if not target or target.effect < Effect.MAY_REPLACE or reference.target == each.logical_id:
            continue
        if _is_unmoved(resources[reference.target], reference.attribute):
            continue
        effect = min(effect_at(each.type, reference.path), target.effect)
        if effect is Effect.REPLACE and not reference.is_certain:
            effect = Effect.MAY_REPLACE
        if effect > own.effect:
            path = Differing(reference.path, "", "", reference.is_certain)
            own = Happening(effect, (path,), reference.target)
    return own


def _is_unmoved(target: Common, attribute: str) -> bool:
    """Return whether an attribute of a resource is a property that is given, and stays."""
    return attribute in target.before and target.before[attribute] == target.after.get(attribute)
