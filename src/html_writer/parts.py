"""Writes HTML in which every text is escaped, unless it is HTML made here."""

from __future__ import annotations

import html

EMPTY_TAGS = {"link", "meta"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *content: str, **attributes: str | bool) -> Markup:
    """Return an element; names of attributes may end in _ and have _ for -, True means no value."""
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value)
    inner = joined(*content)
    return Markup(f"<{name}{written}>{inner}" + ("" if name in EMPTY_TAGS else f"</{name}>"))


def joined(*content: str) -> Markup:
    """Return contents one after the other."""
    return Markup("".join(map(_escaped, content)))


def _escaped(content: str) -> str:
    return content if isinstance(content, Markup) else html.escape(content)


def _attribute(key: str, value: str | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'
