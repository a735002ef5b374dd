"""Says what a reader of changes sees between two versions of the good template, a line to each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planting import planted

from review.diff.change import Change, NotJudged
from template_reader.file import Template
from template_reader.text import read_text

Changes = Callable[[Template, Template], Iterator[Change | NotJudged]]


def seen(
    changes: Changes, before: str, after: str, sections: tuple[str, str] = ("{}", "{}")
) -> list[Change | NotJudged]:
    """Return what is seen when one case, laid over the good template, becomes the other.

    Other sections of the two templates, such as Conditions, are added to theirs.
    """
    one, other = (
        _with(planted(case), more) for case, more in zip((before, after), sections, strict=True)
    )
    return list(changes(one, other))


def lines(found: list[Change | NotJudged]) -> list[str]:
    """Return the verdicts, as 'gained Role/ReadArtifacts: MINOR, decide'."""
    return [_line(each) for each in found]


def _with(template: Template, sections: str) -> Template:
    return Template(template.path, {**template.document, **read_text(sections)})


def _line(each: Change | NotJudged) -> str:
    if isinstance(each, NotJudged):
        return f"not judged {each.where}"
    decide = ", decide" if each.decide else ""
    return f"{each.what} {each.where}: {each.bump.name}{decide}"
