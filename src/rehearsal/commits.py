"""The commits of a rehearsal's repository: a folder of this machine, changed a little each time."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError

NEVER_COMMITTED = {".git", "__pycache__", "target", ".venv", "node_modules"}
DATE = "2020-01-01T00:00:00Z"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a ZIP archive can tell
CHANGED = {
    "src/app.py": "\n# Commit {number} of a rehearsal.\n",
    "src/main/resources/page.css": "\n/* Commit {number} of a rehearsal. */\n",
}


@dataclass(frozen=True)
class Commit:
    """What was pushed; `archive` is the tree as a ZIP archive."""

    id: str
    branch: str
    message: str
    archive: bytes


def commit(folder: Path, number: int, branch: str) -> Commit:
    """Return commit `number` of a folder: the tree as it is, from the second on with a change.

    Raises `RehearsalError` where there is no such folder, or nothing in it.
    """
    refuse_no_application(folder)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}
    if number > 1:
        name = next((each for each in CHANGED if each in files), "REHEARSAL.txt")
        words = CHANGED.get(name, "Commit {number} of a rehearsal.\n").format(number=number)
        files[name] = files.get(name, b"") + words.encode()
    archive = _pack(folder, files)
    return Commit(
        id=hashlib.sha1(archive, usedforsecurity=False).hexdigest(),
        branch=branch,
        message=f"Commit {number} of a rehearsal",
        archive=archive,
    )


def refuse_no_application(folder: Path) -> None:
    """Raise `RehearsalError` where there is no such folder, or nothing in it."""
    if not folder.is_dir():
        raise RehearsalError(f"{folder}: is no folder; name one that holds an application")
    if not any(_files(folder)):
        raise RehearsalError(f"{folder}: is empty; name a folder that holds an application")


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files that are committed, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not NEVER_COMMITTED & set(path.relative_to(folder).parts):
            yield path


def _pack(folder: Path, files: dict[str, bytes]) -> bytes:
    """Pack files so that the same content makes the same archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, EARLIEST)
            path = folder / name
            info.external_attr = ((path.stat().st_mode if path.exists() else 0o644) & 0xFFFF) << 16
            archive.writestr(info, content)
    return packed.getvalue()
