"""What a function of an embedded AWS finds around it: time that passes, partitions, its packages.

The process of every Python function begins with the text of this module, put there by
`embedded_surroundings`, so it needs nothing but the standard library. Time passes without waiting:
`time.sleep` returns soon, and later it is in all that share the folder of the partitions. A client
reaches the embedded AWS of its region's partition, where AWS has host names for it.

A function that sleeps longer than its timeout is ended as Lambda ends it. It imports what is in its
own files and layers, the standard library, and the packages that Lambda has, and nothing else.

Not as in AWS: `datetime` shows the machine's time, as signatures need it; and what one function
sleeps is later for those that run beside it as well.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json
import os
import struct
import sys
import time
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

WORLD = "REHEARSAL_WORLD"
CLIENTS = "botocore.session"
# Of the runtimes for Python ("Runtime-included SDK versions" and what that needs).
PACKAGES = {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
SECONDS = struct.Struct("d")
NOBODY = "http://127.0.0.1:9"
# What a function waits for may be done by another process, in the machine's time.
MOMENT = 0.01
TIMED_OUT = "Task timed out after {}.00 seconds"
BILLION = 1_000_000_000


def passed() -> float:
    """Return how many seconds have passed that nobody waited for."""
    with contextlib.suppress(FileNotFoundError):
        return _read(_clock())
    return 0.0


def pass_time(seconds: float) -> None:
    """Let it be so many seconds later for every function, and for what AWS dates for them."""
    clock = _clock()
    clock.touch()
    with clock.open("r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(SECONDS.pack(_read(clock) + seconds))


def _clock() -> Path:
    return Path(os.environ[WORLD], "passed")


def _read(clock: Path) -> float:
    (seconds,) = SECONDS.unpack(clock.read_bytes() or bytes(SECONDS.size))
    return float(seconds)


def announce(partition: str, url: str) -> None:
    """Let functions of every partition know where one answers."""
    _address(partition).write_text(url, encoding="utf-8")


def endpoint(partition: str) -> str:
    """Return where a partition answers; if it does not run, where nobody does."""
    with contextlib.suppress(FileNotFoundError):
        return _address(partition).read_text(encoding="utf-8")
    return f"{NOBODY}/{partition}-does-not-run"


def _address(partition: str) -> Path:
    return Path(os.environ[WORLD], f"{partition}.url")


_slept: list[float] = []


def begin() -> float:
    """Return the time at which an invocation begins; MiniStack's script asks for it so."""
    _slept.clear()
    return time.time()


def _end_if_timed_out() -> None:
    timeout = os.environ["_LAMBDA_TIMEOUT"]
    if sum(_slept) > int(timeout):
        answer = {"status": "error", "error": TIMED_OUT.format(timeout)}
        os.write(1, f"{json.dumps(answer)}\n".encode())
        os._exit(1)


def _let_time_pass() -> None:
    real = time.sleep

    def sleep(seconds: float) -> None:
        real(min(seconds, MOMENT))
        pass_time(seconds)
        _slept.append(seconds)
        _end_if_timed_out()

    time.sleep = sleep  # type: ignore[assignment]
    for name, unit in {
        "time": 1,
        "monotonic": 1,
        "time_ns": BILLION,
        "monotonic_ns": BILLION,
    }.items():
        setattr(time, name, functools.partial(_later, getattr(time, name), unit))


def _later(now: Callable[[], float], unit: int) -> float:
    later = passed() * unit
    return now() + (later if unit == 1 else int(later))


class _Finder(MetaPathFinder):
    """Finds no package Lambda lacks, and botocore's session for a change when it is imported."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Return how botocore's session is loaded, nothing for another module that is there."""
        name = fullname.partition(".")[0]
        if fullname == name and name not in sys.stdlib_module_names | PACKAGES:
            return _find_own(name)
        spec = PathFinder.find_spec(fullname, path, target) if fullname == CLIENTS else None
        if spec and spec.loader:
            load = spec.loader.exec_module

            def load_and_change(module: Any) -> None:
                load(module)
                _reach_partitions(module.Session)
                # Plain dicts keep their order as well, in two thirds of the memory.
                module.botocore.loaders.OrderedDict = None

            spec.loader.exec_module = load_and_change  # type: ignore[method-assign]
        return spec


def _find_own(name: str) -> ModuleSpec:
    """Return how a module of the function or of its layers is loaded."""
    layers = os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep)
    own = [Path(each).resolve() for each in (os.environ["LAMBDA_TASK_ROOT"], *layers) if each]
    paths = [each for each in sys.path if any(Path(each).resolve().is_relative_to(o) for o in own)]
    spec = PathFinder.find_spec(name, paths)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return spec


def _reach_partitions(session: Any) -> None:
    inner = session.create_client

    def create_client(self: Any, service: str, region_name: str | None = None, **given: Any) -> Any:
        if not given.get("endpoint_url"):
            there = _partition(self, region_name or self.get_config_variable("region"))
            given["endpoint_url"] = endpoint(there)
        return inner(self, service, region_name, **given)

    session.create_client = create_client


def _partition(session: Any, region: str) -> str:
    """Return the partition of a region; of one that is none, its name, where nobody answers."""
    from botocore.exceptions import UnknownRegionError  # noqa: PLC0415 - a function brings its own

    try:
        return str(session.get_partition_for_region(region))
    except UnknownRegionError:
        return region


def _ms_install_invoke_depth() -> None:
    """Prepare the process; MiniStack's script calls it so once the function's path is set."""
    _let_time_pass()
    sys.meta_path.insert(0, _Finder())
