"""What a function sees in AWS and not in MiniStack: time that passes, partitions, its packages.

Every Python function begins with `function_surroundings`, and what IAM, Parameter Store and EC2
date for it is dated by the same clock, which whoever rehearses puts on at the `desk`.

Not as in AWS: only those dates move, so no credentials expire and no schedule is due by it;
functions in other languages wait as they say; and a loop of functions that call each other, which
MiniStack counts and AWS stops, goes on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from ministack.core import lambda_runtime
from ministack.services import ec2, iam, ssm

from rehearsal import embedded_desk, function_surroundings
from rehearsal.embedded_desk import Given
from rehearsal.function_surroundings import announce, pass_time, passed

BEGIN, OUR_BEGIN = "_deadline = time.time() +", "_deadline = begin() +"
IAM_TIME, EC2_TIME = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.000Z"


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    announce(partition, f"http://{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}")
    embedded_desk.offer(PassTime=_pass_time)
    _surround()
    _date()


def _surround() -> None:
    script, counter = lambda_runtime._PYTHON_WORKER_SCRIPT, lambda_runtime.INVOKE_DEPTH_BOOTSTRAP
    if not script.startswith(counter) or BEGIN not in script:
        raise RuntimeError("MiniStack runs a function otherwise than it did")
    ours = Path(function_surroundings.__file__).read_text(encoding="utf-8")
    theirs = script.removeprefix(counter).replace(BEGIN, OUR_BEGIN)
    lambda_runtime._PYTHON_WORKER_SCRIPT = ours + theirs


def _date() -> None:
    """Date by the clock of the functions what they compare with their time."""
    epoch: Callable[[], float] = ssm._now_epoch
    ssm._now_epoch = lambda: epoch() + passed()
    iam._now = lambda: _now(IAM_TIME)
    ec2._now_ts = lambda: _now(EC2_TIME)


def _now(form: str) -> str:
    return time.strftime(form, time.gmtime(time.time() + passed()))


def _pass_time(given: Given) -> Given:
    pass_time(given["seconds"])
    return {}
