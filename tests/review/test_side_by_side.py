"""Work in forked processes: its results in order, its errors raised, its end with the caller's."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from review.side_by_side import DiedError, side_by_side

LOADED: list[int] = []


def load() -> None:
    """Note the process that has loaded what the work needs."""
    LOADED.append(os.getpid())


def double(number: int) -> tuple[int, int, bool]:
    """Return twice a number, the process that says so, and whether it has loaded once."""
    return 2 * number, os.getpid(), len(LOADED) == 1


@pytest.mark.parametrize("most", [1, 2, 3])
def test_results_come_in_order_from_processes_that_load_once(most: int) -> None:
    with side_by_side(load, double, range(20), most) as collect:
        results = collect()
    assert [result for result, _, _ in results] == list(range(0, 40, 2))
    assert len({process for _, process, _ in results}) <= most
    assert all(once for _, _, once in results)
    assert os.getpid() not in {process for _, process, _ in results}
    assert LOADED == []


def test_nothing_to_do_is_done_without_a_process() -> None:
    with side_by_side(load, double, []) as collect:
        assert collect() == []


def test_an_error_is_raised_where_the_results_are_asked_for() -> None:
    def fail(number: int) -> int:
        raise ValueError(f"no {number}")

    with side_by_side(load, fail, [1, 2]) as collect, pytest.raises(ValueError, match="no "):
        collect()


@pytest.mark.parametrize("most", [1, 2])
def test_a_process_that_is_killed_is_told_in_one_line(most: int) -> None:
    def die(_: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with side_by_side(load, die, [1, 2], most) as collect, pytest.raises(DiedError, match="killed"):
        collect()


def test_what_is_still_at_work_ends_with_whoever_asked(tmp_path: Path) -> None:
    started, done = tmp_path / "started", tmp_path / "done"
    os.mkfifo(started)

    def wait(_: int) -> None:
        started.write_text(str(os.getpid()))
        signal.pause()
        done.write_text("done")

    with pytest.raises(KeyboardInterrupt), side_by_side(load, wait, [1]):
        process = int(started.read_text())
        raise KeyboardInterrupt
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert not done.exists()


def test_without_forks_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    here: Callable[[int], int] = os.getpid().__add__
    with side_by_side(list, here, [0]) as collect:
        assert collect() == [os.getpid()]
