"""A function stays warm until another is invoked, or it is told to go."""

from __future__ import annotations

from embedded import HOME_REGION, Clouds
from functions import Functions

from rehearsal.desk import Desk

COUNTER = "calls = []\ndef handler(event, context):\n    calls.append(1)\n    return len(calls)\n"


def test_a_function_is_warm_until_another_is_invoked(clouds: Clouds) -> None:
    functions = Functions(clouds.home, clouds.account())
    one, other = functions.make(COUNTER), functions.make(COUNTER)
    assert [functions.invoke(name) for name in (one, one, other, one, one)] == [1, 2, 1, 1, 2]


def test_a_function_that_rests_is_ended_when_the_desk_says_so(clouds: Clouds) -> None:
    account = clouds.account()
    functions = Functions(clouds.home, account)
    name = functions.make(COUNTER)
    assert [functions.invoke(name) for _ in range(2)] == [1, 2]
    Desk(clouds.home, account, HOME_REGION).end_resting_functions()
    assert functions.invoke(name) == 1
