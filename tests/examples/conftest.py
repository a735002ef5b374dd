"""Passes on what was real and what was stood in for, to be said at the end of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from examples.notes import NOTES


@pytest.fixture(autouse=True)
def _passes_on_its_notes(record_property: Callable[[str, object], None]) -> Iterator[None]:
    yield
    for note in NOTES:
        record_property("the sample application", note)
