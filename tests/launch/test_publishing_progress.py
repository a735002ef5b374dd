"""The bar that people see while a version is uploaded, and programs do not."""

from __future__ import annotations

import io

import pytest
from publishing import House

from launch.errors import LaunchError
from launch.progress import bar_on


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_on_a_terminal_there_is_a_bar_and_nothing_is_left_of_it() -> None:
    terminal = Terminal()
    with bar_on(terminal, {}) as tell:
        tell(1, 3)
        tell(3, 3)
    shown = terminal.getvalue().split("\r\033[K")
    assert shown == [
        "",
        f"uploading [{'#' * 10}{'.' * 20}] 1 of 3",
        f"uploading [{'#' * 30}] 3 of 3",
        "",
    ]


def test_a_failure_is_not_written_behind_the_bar() -> None:
    terminal = Terminal()
    with pytest.raises(LaunchError), bar_on(terminal, {}) as tell:
        tell(1, 3)
        raise LaunchError("alas")
    assert terminal.getvalue().endswith("\r\033[K")


def test_elsewhere_there_is_none() -> None:
    for stream, environ in ((io.StringIO(), {}), (Terminal(), {"TERM": "dumb"})):
        with bar_on(stream, environ) as tell:
            tell(1, 1)
        assert stream.getvalue() == ""


def test_the_command_shows_it_on_a_terminal(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    house.done("publish")
    assert "5 of 5" in terminal.getvalue()
