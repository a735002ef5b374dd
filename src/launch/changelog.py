"""Reads what a version brings from its section of CHANGELOG.md, in the form of Keep a Changelog."""

from __future__ import annotations

import re
from pathlib import Path

from launch.errors import LaunchError
from semantic_version import Version

TITLE = re.compile(r"^## \[?([^\]\s]+)\]?(?: - (\S+))?(?: \[YANKED\])?\s*$", re.MULTILINE)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LINKS = re.compile(r"^\[[^\]]+\]: \S+$\n?", re.MULTILINE)
NEXT = "Unreleased"


def notes(changelog: Path, version: Version) -> str:
    """Return the section of a version. Raise `LaunchError` if there is none, or nothing in it.

    A pre-release without a section of its own has what is written under Unreleased: the same
    lines are gathered there until the version is done.
    """
    sections = _sections(changelog)
    title = str(version)
    if title not in sections and not version.stable:
        title = NEXT
    if title not in sections:
        raise LaunchError(
            f"{changelog}: has no section for {version}; "
            f"mend: write '## [{version}] - YYYY-MM-DD' above what it brings"
        )
    date, text = sections[title]
    if title != NEXT and not DATE.fullmatch(date):
        raise LaunchError(
            f"{changelog}: {title} has no date; mend: write '## [{title}] - YYYY-MM-DD'"
        )
    if not text:
        raise LaunchError(f"{changelog}: nothing stands under {title}; mend: say what it brings")
    return text


def _sections(changelog: Path) -> dict[str, tuple[str, str]]:
    """Return each section's date and text by its title."""
    text = LINKS.sub("", _read(changelog))
    titles = list(TITLE.finditer(text))
    ends = [each.start() for each in titles[1:]] + [len(text)]
    found: dict[str, tuple[str, str]] = {}
    for title, end in zip(titles, ends, strict=True):
        if title[1] in found:
            raise LaunchError(f"{changelog}: {title[1]} has two sections; mend: make them one")
        found[title[1]] = (title[2] or "", text[title.end() : end].strip())
    return found


def _read(changelog: Path) -> str:
    try:
        return changelog.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise LaunchError(
            f"{changelog}: cannot be read: {why}; mend: write what each version brings there"
        ) from None
