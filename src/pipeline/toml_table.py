"""One table of a TOML file: hands out its keys by type; every error names the key and the mend."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NoReturn, TypeVar

from pipeline.errors import InputError
from refusals import nearest, quoted

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
COUNT = re.compile(r"\[[0-9]+\]")

AnyStrEnum = TypeVar("AnyStrEnum", bound=StrEnum)


class Table:
    """A table and where it stands; `keys` are those it may have, and any other is refused.

    Tables of a list are counted from 1. Every method raises `InputError`.
    """

    def __init__(self, path: str, values: Mapping[str, object], keys: Sequence[str]) -> None:
        self.path = path
        self.values = values
        for key in values:
            if key not in keys:
                self.fail(key, f"is not a key{nearest(key, keys)}; known here: {', '.join(keys)}")

    def place(self, key: str) -> str:
        """Return the full name of a key, as errors name it."""
        name = key if BARE_KEY.fullmatch(key) else quoted(key)
        return f"{self.path}.{name}" if self.path else name

    def fail(self, key: str, message: str) -> NoReturn:
        """Refuse the value of a key."""
        raise InputError(f"{self.place(key)}: {message}")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        value = self.values.get(key, default)
        if value is None:
            self.fail(key, f'is missing; write {key} = "…"')
        if not isinstance(value, str):
            self.fail(key, f'is {_kind(value)}, not a text; write {key} = "…"')
        return value

    def name(self, key: str, pattern: re.Pattern[str], rule: str) -> str:
        """Return a text that matches a pattern; `rule` says the pattern in words."""
        value = self.text(key)
        if not pattern.fullmatch(value):
            self.fail(key, f"{quoted(value)} is no name that can be used here; {rule}")
        return value

    def optional_name(self, key: str, pattern: re.Pattern[str], rule: str) -> str:
        """Return a text that matches a pattern, or '' where the key is left out."""
        return self.name(key, pattern, rule) if key in self.values else ""

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false, the default where the key is left out."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.fail(key, f"is {_kind(value)}, not true or false; write {key} = true")
        return value

    def choice(self, key: str, among: type[AnyStrEnum], default: AnyStrEnum) -> AnyStrEnum:
        """Return the member of an enumeration that a text names."""
        return _member(self.place(key), among, self.text(key, default))

    def choices(self, key: str, among: type[AnyStrEnum]) -> tuple[AnyStrEnum, ...]:
        """Return the members that a list of texts names, each once; all where it is left out."""
        known = ", ".join(among)
        values = self.values.get(key, list(among))
        if not isinstance(values, list):
            self.fail(key, f'is {_kind(values)}, not a list of texts; write {key} = ["…", "…"]')
        if not values:
            self.fail(key, f"is empty; name at least one of {known}")
        for at, each in enumerate(values, start=1):
            if not isinstance(each, str):
                self.fail(key, f"its value {at} is {_kind(each)}; use {known}, in quotes")
        members = tuple(_member(self.place(key), among, each) for each in values)
        for at, member in enumerate(members):
            if member in members[:at]:
                self.fail(key, f"{member} stands there twice; name it once")
        return members

    def tables(self, key: str, keys: Sequence[str]) -> list[Table]:
        """Return the tables of a list, at least one; `keys` are those each of them may have."""
        header = f"[[{COUNT.sub('', self.place(key))}]]"
        values = self.values.get(key, [])
        if not isinstance(values, list):
            self.fail(key, f"is {_kind(values)}, not a list of tables; write {header}")
        if not values:
            self.fail(key, f"is missing; write at least one {header}")
        for at, each in enumerate(values, start=1):
            if not isinstance(each, dict):
                self.fail(key, f"its value {at} is {_kind(each)}, not a table; write {header}")
        return [Table(f"{self.place(key)}[{at}]", each, keys) for at, each in enumerate(values, 1)]


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text"}
    names |= {list: "a list", dict: "a table"}
    return names.get(type(value), "a date or a time")


def _member(place: str, among: type[AnyStrEnum], word: str) -> AnyStrEnum:
    if word not in set(among):
        known = ", ".join(among)
        raise InputError(
            f"{place}: {quoted(word)} is not known{nearest(word, among)}; use one of {known}"
        )
    return among(word)
