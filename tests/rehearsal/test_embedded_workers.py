"""A function stays warm until another is invoked."""

from __future__ import annotations

from embedded import Clouds
from functions import Functions

COUNTER = "calls = []\ndef handler(event, context):\n    calls.append(1)\n    return len(calls)\n"


def test_a_function_is_warm_until_another_is_invoked(clouds: Clouds) -> None:
    functions = Functions(clouds.home, clouds.account())
    one, other = functions.make(COUNTER), functions.make(COUNTER)
    assert [functions.invoke(name) for name in (one, one, other, one, one)] == [1, 2, 1, 1, 2]
