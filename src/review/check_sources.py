"""Finds the templates somebody names: the library's by name, others by file, folder or stream."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from review.check import Source, read
from template_reader.errors import TemplateError
from template_reader.file import read_content

STREAM = "-"
SUFFIXES = (".yaml", ".yml", ".json", ".template")
LIKE_A_TEMPLATE = re.compile(rb"""(?m)^\s*["']?(AWSTemplateFormatVersion|Resources)["']?\s*:""")


@dataclass(frozen=True)
class Chosen:
    """What is to be checked; `names` are the library's, () and `is_whole` for all of them."""

    sources: tuple[Source, ...]
    names: tuple[str, ...]
    is_whole: bool

    def expected(
        self, render: Callable[[Sequence[str]], Mapping[Path, str]]
    ) -> dict[Path, str | None]:
        """Return the text expected of each of the library's, None for what nothing renders."""
        if self.is_whole:
            return {**{each.path: None for each in self.sources}, **render(())}
        return dict(render(self.names)) if self.names else {}


def choose(named: Sequence[str], library: Path) -> Chosen:
    """Return what is named, the whole library where nothing is. Raise `TemplateError`."""
    if not named:
        return Chosen(tuple(map(read, sorted(library.glob("*.yaml")))), (), is_whole=True)
    names = tuple(each for each in dict.fromkeys(named) if _is_name(each, library))
    own = [read(library / f"{each}.yaml") for each in names]
    others = [source for each in dict.fromkeys(named) if each not in names for source in _at(each)]
    return Chosen((*own, *others), names, is_whole=False)


def _is_name(named: str, library: Path) -> bool:
    """Return whether something is named, and not written as a file."""
    if named == STREAM or "/" in named or named.endswith(SUFFIXES):
        return False
    return (library / f"{named}.yaml").exists() or not Path(named).exists()


def _at(place: str) -> Iterator[Source]:
    if place == STREAM:
        yield Source(Path(STREAM), sys.stdin.buffer.read())
    elif Path(place).is_dir():
        yield from _below(Path(place))
    else:
        yield Source(Path(place), read_content(Path(place)))


def _below(folder: Path) -> list[Source]:
    """Return the files below a folder that say they are templates, none that is hidden."""
    files = (each for each in sorted(folder.rglob("*")) if each.name.endswith(SUFFIXES))
    seen = (each for each in files if not _is_hidden(each.relative_to(folder)) and each.is_file())
    sources = (Source(each, read_content(each)) for each in seen)
    found = [each for each in sources if LIKE_A_TEMPLATE.search(each.content or b"")]
    if not found:
        raise TemplateError(f"{folder}: holds no template; name a folder with one, or a file")
    return found


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
