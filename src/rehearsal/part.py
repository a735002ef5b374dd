"""Hands out the values of a resolved template's mapping by type, and refuses those of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from refusals import nearest
from rehearsal.errors import RehearsalError


@dataclass(frozen=True)
class Part:
    """A mapping and where it stands. Each method raises `RehearsalError`."""

    place: str
    values: Mapping[str, Any]

    def fail(self, key: str, words: str) -> NoReturn:
        raise RehearsalError(f"{f'{self.place}.' if self.place else ''}{key}: {words}")

    def only(self, *known: str) -> Part:
        """Refuse every other key, for what is not understood must not be passed over."""
        for key in sorted(self.values.keys() - set(known)):
            near = nearest(key, known) or "; leave it out"
            self.fail(key, f"is not known here{near}")
        return self

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return str(value).lower()
        if value is None or not isinstance(value, str | int | float):
            self.fail(key, "is missing; add it" if value is None else "is not one text; write one")
        return str(value)

    def number(self, key: str) -> int | None:
        value = self.text(key, "")
        if value and not value.isdigit():
            self.fail(key, f"'{value}' is not a whole number; write one")
        return int(value) if value else None

    def part(self, key: str) -> Part:
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            self.fail(key, "is no mapping; write one 'key: value' to a line, indented")
        return Part(f"{self.place}.{key}" if self.place else key, value)

    def words(self, key: str) -> tuple[str, ...]:
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            self.fail(key, "is no list of texts; put each behind a dash")
        return tuple(values)

    def parts(self, key: str) -> Iterator[Part]:
        """Yield the mappings of a list, each placed by its own name or else by its number."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(each, Mapping) for each in values):
            self.fail(key, "is no list of mappings; put each behind a dash")
        for at, value in enumerate(values, start=1):
            name = value.get("Name", f"{key}[{at}]")
            yield Part(f"{self.place}.{name}" if self.place else str(name), value)

    def texts(self, key: str) -> dict[str, str]:
        return {name: self.part(key).text(name) for name in self.part(key).values}
