"""What a build starts as `aws` or `cfn-lint`: hands itself over to the process that has it loaded.

Started with `python -IS`, and importing nothing that takes time to import: marshal rather than
json, posix rather than os. The process that runs in its stead has its files, its directory, its
umask, its variables and its process group; as that process ends, this one does.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # what signal is made of
import _socket
import marshal
import posix
import sys

GONE = 1
WORD = 4  # bytes of a number


def describe() -> tuple[bytes, list[int]]:
    """Return who calls, and what goes along: the directory, then the files that are inherited."""
    directory = posix.open(".", posix.O_RDONLY)
    inherited = [each for each in map(int, posix.listdir("/dev/fd")) if _is_inherited(each)]
    mask = posix.umask(0)
    posix.umask(mask)
    text = sys.stdout or sys.stdin
    encoding = (text.encoding, text.errors) if text else ("utf-8", "strict")
    variables = dict(posix.environ)
    call = (sys.argv[2:], variables, inherited, mask, posix.getpgrp(), encoding)
    return marshal.dumps(call), [directory, *inherited]


def _is_inherited(number: int) -> bool:
    """Return whether a file was open before this process: those it opens go to no other."""
    try:
        return posix.get_inheritable(number)
    except OSError:
        return False


def hand_over(address: str) -> bytes:
    """Return how the command ended, as its server puts it; nothing if the server is gone."""
    told, files = describe()
    folder, _, name = address.rpartition("/")
    posix.chdir(folder)  # the address of a socket has to be short, which a path need not be
    numbers = b"".join(each.to_bytes(WORD, sys.byteorder) for each in files)
    try:
        connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        connection.connect(name)
        head = [len(told).to_bytes(WORD, sys.byteorder)]
        connection.sendmsg(head, [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, numbers)])
        while told:
            told = told[connection.send(told) :]
        return connection.recv(WORD)
    except OSError:
        return b""


def end_as(how: bytes) -> None:
    """End with an exit code or, where the number is below 0, by that signal."""
    if not how:
        posix.write(2, b"The process that keeps this command loaded has ended; rehearse anew.\n")
        posix._exit(GONE)
    code = int.from_bytes(how, sys.byteorder, signed=True)
    if code < 0:
        _signal.signal(-code, _signal.SIG_DFL)
        posix.kill(posix.getpid(), -code)
    posix._exit(code)


if __name__ == "__main__":
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    end_as(hand_over(sys.argv[1]))
