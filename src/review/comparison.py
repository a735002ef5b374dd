"""Compares two sides, template by template: every change, what is not judged, and the verdict."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from review import diff
from review.acceptance import Accepted, accepted_by
from review.diff.change import Bump, Change, NotJudged, Section
from review.side import Side
from review.version_verdict import VersionVerdict, judge_version
from semantic_version import Version, VersionError, read_version
from template_reader.errors import TemplateError
from template_reader.file import LIBRARY, Template, decode_template
from template_reader.nodes import below

Changes = Callable[[Template, Template], Iterator[Change | NotJudged]]
ORDER = tuple(Section)
WHOLE = "the template"


@dataclass(frozen=True)
class Judged:
    """A change, and what accepts it, if anything does."""

    change: Change
    accepted: Accepted | None = None

    @property
    def open(self) -> bool:
        """Whether somebody has still to decide."""
        return self.change.decide and self.accepted is None


@dataclass(frozen=True)
class TemplateComparison:
    """What changes in one template, by section, the heaviest first; and what was not judged."""

    name: str
    changes: tuple[Judged, ...]
    not_judged: tuple[NotJudged, ...]

    @property
    def bump(self) -> Bump:
        """What the heaviest change asks of the version."""
        return max((each.change.bump for each in self.changes), default=Bump.NONE)

    @property
    def open(self) -> int:
        """How many changes somebody has still to decide on."""
        return sum(each.open for each in self.changes)


@dataclass(frozen=True)
class Comparison:
    """What changes between two sides.

    `templates` are those that differ, `same` counts the others; `not_judged` are files that differ
    and are no templates, as far as can be seen. `unreadable` maps what was a template and is none
    any more to the reason. `unused` accepts what does not happen.
    """

    before: str
    after: str
    templates: tuple[TemplateComparison, ...]
    same: int
    not_judged: tuple[NotJudged, ...]
    unreadable: Mapping[str, str]
    version: VersionVerdict
    unused: tuple[Accepted, ...]

    @property
    def failed(self) -> bool:
        """Whether nobody can decide: a major version is forgotten, or a template is none."""
        return self.version.failed or bool(self.unreadable)

    @property
    def open(self) -> bool:
        """Whether there is something to decide."""
        return bool(self.version.problem) or any(each.open for each in self.templates)


def compare(before: Side, after: Side, acceptances: Sequence[Accepted] = ()) -> Comparison:
    """Return what changes from one side to the other."""
    names = _differing(before, after)
    one, other = _parsed(before, names), _parsed(after, names)
    found = tuple(
        _template(name, one.templates.get(name), other.templates.get(name), acceptances)
        for name in names
        if name not in other.unread and name in {*one.templates, *other.templates}
    )
    used = {each.accepted for template in found for each in template.changes}
    bump = max((each.bump for each in found), default=Bump.NONE)
    was, now = before.version or _version(one), _version(other)
    return Comparison(
        before=before.name,
        after=after.name,
        templates=found,
        same=len(after.files.keys() - names),
        not_judged=tuple(_passed_over(one, other, before, after)),
        unreadable={each: why for each, why in other.unread.items() if each in one.templates},
        version=judge_version(bump, was, now, before.is_released),
        unused=tuple(each for each in acceptances if each not in used),
    )


def _differing(before: Side, after: Side) -> tuple[str, ...]:
    """Return the files whose bytes differ, but for those that were not read."""
    names = {*before.files, *after.files} - {*before.too_large, *after.too_large}
    return tuple(sorted(each for each in names if before.files.get(each) != after.files.get(each)))


@dataclass(frozen=True)
class _Parsed:
    """The templates among some files, and why the others are none."""

    templates: Mapping[str, Template]
    unread: Mapping[str, str]


def _parsed(side: Side, names: Iterable[str]) -> _Parsed:
    templates, unread = {}, {}
    for name in names:
        if name in side.files:
            try:
                templates[name] = decode_template(Path(name), side.files[name])
            except TemplateError as error:
                unread[name] = str(error)
    return _Parsed(templates, unread)


def _passed_over(one: _Parsed, other: _Parsed, before: Side, after: Side) -> Iterator[NotJudged]:
    """Yield the files of which nothing is said: too large, or no templates on either side."""
    for side in (before, after):
        yield from (
            NotJudged(each, f"too large to read, in {side.name}") for each in side.too_large
        )
    for name, why in {**one.unread, **other.unread}.items():
        if name in other.templates:
            yield NotJudged(name, f"compared with nothing: in {before.name}, {why}")
        elif name not in one.templates:
            yield NotJudged(name, why)


def _template(
    name: str, before: Template | None, after: Template | None, acceptances: Sequence[Accepted]
) -> TemplateComparison:
    said = _said(before, after)
    changes = (each for each in said if isinstance(each, Change))
    judged = (Judged(each, accepted_by(acceptances, name, each)) for each in changes)
    return TemplateComparison(
        name=name,
        changes=tuple(sorted(judged, key=_rank)),
        not_judged=tuple(each for each in said if isinstance(each, NotJudged)),
    )


def _said(before: Template | None, after: Template | None) -> tuple[Change | NotJudged, ...]:
    if before is None:
        return (Change(Section.CALLERS, "template added", WHOLE, Bump.MINOR),)
    if after is None:
        why = "whoever launches it, or updates a stack with it, must take another"
        return (Change(Section.CALLERS, "template removed", WHOLE, Bump.MAJOR, True, why=why),)
    return changes_between(before, after)


def changes_between(before: Template, after: Template) -> tuple[Change | NotJudged, ...]:
    """Return what every kind of reader says of two versions of a template."""
    return tuple(each for changes in _readers() for each in _told(changes, before, after))


def _told(changes: Changes, before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield what one reader says; of a template with a section that is none, why it cannot."""
    try:
        yield from changes(before, after)
    except TemplateError as error:
        yield NotJudged(changes.__module__.rpartition(".")[2], str(error))


@functools.cache
def _readers() -> tuple[Changes, ...]:
    """Return `changes` of every module of `review.diff` that has it."""
    names = [each.name for each in pkgutil.iter_modules(diff.__path__)]
    modules = [importlib.import_module(f"{diff.__name__}.{each}") for each in names]
    return tuple(each.changes for each in modules if hasattr(each, "changes"))


def _rank(judged: Judged) -> tuple[int, bool, int]:
    """Return what changes are ordered by: their section, then what is to be decided on."""
    change = judged.change
    return (ORDER.index(change.section), not judged.open, -change.bump)


def _version(side: _Parsed) -> Version | None:
    """Return the version that a side's templates say, None if they do not all say the same."""
    documents = (each.document for each in side.templates.values())
    said = {str(below(each, "Metadata", LIBRARY, "Version")) for each in documents}
    try:
        return read_version(said.pop(), "Version") if len(said) == 1 else None
    except VersionError:
        return None
