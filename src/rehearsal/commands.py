"""The commands of a build that are kept loaded, since loading them is most of what they do.

`aws` and `cfn-lint` are this environment's own, run by a fork of a process that has them loaded;
what a call sees and prints is as with a fresh process (`command_call` says what is not). `aws`
reaches the embedded AWS of the partition in which the region of a call lies.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rehearsal import command_client
from rehearsal.command_call import MODULE_OF_OURS, SCRIPT_OF_CALLER
from rehearsal.command_homes import NO_HOME
from rehearsal.command_server import LOADED
from rehearsal.errors import RehearsalError
from rehearsal.stand_ins import StandIn

AWS, LINT, PYTHON = "aws", "cfn-lint", "python3"
CLIENT = '#!/bin/sh\nexec {} "$@"\n'
# Once cfn-lint is loaded, a script that may import it does not load it anew.
INTERPRETER = """\
#!/bin/sh
[ "$*" = "-I -" ] && [ -e {loaded} ] && exec {python} -IS {client} {address} {script}
exec {python} "$@"
"""
WAITING = 64  # calls that may wait for a server to take them
PATIENCE = 5.0  # seconds in which a server ends once it is told to


@contextmanager
def commands(folder: Path, endpoints: Mapping[str, str]) -> Iterator[Path]:
    """Yield a directory for a build's PATH that has aws, cfn-lint and python3, kept loaded.

    `folder` is made if need be; `endpoints` are the URLs of embedded AWSs by partition. Raises
    `RehearsalError` where a command is not installed.
    """
    with linter(folder) as tools, command_line(tools, endpoints):
        yield tools


@contextmanager
def linter(folder: Path) -> Iterator[Path]:
    """Yield the directory of `commands` before there is an AWS to ask, so without aws."""
    refuse_missing()
    tools = folder.resolve() / "tools"
    tools.mkdir(parents=True)
    lint = _Command(LINT, tools, {})
    _write(tools / PYTHON, _interpreter(lint))
    with _kept(lint):
        yield tools


@contextmanager
def command_line(tools: Path, endpoints: Mapping[str, str]) -> Iterator[None]:
    """Let a directory have aws as long as the block lasts."""
    with _kept(_Command(AWS, tools, endpoints)):
        yield


@dataclass(frozen=True)
class _Command:
    """A command that is kept loaded, and the directory of its client and its socket."""

    name: str
    tools: Path
    endpoints: Mapping[str, str]

    @property
    def address(self) -> Path:
        return self.tools / f".{self.name}.socket"

    def server(self, file: int) -> list[str]:
        """Return what starts the server of a socket that listens."""
        python = [sys.executable, "-I", "-m", "rehearsal.command_server"]
        return [*python, str(file), str(self.tools), self.name, json.dumps(dict(self.endpoints))]

    def client(self, *first: str) -> str:
        """Return the script of a client, whose words come after the first."""
        python = [sys.executable, "-IS", command_client.__file__]
        return CLIENT.format(shlex.join([*python, str(self.address), *first]))


def _interpreter(lint: _Command) -> str:
    words = {
        "python": sys.executable,
        "client": command_client.__file__,
        "address": str(lint.address),
        "loaded": str(lint.address.with_suffix(LOADED)),
        "script": SCRIPT_OF_CALLER,
    }
    return INTERPRETER.format(**{name: shlex.quote(word) for name, word in words.items()})


def script(tools: Path, stand_in: StandIn) -> str:
    """Return a stand-in's script; where it is a module, the process of aws in `tools` runs it."""
    if not stand_in.module:
        return stand_in.script
    return _Command(AWS, tools, {}).client(MODULE_OF_OURS, stand_in.module, stand_in.name)


def refuse_missing() -> None:
    """Raise `RehearsalError` where a command is not installed."""
    for name in (AWS, LINT):
        if not (Path(sys.prefix) / "bin" / name).is_file():
            raise RehearsalError(f"{name} is not installed in {sys.prefix}; mend: make templates")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@contextmanager
def _kept(command: _Command) -> Iterator[None]:
    """Keep a command loaded until the block ends; a call that comes early waits."""
    _write(command.tools / command.name, command.client())
    ending, end = os.pipe()
    with _listener(command.address) as listener:
        watch = threading.Thread(target=_serve, args=(command, listener, ending), daemon=True)
        watch.start()
        try:
            yield
        finally:
            os.close(end)
            watch.join()
            os.close(ending)
            command.address.unlink(missing_ok=True)


def _listener(address: Path) -> socket.socket:
    """Return a socket that listens; its folder goes by a number, as a path may be too long."""
    folder = os.open(address.parent, os.O_RDONLY)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(f"/proc/self/fd/{folder}/{address.name}")
        listener.listen(WAITING)
    finally:
        os.close(folder)
    return listener


def _serve(command: _Command, listener: socket.socket, ending: int) -> None:
    """Start the server, and end it when told to."""
    file = listener.fileno()
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        command.server(file),
        stdin=subprocess.PIPE,
        env={"HOME": NO_HOME, "LANG": "C.UTF-8"},
        cwd="/",
        pass_fds=[file],
        process_group=0,
    )
    watched = os.pidfd_open(process.pid)
    if watched in select.select([ending, watched], [], [])[0]:
        listener.close()  # or its clients would wait for ever
    os.close(watched)
    with suppress(OSError, subprocess.TimeoutExpired):
        process.communicate(timeout=PATIENCE)
    process.kill()
    process.wait()
