"""Lays a rule's case over the good template: what is planted is all that is different."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from review.diff.tree import named_items
from template_reader.file import Template
from template_reader.nodes import function_of
from template_reader.text import MarkedMapping, read_text

SECTIONS = {"Metadata", "Parameters", "Mappings", "Conditions", "Resources", "Outputs"}
GOOD = Path(__file__).parent / "review" / "good.yaml"


def planted(case: str) -> Template:
    """Return the good template with a case laid over its resources; null takes a key away.

    A case that names sections is laid over the template.
    """
    written = read_text(case)
    whole = written if set(written) <= SECTIONS else {"Resources": written}
    return Template(GOOD, laid_over(_good(), whole))


@functools.cache
def _good() -> Any:
    """Return the good template's content; what is laid over it leaves it as it is."""
    return read_text(GOOD.read_text(encoding="utf-8"))


def laid_over(node: Any, case: Any) -> Any:
    """Return a node with a case laid over it: mappings merged, lists paired by names.

    A function is what it is, as a whole.
    """
    if function_of(node) or function_of(case):
        return case
    if isinstance(node, Mapping) and isinstance(case, Mapping):
        return _merged(node, case)
    if isinstance(node, list) and isinstance(case, list):
        one, other = named_items(node), named_items(case)
        if one is not None and other is not None:
            return list(_merged(one, other).values())
    return case


def _merged(node: Mapping[str, Any], case: Mapping[str, Any]) -> MarkedMapping:
    made = MarkedMapping(node)
    made.start_mark = getattr(node, "start_mark", None)
    for key, each in case.items():
        made[key] = laid_over(node[key], each) if key in node else each
    return MarkedMapping({key: each for key, each in made.items() if each is not None})
