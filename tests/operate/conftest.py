"""Gives a test a desk to store access keys from."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.loaders import Loader
from embedded import Clouds
from key_desk import NUMBERS, Desk, Offices, open_offices


@pytest.fixture(scope="session", name="offices")
def _offices(_clouds: Clouds, tmp_path_factory: pytest.TempPathFactory) -> Offices:
    return open_offices(_clouds, tmp_path_factory.mktemp("offices"))


@pytest.fixture(scope="session", name="loader")
def _loader() -> Loader:
    """Return what reads the SDK's data from disk, once for all runs: half of the time of each."""
    return Loader()


@pytest.fixture(name="desk")
def _desk(
    offices: Offices,
    clouds: Clouds,
    loader: Loader,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Desk:
    """Return a desk whose prefix nobody has used."""
    monkeypatch.setattr(botocore.session, "create_loader", lambda _: loader)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(offices.config))
    return Desk(offices, monkeypatch, capsys, f"/China/Test{next(NUMBERS)}")
