"""Reads the data files that installed libraries ship, without importing the libraries."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import Any

import orjson


@functools.cache
def data_of(library: str, folder: str = "data") -> Path:
    """Return the data folder of an installed library. Raise `ModuleNotFoundError`."""
    spec = importlib.util.find_spec(library)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{library} is not installed; mend: make templates")
    return Path(spec.origin).parent / folder


def read_json(path: Path) -> Any:
    """Return the content of a JSON file."""
    return orjson.loads(path.read_bytes())
