"""Puts rendered texts in place: each file whole, old or new, whenever the writing is cut short."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from pipeline.errors import InputError


def write_all(texts: Mapping[Path, str]) -> list[Path]:
    """Write the texts and return the files whose content changed.

    All are written beside their places first and renamed last, so that a failure on the way
    (`InputError`: no such folder, no right, no space) leaves every old file as it was.
    """
    changed = {path: text for path, text in texts.items() if _read(path) != text}
    try:
        with ExitStack() as stack:
            beside = {path: _write_beside(path, text, stack) for path, text in changed.items()}
            for path, written in beside.items():
                written.replace(path)
    except OSError as error:
        place = error.filename2 or error.filename or "the output"
        reason = error.strerror or error
        raise InputError(
            f"{place}: cannot be written: {reason}; name a folder you may write to; "
            "every file is whole, old or new"
        ) from None
    return list(changed)


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def _write_beside(path: Path, text: str, stack: ExitStack) -> Path:
    """Write a text near its place, into a folder that goes when the stack is left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.")
    written = Path(stack.enter_context(folder)) / path.name
    written.write_text(text, encoding="utf-8", newline="\n")
    return written
