"""Gives a test a house that publishes."""

from __future__ import annotations

from pathlib import Path

import pytest
from embedded import Clouds
from publishing import House, make_house


@pytest.fixture
def house(
    clouds: Clouds,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> House:
    """Return a house with an empty bucket, and 1.0.0 committed: three templates."""
    house = make_house(clouds, tmp_path, monkeypatch, capsys)
    house.clone.write("1.0.0", ("alerts", "backups", "costs"))
    return house
