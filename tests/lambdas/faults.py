"""What can go wrong with a call, whichever function makes it, and the plans that make it so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse
from lambdas.wire import Call, Killed, Perform, RefusalError, refuse, respond, time_out

FAULTS = "faults"  # `tests/conftest.py` adds them up for the summary
Record = Callable[[str, object], None]
Fault = Callable[[Any, Call, Perform], AWSResponse]


def timed_out(world: Any, call: Call, perform: Perform) -> AWSResponse:
    """Do what is asked, and answer nothing."""
    perform()
    raise time_out(call)


def error(code: str) -> Fault:
    """Return the fault of a refusal."""
    return lambda world, call, perform: refuse(call, RefusalError(code))


def empty(name: str) -> Fault:
    """Return the fault of a list that shows nothing."""
    return lambda world, call, perform: respond(call, 200, {name: []})


def kill() -> None:
    """End the process."""
    raise Killed


def kinds(
    throttled: Fault, denied: Fault, not_found: dict[str, Fault], wrong_state: dict[str, Fault]
) -> dict[str, Callable[[str], Fault]]:
    """Return, by its name, each kind of fault that a call may suffer; some by its operation."""
    return {
        "throttled": lambda operation: throttled,
        "denied": lambda operation: denied,
        "timed out after it took effect": lambda operation: timed_out,
        "not found at first": lambda operation: not_found[operation],
        "wrong state": lambda operation: wrong_state[operation],
    }


class Strike:
    """The plan that does one fault to one call, which is counted from 1."""

    def __init__(self, operation: str, number: int, fault: Fault) -> None:
        self.operation, self.number, self.fault = operation, number, fault
        self.seen, self.has_struck = 0, False

    def __call__(self, world: Any, call: Call, perform: Perform) -> AWSResponse:
        """Count the calls, and strike one of them in all its attempts."""
        if call.operation == self.operation:
            self.seen += not call.is_retry
            if self.seen == self.number:
                self.has_struck = True
                return self.fault(world, call, perform)
        return perform()


class Interrupt:
    """The plan that does something once, before or after one call of all, counted from 0."""

    def __init__(self, at: int, after: bool, what: Callable[[], None]) -> None:
        self.at, self.after, self.what, self.has_struck = at, after, what, False

    def __call__(self, world: Any, call: Call, perform: Perform) -> AWSResponse:
        """Interrupt the call if its turn has come."""
        struck = not self.has_struck and len(world.calls) == self.at + 1
        self.has_struck |= struck
        if struck and not self.after:
            self.what()
        answer = perform()
        if struck and self.after:
            self.what()
        return answer
