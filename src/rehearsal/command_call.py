"""One call of a command in a forked process: becomes what the caller started, then runs it.

Whatever a fresh interpreter takes from whoever starts it is set anew here. Not so are its limits
and its niceness, which are the server's, and the seed of hashes, which all calls share.
"""

from __future__ import annotations

import atexit
import fcntl
import io
import locale
import marshal
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import TextIO

from rehearsal.command_client import WORD

FEW_FILES = 256
MOST_FILES = 250  # the kernel takes 253 in one message
FLUSH_FAILED = 120  # what Python exits with when its last words cannot be written
LOCALE = "utf-8"


@dataclass(frozen=True)
class Caller:
    """What was started; `files` maps the numbers of its open files to ours, `errors` is what its
    text streams do with bytes that are no text."""

    arguments: list[str]
    variables: Mapping[bytes, bytes]
    directory: int
    files: Mapping[int, int]
    umask: int
    group: int
    encoding: str
    errors: str


SCRIPT_OF_CALLER = "--script-on-standard-input"
MODULE_OF_OURS = "--module"
RUN_MODULE = "import runpy; runpy.run_module({!r}, run_name='__main__', alter_sys=True)"


@dataclass(frozen=True)
class Script:
    """A command's own script.

    `settle` lets what was loaded before there was a caller be as the caller's environment has it;
    it returns whether it can. If not, `anew` replaces this process by a fresh one.
    """

    path: Path
    code: CodeType
    settle: Callable[[list[str]], bool]
    anew: Callable[[list[str]], None]


def receive(connection: socket.socket) -> Caller:
    """Return who calls. Raises `EOFError` where the caller has gone away over it."""
    head, numbers, _flags, _address = socket.recv_fds(connection, WORD, MOST_FILES)
    told = b""
    while len(told) < int.from_bytes(head, sys.byteorder):
        part = connection.recv(1 << 20)
        if not part:
            raise EOFError
        told += part
    arguments, variables, inherited, umask, group, (encoding, errors) = marshal.loads(told)  # noqa: S302 - from our client
    directory, *ours = numbers
    files = dict(zip(inherited, ours, strict=True))
    return Caller(arguments, variables, directory, files, umask, group, encoding, errors)


def become(caller: Caller) -> None:
    """Let this process be what the caller started, up to its own Python."""
    with suppress(OSError):  # of another session, whose groups are not to be joined
        os.setpgid(0, caller.group)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.fchdir(caller.directory)
    os.umask(caller.umask)
    _place(caller.files)
    os.environb.clear()
    os.environb.update(caller.variables)
    time.tzset()
    with suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, "")
    _open_standard_streams(caller)


def _place(files: Mapping[int, int]) -> None:
    """Give each file the number it has with the caller, and close every other."""
    above = max([FEW_FILES, *files]) + 1
    high = {number: fcntl.fcntl(ours, fcntl.F_DUPFD, above) for number, ours in files.items()}
    os.closerange(0, above)
    for number, ours in high.items():
        os.dup2(ours, number)
    os.closerange(above, max([above, *high.values()]) + 1)


def _open_standard_streams(caller: Caller) -> None:
    modes = (("stdin", "r", caller.errors), ("stdout", "w", caller.errors))
    for number, (name, mode, errors) in enumerate((*modes, ("stderr", "w", "backslashreplace"))):
        stream = _stream(number, name, mode, errors) if number in caller.files else None
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _stream(number: int, name: str, mode: str, errors: str) -> TextIO:
    """Return a text stream as an interpreter that starts makes it."""
    raw = io.FileIO(number, mode, closefd=False)
    raw.name = f"<{name}>"  # as CPython does
    buffer = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    lines = name == "stderr" or raw.isatty()
    stream = io.TextIOWrapper(buffer, LOCALE, errors, line_buffering=lines)
    stream.mode = mode  # type: ignore[misc] # as CPython does
    return stream


def run(script: Script, caller: Caller) -> int:
    """Return the exit code of the script, which finds an interpreter as if just started.

    A caller may bring a script of its own on standard input, for `python3 -I -`, or name a module
    of ours, for `python -m`.
    """
    if caller.arguments[:1] == [MODULE_OF_OURS]:
        _mark, module, *sys.argv[1:] = caller.arguments
        return _run_as_main(compile(RUN_MODULE.format(module), module, "exec", dont_inherit=True))
    if caller.arguments[:1] == [SCRIPT_OF_CALLER]:
        sys.argv = ["-"]
        return _run_as_main(compile(sys.stdin.read(), "<stdin>", "exec", dont_inherit=True))
    arguments = [str(script.path), *caller.arguments]
    if caller.encoding.lower() != LOCALE or not script.settle(caller.arguments):
        script.anew(caller.arguments)
    sys.argv = arguments
    sys.path.insert(0, str(script.path.parent))
    return _run_as_main(script.code, file=str(script.path))


def _run_as_main(script: CodeType, **attributes: str) -> int:
    main = ModuleType("__main__")
    main.__dict__.update({f"__{name}__": value for name, value in attributes.items()})
    sys.modules["__main__"] = main
    code = _run(script, main)
    threading._shutdown()  # type: ignore[attr-defined] # as an interpreter that ends does
    atexit._run_exitfuncs()
    return code if _flush() else FLUSH_FAILED


def _run(code: CodeType, main: ModuleType) -> int:
    try:
        exec(code, main.__dict__)  # noqa: S102 - the command's own script
    except SystemExit as error:
        return _exit_code(error.code)
    except BaseException as error:
        trace = error.__traceback__
        sys.excepthook(type(error), error, trace and trace.tb_next)
        return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _exit_code(code: object) -> int:
    if code is None or isinstance(code, int):
        return (code or 0) & 0xFF
    print(code, file=sys.stderr)
    return 1


def _flush() -> bool:
    """Return whether the last words could be written, which standard error need not."""
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()
    try:
        if sys.stdout and not sys.stdout.closed:
            sys.stdout.flush()
    except OSError as error:
        print(f"Exception ignored in: {sys.stdout!r}", file=sys.stderr)
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return False
    return True
