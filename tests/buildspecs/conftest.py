"""Gives each test a workshop in which nothing but bash and a few tools of the machine are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from buildspecs.partitions import Places, application, equip, settle
from buildspecs.workshop import TOOLS, Note, Workshop
from embedded import Clouds


@pytest.fixture
def workshop(tmp_path: Path, record_property: Note) -> Workshop:
    made = Workshop(tmp_path, record_property)
    for name in TOOLS:
        made.use(name)
    made.use_python()
    return made


@pytest.fixture
def places(clouds: Clouds, workshop: Workshop) -> Places:
    """Return an account at home and one in China between which all is as it should be."""
    return settle(clouds, equip(workshop))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Return where the sample application lies, as the build hands it on."""
    return application(tmp_path / "bundle")
