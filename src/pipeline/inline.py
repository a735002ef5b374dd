"""Texts the templates carry word for word: buildspecs, Lambda sources, the version.

They are files of this project because people edit, lint and test them as what they are; a
template that inlines them launches alone, and its reader sees the code that will run.
"""

from __future__ import annotations

from configparser import ConfigParser
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@cache
def version() -> str:
    """Return the version in `setup.cfg`, which every template carries."""
    settings = ConfigParser()
    settings.read(PROJECT / "setup.cfg", encoding="utf-8")
    return settings["metadata"]["version"]


@cache
def buildspec(name: str) -> str:
    """Return the text of `buildspecs/NAME.yml`."""
    return (PROJECT / "buildspecs" / f"{name}.yml").read_text(encoding="utf-8")


@cache
def function_source(name: str) -> str:
    """Return the text of `src/lambdas/NAME.py`."""
    return (PROJECT / "src" / "lambdas" / f"{name}.py").read_text(encoding="utf-8")
