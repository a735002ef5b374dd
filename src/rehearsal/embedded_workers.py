"""Ends the processes of functions that rest: MiniStack keeps one of each, some 60 MB, for ever.

As in AWS the environment of a function goes when it is not used, and its next invocation finds a
new one. Not as in AWS: it goes as soon as another function is invoked, or the desk says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from rehearsal import embedded_desk
from rehearsal.embedded_desk import Given

NONE = ""


def install() -> None:
    """Put into MiniStack what stands here."""
    embedded_desk.offer(EndRestingFunctions=_end_resting)
    acquire: Callable[..., Any] = lambda_svc.acquire_worker

    def acquired(name: str, *given: Any, **named: Any) -> Any:
        lambda_runtime.kill_workers(_resting(name))
        return acquire(name, *given, **named)

    lambda_svc.acquire_worker = acquired


def _end_resting(_given: Given) -> Given:
    lambda_runtime.kill_workers(_resting(NONE))
    return {}


def _resting(wanted: str) -> list[Any]:
    """Take the processes that rest out of their pools, but for those of a function."""
    resting = []
    with lambda_runtime._lock:
        for pool in lambda_runtime._workers.values():
            resting += [each for each in pool if each.func_name != wanted and not each.in_use]
            pool[:] = [each for each in pool if each not in resting]
    return resting
