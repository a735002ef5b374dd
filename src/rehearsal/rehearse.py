"""Rehearses pipelines as a person asks for it: servers and folders are there while it lasts.

Pipelines are rehearsed side by side, each in accounts of its own. Whatever happens, servers are
stopped and files gone at the end.
"""

from __future__ import annotations

import errno
import itertools
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from refusals import nearest
from rehearsal import shell
from rehearsal.actions.work import Scene
from rehearsal.clouds import start_clouds
from rehearsal.commands import command_line, linter, script
from rehearsal.course import Order
from rehearsal.errors import RehearsalError
from rehearsal.estate import needed_partitions
from rehearsal.estate_topology import read_site
from rehearsal.faults import Fault, approver
from rehearsal.outcome import Listener, Outcome
from rehearsal.rehearsal import rehearse
from rehearsal.request_rules import checked
from rehearsal.stand_ins import StandIn, stand_ins

FIRST_ACCOUNT, STEP = 111_111_111_111, 1_000_000_007
APPLICATIONS = {"multi-account": "lambda-app", "multi-region": "web-app"}
PIPELINE = "-pipeline"
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE}


@dataclass(frozen=True)
class Request:
    """What is asked for: pipelines by name, every topology's if none is named.

    `application` is a folder to push instead of the example's; `real` are commands that are not to
    be stood in for; `given` are parameters of the templates.
    """

    names: tuple[str, ...]
    templates: Path
    topologies: Path
    examples: Path
    application: Path | None = None
    faults: tuple[Fault, ...] = ()
    real: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)


def choose(request: Request) -> tuple[Path, ...]:
    """Return the topologies whose pipelines are asked for. Raise `RehearsalError`."""
    known = {f"{each.stem}{PIPELINE}": each for each in sorted(request.topologies.glob("*.toml"))}
    if not known:
        raise RehearsalError(
            f"{request.topologies}: has no topology; write one, or name its folder"
        )
    for name in request.names:
        if name not in known:
            mend = nearest(name, known) or f"; there are {', '.join(known)}"
            raise RehearsalError(f"{name}: no topology renders a pipeline of that name{mend}")
    return tuple(known[each] for each in dict.fromkeys(request.names or known))


def rehearse_all(request: Request, listener: Callable[[str], Listener]) -> tuple[Outcome, ...]:
    """Rehearse what is asked for; `listener` gives each pipeline, by name, whom it tells.

    Raises `RehearsalError` for what cannot be begun, `KeyboardInterrupt` once all is cleared away.
    """
    orders = checked([_order(request, topology) for topology in choose(request)], request.real)
    partitions = dict.fromkeys(
        name for order in orders for name in needed_partitions(order.topology)
    )
    used = tuple(each for each in stand_ins() if each.name not in request.real)
    with (
        _terminable(),
        _folder() as folder,
        ThreadPoolExecutor(len(orders)) as pool,
        open_scene(folder, tuple(partitions), used, request.faults) as scene,
    ):
        try:
            begun = [
                pool.submit(_one, order, scene, listener, at) for at, order in enumerate(orders)
            ]
            return tuple(each.result() for each in begun)
        finally:
            shell.stop_all()


def _order(request: Request, topology: Path) -> Order:
    kind = read_site(topology).kind
    application = request.application or request.examples / APPLICATIONS.get(kind, kind)
    return Order(topology, request.templates, application, request.faults, request.given)


def _one(order: Order, scene: Scene, listener: Callable[[str], Listener], at: int) -> Outcome:
    accounts = (f"{number:012d}" for number in itertools.count(FIRST_ACCOUNT * (at + 1), STEP))
    return rehearse(order, scene, listener(f"{order.topology.stem}{PIPELINE}"), accounts)


@contextmanager
def open_scene(
    folder: Path, partitions: Sequence[str], used: Sequence[StandIn], faults: tuple[Fault, ...]
) -> Iterator[Scene]:
    """Yield where rehearsals go on: clouds and loaded commands, there until the block ends."""
    with (
        linter(folder / "commands") as tools,  # takes longest to load, and needs no cloud
        start_clouds(partitions, folder / "clouds") as clouds,
    ):
        endpoints = {name: aws.url for name, aws in clouds.by_partition.items()}
        with command_line(tools, endpoints):
            yield Scene(
                clouds=clouds,
                folder=folder / "builds",
                tools=tools,
                stand_ins={each.name: script(tools, each) for each in used},
                approves=approver(faults),
                stood_in=tuple(each.says for each in used),
            )


@contextmanager
def _folder() -> Iterator[Path]:
    """Yield a folder that is gone afterwards. Raise `RehearsalError` where there is no room."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    except OSError as error:
        raise RehearsalError(
            f"no temporary folder can be made: {error.strerror}; set TMPDIR to one that has room"
        ) from None
    try:
        yield folder
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise RehearsalError(
            f"{folder.parent}: {error.strerror}; make room, or set TMPDIR to a folder that has it"
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end this as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
