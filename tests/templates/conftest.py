"""Fixtures of the tests of templates."""

from __future__ import annotations

import pytest
from embedded import Clouds
from launch_buckets import Maker


@pytest.fixture
def make(clouds: Clouds) -> Maker:
    """Return what launches the launch bucket."""
    return Maker(clouds)
