"""What happens to each resource that both versions have, and why: by itself or through another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aws_reference.registry import Path
from review.diff.differing import Differing, differing
from review.diff.meaning import meaning
from review.diff.pair import Pair, when
from review.diff.references import Reference, references
from review.diff.replacement import ITEM, Effect, effect_at, effect_of, is_in_place
from review.diff.tree import ABSENT, is_plain
from template_reader.nodes import mapping

THERE = "there"


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
        return ", ".join(dict.fromkeys(written(each.path) for each in self.found))


def written(path: Path) -> str:
    """Return a path as reports say it."""
    return ".".join("(…)" if each.startswith("{") else each for each in path if each != ITEM)


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
    who = _who_refers(refers)
    waiting = [name for name, each in found.items() if each.effect >= Effect.MAY_REPLACE]
    while waiting:
        for name in who.get(waiting.pop(), ()):
            further = _followed(resources[name], refers[name], found, resources)
            is_more = further.effect > found[name].effect
            found[name] = further
            if is_more and further.effect >= Effect.MAY_REPLACE:
                waiting.append(name)
    return found


def _who_refers(refers: Mapping[str, list[Reference]]) -> Mapping[str, list[str]]:
    """Return by what each resource is referred to."""
    found: dict[str, dict[str, None]] = {}
    for name, several in refers.items():
        for each in several:
            found.setdefault(each.target, {})[name] = None
    return {name: [*others] for name, others in found.items()}


def _direct(pair: Pair, each: Common, ids: set[str]) -> Happening:
    """Return what happens to a resource because its own properties differ."""
    there = [
        meaning(side, when(node.get("Condition"), THERE))
        for side, node in zip((pair.before, pair.after), each.nodes, strict=True)
    ]
    seen = [
        _of_part(each, path, list(_ways(pair, path, there, values)), ids)
        for path, values in _parts((), each.before, each.after)
    ]
    effect = max((one.effect for one in seen), default=Effect.NOTHING)
    if is_in_place(each.type, effect, each.nodes[1]):
        effect = Effect.UPDATE
    found = tuple(one for other in seen if other.effect >= effect for one in other.found)
    return Happening(effect, found if effect else ())


def _parts(path: Path, before: Any, after: Any) -> Iterator[tuple[Path, tuple[Any, Any]]]:
    """Yield the smallest parts that differ, with lists and functions as a whole."""
    if before == after:
        return
    if path and not (is_plain(before) and is_plain(after)):
        yield path, _without_common(before, after)
        return
    for key in dict.fromkeys([*before, *after]):
        yield from _parts((*path, key), before.get(key, ABSENT), after.get(key, ABSENT))


def _without_common(before: Any, after: Any) -> tuple[Any, Any]:
    """Return two nodes, lists without the items of both, if it is more than their order."""
    if isinstance(before, list) and isinstance(after, list):
        gone = [each for each in before if each not in after]
        come = [each for each in after if each not in before]
        return (gone, come) if gone or come else (before, after)
    return before, after


def _ways(
    pair: Pair, path: Path, there: list[Any], values: tuple[Any, Any]
) -> Iterator[tuple[Any, Any]]:
    """Yield what a part comes to below its name, for each way in which both have the resource."""
    nodes = [
        {"there": is_there, "value": {} if value is ABSENT else {path[-1]: value}}
        for is_there, value in zip(there, values, strict=True)
    ]
    for one, other in pair.outcomes(*nodes):
        if "there" in one and "there" in other:
            yield one.get("value", {}), other.get("value", {})


def _of_part(each: Common, path: Path, ways: list[tuple[Any, Any]], ids: set[str]) -> Happening:
    """Return what a part that differs does, in all the ways the conditions can come out."""
    found = [
        [replace(one, path=(*path[:-1], *(one.path or path[-1:]))) for one in differing(*both, ids)]
        for both in ways
    ]
    effects = [
        max((effect_of(each.type, one) for one in way), default=Effect.NOTHING) for way in found
    ]
    effect = max(effects, default=Effect.NOTHING)
    if effect is Effect.REPLACE and min(effects) is not Effect.REPLACE:
        effect = Effect.MAY_REPLACE
    kept = (one for way in found for one in way if effect_of(each.type, one) >= effect)
    return Happening(effect, tuple({one.path: one for one in kept}.values()))


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
