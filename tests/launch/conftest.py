"""Gives a test a house that publishes."""

from __future__ import annotations

from pathlib import Path

import botocore.session
import pytest
from botocore.loaders import Loader
from embedded import Clouds
from publishing import House, make_house


@pytest.fixture(scope="session", name="loader")
def _loader() -> Loader:
    """Return what reads the SDK's data from disk, once for all runs: half of the time of each."""
    return Loader()


@pytest.fixture
def house(
    clouds: Clouds,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    loader: Loader,
) -> House:
    """Return a house with an empty bucket, and 1.0.0 committed: three templates."""
    monkeypatch.setattr(botocore.session, "create_loader", lambda _: loader)
    house = make_house(clouds, tmp_path, monkeypatch, capsys)
    house.clone.write("1.0.0", ("alerts", "backups", "costs"))
    return house
