"""The process of a warm command: `aws` or `cfn-lint`, loaded once, and a fork of it for each call.

`python -I -m rehearsal.command_server 3 … aws {…}` listens on the socket that is file 3 until its
standard input closes; whatever still runs then is ended. It knows nobody's credentials: a call has
the environment, the files and the process group of the client that stands for it.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.command_call import Script, become, receive, run
from rehearsal.command_client import WORD
from rehearsal.spare_memory import give_back

ANEW = "anew"
SELDOM = 100_000  # objects made before a call looks for garbage, of which it leaves none behind
SOCKET, LOADED = ".socket", ".loaded"
MODULES = {"aws": "rehearsal.command_aws", "cfn-lint": "rehearsal.command_lint"}


@dataclass
class Server:
    """What listens, and the process of each call that runs, by the number of its connection."""

    listener: socket.socket
    call: Callable[[socket.socket], int]
    calls: dict[int, tuple[int, socket.socket]] = field(default_factory=dict)

    def serve(self) -> None:
        """Answer until the standard input closes."""
        ended, waking = os.pipe()
        os.set_blocking(ended, False)
        os.set_blocking(waking, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
        self.poll = select.poll()
        for number in (sys.stdin.fileno(), self.listener.fileno(), ended):
            self.poll.register(number, select.POLLIN)
        while True:
            for number, _event in self.poll.poll():
                if number == sys.stdin.fileno():
                    return
                if number == self.listener.fileno():
                    self._begin()
                elif number == ended:
                    os.read(ended, 1 << 16)
                    self._reap()
                elif number in self.calls:  # its client has gone away
                    os.kill(self.calls[number][0], signal.SIGKILL)
                    self.poll.unregister(number)

    def _begin(self) -> None:
        connection, _address = self.listener.accept()
        process = os.fork()
        if not process:
            self._end_as(connection)
        self.calls[connection.fileno()] = (process, connection)
        self.poll.register(connection, 0)  # to be told of its end, not of its words

    def _end_as(self, connection: socket.socket) -> None:
        """End this process as the call does that came over a connection."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            code = self.call(connection)
        finally:
            if code < 0:
                signal.signal(-code, signal.SIG_DFL)
                os.kill(os.getpid(), -code)
            os._exit(code)

    def _reap(self) -> None:
        """Tell the clients of processes that have ended how they have."""
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._tell(ended[0], os.waitstatus_to_exitcode(ended[1]))

    def _tell(self, process: int, code: int) -> None:
        for number, (known, connection) in list(self.calls.items()):
            if known == process:
                del self.calls[number]
                with suppress(KeyError):
                    self.poll.unregister(number)
                with suppress(OSError), connection:
                    connection.send(code.to_bytes(WORD, sys.byteorder, signed=True))

    def end(self) -> None:
        """End what still runs."""
        for process, _connection in self.calls.values():
            os.kill(process, signal.SIGKILL)


def main(how: str, folder: str, name: str, endpoints: str, *words: str) -> None:
    """Serve the socket that is file `how`, in a folder, or run one call in a fresh process."""
    tool = importlib.import_module(MODULES[name])
    tool.equip(json.loads(endpoints))
    path = Path(sys.prefix) / "bin" / name
    if how == ANEW:
        sys.argv = [str(path), *words]
        runpy.run_path(str(path), run_name="__main__")
        return
    settle = tool.load(tuple(json.loads(endpoints).values()))

    def anew(arguments: list[str]) -> None:
        python = [sys.executable, "-P", "-m", "rehearsal.command_server"]
        python += [ANEW, folder, name, endpoints]
        os.execv(sys.executable, [*python, *arguments])  # noqa: S606 - our own interpreter

    script = Script(path, compile(path.read_bytes(), path, "exec", dont_inherit=True), settle, anew)
    give_back()
    gc.freeze()
    gc.set_threshold(SELDOM)
    Path(folder, f".{name}{LOADED}").touch()
    server = Server(socket.socket(fileno=int(how)), functools.partial(_call, script))
    try:
        server.serve()
    finally:
        server.end()
        for address in Path(folder).glob(f"*{SOCKET}"):  # whoever started this may be gone
            address.unlink(missing_ok=True)


def _call(script: Script, connection: socket.socket) -> int:
    caller = receive(connection)
    become(caller)
    return run(script, caller)


if __name__ == "__main__":
    main(*sys.argv[1:])
