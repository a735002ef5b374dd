"""Which resources of two templates can be compared as they are written, and which no one can read.

What a macro or a loop writes at the launch is not there to be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.diff.change import NotJudged
from template_reader.file import Template
from template_reader.nodes import below, function_of

MACROS = ("Fn::Transform", "Fn::ForEach")
Resources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Written:
    """The resources that can be read in both templates, by logical id."""

    before: Resources
    after: Resources

    def of_types(self, *types: str) -> Written:
        """Return only the resources of these types."""
        return Written(_of_types(self.before, types), _of_types(self.after, types))

    def only(self, names: Iterable[str]) -> Written:
        """Return only the resources of these logical ids."""
        kept = set(names)
        one, other = (
            {name: node for name, node in each.items() if name in kept}
            for each in (self.before, self.after)
        )
        return Written(one, other)

    def renamed(self) -> dict[str, str]:
        """Return the logical ids of before by those that equal resources have now."""
        gone = {name: node for name, node in self.before.items() if name not in self.after}
        found: dict[str, str] = {}
        for name, node in self.after.items():
            was = next((each for each in gone if gone[each] == node), None)
            if name not in self.before and was is not None:
                found[name] = was
                del gone[was]
        return found

    @property
    def names(self) -> list[str]:
        """Every logical id, those of before first."""
        return list(dict.fromkeys([*self.before, *self.after]))


def written(before: Template, after: Template) -> Written:
    """Return the resources that a macro has no part in, neither before nor after."""
    one, other = _resources(before), _resources(after)
    changed = [name for name in {*one, *other} if one.get(name) != other.get(name)]
    left_out = {name for name in changed if macro_of([one.get(name), other.get(name)])}
    return Written(one, other).only({*one, *other} - left_out)


def only(resource: Mapping[str, Any], paths: Collection[tuple[str, ...]]) -> dict[str, Any]:
    """Return a resource with nothing of its properties but what lies on some paths."""
    return {**resource, "Properties": _only(below(resource, "Properties"), paths)}


def _only(node: Any, paths: Collection[tuple[str, ...]]) -> Any:
    if () in paths or function_of(node):
        return node
    if isinstance(node, list):
        return [_only(each, paths) for each in node]
    if not isinstance(node, Mapping):
        return node
    heads = {path[0] for path in paths}
    found = ((key, each) for key, each in node.items() if key in heads)
    return {key: _only(each, [p[1:] for p in paths if p[0] == key]) for key, each in found}


def changes(before: Template, after: Template) -> Iterator[NotJudged]:
    """Yield what changed and is written at the launch only."""
    if before.document == after.document:
        return
    if before.document.get("Transform") or after.document.get("Transform"):
        yield NotJudged("Transform", "a macro rewrites the template at the launch; it is not run")
    one, other = before.section("Resources"), after.section("Resources")
    for name in dict.fromkeys([*one, *other]):
        was, now = one.get(name), other.get(name)
        if was != now and (macro := macro_of([{name: was}, {name: now}])):
            yield NotJudged(str(name), f"changed, and {macro} writes of it at the launch")


def macro_of(node: Any) -> str:
    """Return which function writes a part of a node at the launch, '' if it is as it stands."""
    if isinstance(node, Mapping):
        for key in map(str, node):
            if key.startswith(MACROS):
                return next(each for each in MACROS if key.startswith(each))
        node = list(node.values())
    return next(filter(None, map(macro_of, node)), "") if isinstance(node, list) else ""


def _resources(template: Template) -> Resources:
    found = template.section("Resources").items()
    return {str(name): node for name, node in found if isinstance(below(node, "Type"), str)}


def _of_types(resources: Resources, types: tuple[str, ...]) -> Resources:
    return {name: node for name, node in resources.items() if node["Type"] in types}
