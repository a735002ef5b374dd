"""What a build leaves behind: artifacts to be kept, and test reports to be counted."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile

from rehearsal.buildspec_file import Files


@dataclass(frozen=True)
class Artifact:
    """Files to be kept, by the path they have in the artifact."""

    name: str
    patterns: tuple[str, ...]
    files: Mapping[str, Path]


@dataclass(frozen=True)
class Report:
    """The counts of all JUnit files of a report group; `unreadable` names files that are none."""

    name: str
    files: tuple[str, ...]
    tests: int = 0
    failures: int = 0
    errors: int = 0
    skipped: int = 0
    unreadable: tuple[str, ...] = ()


def collect(wanted: Files, source: Path) -> Artifact:
    """Return an artifact, under the name as it is written: CodePipeline takes none from here."""
    return Artifact(wanted.name, wanted.patterns, _find(wanted, source))


def pack(artifact: Artifact, archive: Path) -> None:
    """Write an artifact as the ZIP archive that CodePipeline hands on; a link becomes its file."""
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for name, path in artifact.files.items():
            packed.write(path, name)


def count(wanted: Files, source: Path) -> Report:
    """Count test cases; as in CodeBuild a report that is missing or unreadable fails no build."""
    found = _find(wanted, source)
    cases, unreadable = [], []
    for name, path in found.items():
        try:
            cases += ElementTree.parse(path).findall(".//testcase")  # noqa: S314 - the build's own
        except ElementTree.ParseError:
            unreadable.append(name)
    return Report(
        name=wanted.name,
        files=tuple(found),
        tests=len(cases),
        failures=_with(cases, "failure"),
        errors=_with(cases, "error"),
        skipped=_with(cases, "skipped"),
        unreadable=tuple(unreadable),
    )


def _with(cases: list[ElementTree.Element], kind: str) -> int:
    return sum(case.find(kind) is not None for case in cases)


def _find(wanted: Files, source: Path) -> dict[str, Path]:
    """Return the files there are, by the path under which they are kept."""
    base = Path(os.path.normpath(source / wanted.base))
    found = _match(wanted.patterns, base) - _match(wanted.excluded, base)
    return {
        path.name if wanted.flat else os.path.relpath(path, base): path
        for path in sorted(found)
        if path.is_file()
    }


def _match(patterns: tuple[str, ...], base: Path) -> set[Path]:
    return {
        Path(os.path.normpath(base / path))
        for pattern in patterns
        for path in glob(pattern, root_dir=base, recursive=True, include_hidden=True)  # noqa: PTH207
    }
