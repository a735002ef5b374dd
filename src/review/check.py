"""Says of templates whether they are what is expected of them, and what cfn-lint and we find.

cfn-lint works in processes of its own; meanwhile the texts expected are made, and our rules judge.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from review import gate
from review.finding import Finding
from review.judge import judge
from review.linted import Report
from review.side_by_side import side_by_side
from template_reader.errors import TemplateError
from template_reader.file import decode_template

NamedBy = Literal["options", "metadata", "nobody"]


@dataclass(frozen=True)
class Source:
    """A template's file; `content` is None where there is none."""

    path: Path
    content: bytes | None


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one file; `report` is None where cfn-lint has not read it.

    `named_by` says who named the regions it was linted for.
    """

    path: Path
    findings: tuple[Finding, ...]
    report: Report | None
    not_judged: tuple[str, ...] = ()
    named_by: NamedBy = "metadata"

    @property
    def passes(self) -> bool:
        """Whether nothing was found that counts; notes do not."""
        return all(each.level == "note" for each in self.findings)


def check(
    sources: Sequence[Source],
    expected: Callable[[], Mapping[Path, str | None]] = dict,
    regions: Sequence[str] = (),
) -> list[Verdict]:
    """Return a verdict on each file; `expected` makes the texts of those that are rendered.

    It says None for what should not be there, and nothing of files it does not know.
    """
    there = [each for each in sources if _is_readable(each)]
    largest_first = sorted(there, key=lambda each: -len(each.content or b""))
    with side_by_side(_load, functools.partial(_lint, regions), largest_first) as linted:
        texts = expected()
        known = dict.fromkeys(each.path for each in sources)
        missing = [Source(path, None) for path in texts if path not in known]
        own = {each.path: _own(each, texts) for each in (*sources, *missing)}
        reports = {Path(each.path): each for each in linted()}
    return [_verdict(path, each, reports.get(path), regions) for path, each in own.items()]


def check_rendered(expected: Mapping[Path, str]) -> list[Verdict]:
    """Return a verdict on each file of which the text is known."""
    return check([read(path) for path in expected], lambda: expected)


def read(path: Path) -> Source:
    """Read a file, which may not be there."""
    return Source(path, path.read_bytes() if path.exists() else None)


def _is_readable(source: Source) -> bool:
    return source.content is not None and not gate.unreadable(source.path, source.content)


def _load() -> None:
    from review.lint import load  # noqa: PLC0415 - half a second, in the processes that lint alone

    load()


def _lint(regions: Sequence[str], source: Source) -> Report:
    from review.lint import lint_text  # noqa: PLC0415

    return lint_text(str(source.path), (source.content or b"").decode(), regions)


@dataclass(frozen=True)
class _Own:
    """What we say of a file; `unread` is why our rules could not be asked, '' where they were."""

    findings: tuple[Finding, ...]
    not_judged: tuple[str, ...] = ()
    unread: str = ""


def _own(source: Source, texts: Mapping[Path, str | None]) -> _Own:
    drift = tuple(gate.drift(source.path, source.content, texts))
    if source.content is None:
        return _Own(drift)
    if unreadable := gate.unreadable(source.path, source.content):
        return _Own((*drift, unreadable))
    try:
        template = decode_template(source.path, source.content)
        if gate.is_endless(template.document):
            return _Own((*drift, gate.endless(str(source.path))))
        findings = (*drift, *gate.ignored(template), *judge(template))
        return _Own(findings, tuple(gate.not_judged(template)))
    except TemplateError as error:
        return _Own(drift, unread=str(error))


def _verdict(path: Path, own: _Own, report: Report | None, regions: Sequence[str]) -> Verdict:
    linted = report.findings if report else ()
    findings = {*own.findings, *linted}
    if own.unread and not linted:
        words = own.unread.removeprefix(f"{path}: ")
        findings.add(Finding(str(path), 1, "MG002", words))
    unread = (f"by our rules: {own.unread}",) if own.unread else ()
    return Verdict(
        path=path,
        findings=tuple(sorted(findings)),
        report=report,
        not_judged=(*unread, *own.not_judged),
        named_by=_named_by(report, regions),
    )


def _named_by(report: Report | None, regions: Sequence[str]) -> NamedBy:
    if regions:
        return "options"
    return "metadata" if report and report.is_fit else "nobody"
