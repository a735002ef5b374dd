"""What modules read from HOME when they were loaded, and how it is read anew for each call."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from types import FunctionType

NO_HOME = "/home-of-whoever-calls"  # what a server is given as HOME, to know it again

Renewal = Callable[[str], None]


def found() -> list[Renewal]:
    """Return what sets one place each in which a loaded module keeps a path below HOME."""
    places: list[Renewal] = []
    for name, module in list(sys.modules.items()):
        for owner in _owners(name, vars(module)):
            places += _places(owner)
    return places


def renew(places: list[Renewal]) -> None:
    """Put this process's home into every place."""
    home = os.path.expanduser("~")  # noqa: PTH111 - as the modules did
    for place in places:
        place(home)


def _owners(name: str, members: dict[str, object]) -> Iterator[object]:
    """Yield a module, its classes and all their functions."""
    yield sys.modules[name]
    own = [each for each in members.values() if getattr(each, "__module__", "") == name]
    for each in own:
        if isinstance(each, FunctionType | type):
            yield each
        if isinstance(each, type):
            yield from (part for part in vars(each).values() if isinstance(part, FunctionType))


def _places(owner: object) -> Iterator[Renewal]:
    for key, value in list(vars(owner).items()):
        if isinstance(value, str) and value.startswith(NO_HOME):
            yield _setting(owner, key, value)
    defaults = owner.__defaults__ if isinstance(owner, FunctionType) else None
    if defaults and any(isinstance(each, str) and each.startswith(NO_HOME) for each in defaults):
        yield _defaulting(owner, defaults)  # type: ignore[arg-type] # a function, as it has them


def _setting(owner: object, key: str, value: str) -> Renewal:
    return lambda home: setattr(owner, key, value.replace(NO_HOME, home, 1))


def _defaulting(function: FunctionType, defaults: tuple[object, ...]) -> Renewal:
    def renewal(home: str) -> None:
        function.__defaults__ = tuple(
            each.replace(NO_HOME, home, 1) if isinstance(each, str) else each for each in defaults
        )

    return renewal
