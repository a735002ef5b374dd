"""Keys of mappings that are gone, though a stack may look a value up by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from review.diff.change import Bump, Change, Section
from review.diff.meaning import shown
from review.diff.pair import Pair
from template_reader.nodes import function_of, mapping


def keys_gone(pair: Pair) -> Iterator[Change]:
    """Yield the first keys that are gone of mappings that are asked by what only a stack knows."""
    asked = _asked(pair.after.document)
    for name, node in pair.before.section("Mappings").items():
        left = pair.after.section("Mappings").get(name)
        if not isinstance(left, Mapping) or str(name) not in asked:
            continue
        gone = [str(key) for key in mapping(node) if key not in left]
        if gone:
            why = f"a stack of which {asked[str(name)]} is one of them can no longer be updated"
            values = (", ".join(gone), "")
            yield Change(
                Section.CALLERS,
                "mapping key removed",
                str(name),
                Bump.MAJOR,
                True,
                "",
                *values,
                why,
            )


def _asked(node: Any) -> dict[str, str]:
    """Return the mappings asked by a first key that is not written, with what it is."""
    return dict(_lookups(node))


def _lookups(node: Any) -> Iterator[tuple[str, str]]:
    match function_of(node):
        case "Fn::FindInMap", [str() as name, Mapping() as key, _]:
            yield str(name), shown(key)
    children = node.values() if isinstance(node, Mapping) else node
    for each in children if isinstance(node, Mapping | list) else ():
        yield from _lookups(each)
