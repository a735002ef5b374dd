"""Says at the end of a run what was real and what was stood in for."""

from __future__ import annotations

import pytest
from examples.notes import NOTES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each note once, in the order they were made."""
    if NOTES:
        terminalreporter.section("the sample application, for real", sep="-")
        for note in NOTES:
            terminalreporter.write_line(note)
