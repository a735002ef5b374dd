"""Gives each test a workshop in which nothing but bash and a few tools of the machine are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from buildspecs.workshop import TOOLS, Note, Workshop


@pytest.fixture
def workshop(tmp_path: Path, record_property: Note) -> Workshop:
    made = Workshop(tmp_path, record_property)
    for name in TOOLS:
        made.use(name)
    made.use_python()
    return made
