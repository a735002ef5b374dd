"""Puts rendered texts in place: each file whole, old or new, whenever the writing is cut short."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import InputError


def write_all(texts: Mapping[Path, str]) -> list[Path]:
    """Write the texts and return the files whose content changed.

    All are written beside their places first and renamed last, so that a failure on the way
    (`InputError`: no such folder, no right, no space) leaves every old file as it was.
    """
    changed = {path: text for path, text in texts.items() if _read(path) != text}
    beside: dict[Path, str] = {}
    try:
        for path, text in changed.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path] = _write_beside(path, text)
        for path, temporary in beside.items():
            os.replace(temporary, path)  # noqa: PTH105 - the temporary name is a plain string
    except OSError as error:
        place = error.filename2 or error.filename or "the output"
        reason = error.strerror or error
        raise InputError(
            f"{place}: cannot be written: {reason}; nothing was half-written"
        ) from None
    finally:
        for temporary in beside.values():
            with contextlib.suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108 - as above
    return list(changed)


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def _write_beside(path: Path, text: str) -> str:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.chmod(temporary, 0o666 & ~_umask())  # noqa: PTH101 - as above
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
