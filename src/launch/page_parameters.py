"""The parameters of a template on the launch page, in the groups the console shows them in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from html_writer.parts import Markup, joined, tag
from html_writer.table import Column, table
from launch.manifest import Parameter
from launch.notes import coded

COLUMNS = (
    Column("parameter", "name", names_row=True),
    Column("what it is", "says"),
    Column("default", "default"),
)
OTHERS = "Others"


def parameters(found: Sequence[Parameter]) -> Markup:
    """Return all parameters, unfolded on demand, the title saying which must be given."""
    if not found:
        return tag("p", "It has no parameters.", class_="note")
    needed = [each.label or each.name for each in found if each.default is None]
    number = f"{len(found)} parameter{'' if len(found) == 1 else 's'}"
    said = f"you give {', '.join(needed)}" if needed else "each has a default"
    groups = groupby(found, lambda each: each.group)
    tables = (table(name or OTHERS, COLUMNS, map(_row, own)) for name, own in groups)
    summary = tag("summary", number, tag("span", f": {said}", class_="soft"))
    return tag("details", summary, *tables, class_="parameters")


def _row(parameter: Parameter) -> list[str]:
    named = tag("code", parameter.name)
    label = joined(parameter.label, " ", named) if parameter.label else named
    return [label, coded(parameter.description), _default(parameter)]


def _default(parameter: Parameter) -> Markup:
    if parameter.default is None:
        return tag("span", "you give it", class_="chip must")
    if parameter.no_echo:
        return tag("span", "not shown", class_="chip")
    return tag("code", parameter.default) if parameter.default else tag("span", "empty")
