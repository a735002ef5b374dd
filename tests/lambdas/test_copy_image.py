"""CopyImage under every fault."""

from __future__ import annotations

import time

from lambdas.driver import judge, order, run_to_the_end
from lambdas.fake_aws import World


def test_clean(world: World) -> None:
    t = time.time()
    answer = run_to_the_end(world, order(world))
    print(len(world.calls), world.calls, time.time() - t)
    judge(world, answer)
