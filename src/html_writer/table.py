"""Writes a table that a screen reader still takes for one when a phone shows it as cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from html_writer.parts import Markup, tag


@dataclass(frozen=True)
class Column:
    """A column's name, the class of its cells, and whether they name their rows."""

    name: str
    kind: str = ""
    names_row: bool = False


def table(caption: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> Markup:
    """Return a table; browsers take the role from what is not laid out as one, so each says it."""
    head = (tag("th", each.name, scope="col", role="columnheader") for each in columns)
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *head, role="row"), role="rowgroup"),
        tag("tbody", *(_row(columns, row) for row in rows), role="rowgroup"),
        role="table",
    )


def _row(columns: Sequence[Column], row: Sequence[str]) -> Markup:
    cells = (_cell(column, content) for column, content in zip(columns, row, strict=True))
    return tag("tr", *cells, role="row")


def _cell(column: Column, content: str) -> Markup:
    name, role = ("th", "rowheader") if column.names_row else ("td", "cell")
    scope = column.names_row and "row"
    return tag(name, content, data_label=column.name, class_=column.kind, role=role, scope=scope)
