"""Works through items in forked processes, while whoever asked for it does something else.

What takes long to load is loaded once, in the first of them, before the others are forked.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, Pipe
from typing import Any, TypeVar

from refusals import RefusalError

MOST = 4  # each takes 200 MB
SELDOM = 100_000  # objects made before somebody looks for garbage; else that takes a tenth
Item = TypeVar("Item")
Result = TypeVar("Result")
Collect = Callable[[], list[Result]]


class DiedError(RefusalError):
    """A forked process ended before its work was done."""


@contextmanager
def side_by_side(
    load: Callable[[], object],
    work: Callable[[Item], Result],
    items: Sequence[Item],
    most: int = MOST,
) -> Iterator[Collect[Result]]:
    """Begin the work, and return what waits for its results, in the order of the items.

    No more than `most` processes work, and no more than there are processors. What is
    still at work in the end is killed. Raises what the work raises, and `DiedError`.
    """
    if not items or not hasattr(os, "fork"):
        yield lambda: [work(each) for each in items]
        return
    processes = min(most, os.cpu_count() or 1, len(items))
    process, connection = _fork(lambda: _lead(load, work, items, processes))
    try:
        yield lambda: [result for _, result in sorted(_received(connection), key=_number)]
    finally:
        connection.close()
        _kill(process)


def _lead(
    load: Callable[[], object], work: Callable[[Any], Any], items: Sequence[Any], processes: int
) -> list[tuple[int, Any]]:
    """Load, fork the others, and return what all of them have done."""
    os.setpgid(0, 0)  # so that all of them can be killed together
    gc.disable()
    load()
    gc.freeze()  # what is loaded stays, and looking through it again and again takes a sixth
    gc.enable()
    gc.set_threshold(SELDOM)
    taken = multiprocessing.get_context("fork").Value("i", 0)

    def share() -> list[tuple[int, Any]]:
        return [(number, work(items[number])) for number in _next(taken, len(items))]

    others = [_fork(share) for _ in range(processes - 1)]
    results = share()
    for process, connection in others:
        results += _received(connection)
        os.waitpid(process, 0)
    return results


def _next(taken: Any, end: int) -> Iterator[int]:
    """Yield the number of the next item that no process has taken yet."""
    while True:
        with taken.get_lock():
            number = taken.value
            taken.value += 1
        if number >= end:
            return
        yield number


def _fork(make: Callable[[], Any]) -> tuple[int, Connection]:
    """Return a process that makes something, and where it sends what it has made."""
    reader, writer = Pipe(duplex=False)
    process = os.fork()
    if process:
        writer.close()
        return process, reader
    try:
        writer.send(_made(make))
    finally:
        os._exit(0)  # nothing of whoever was forked is to be done twice


def _made(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except Exception as error:  # it is raised where the result is asked for
        return error


def _received(connection: Connection) -> list[tuple[int, Any]]:
    try:
        received = connection.recv()
    except EOFError:
        raise DiedError(
            "cfn-lint: a process of it was killed; free some memory, and try again"
        ) from None
    if isinstance(received, Exception):
        raise received
    return list(received)


def _number(numbered: tuple[int, Any]) -> int:
    return numbered[0]


def _kill(process: int) -> None:
    for kill in (os.killpg, os.kill):  # it may not have a group of its own yet
        try:
            kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    os.waitpid(process, 0)
