"""One build's shell: each command a script of its own, as in CodeBuild.

CodeBuild carries on from one command to the next what is exported and the directory. Under its
`set -a` that is every plain variable, but no array, function, option or trap, and nothing of a
command that says `exit`. (User guide, "Shells and commands in build environments"; an array was
lost that way in magenx/Magento-2-aws-cluster-terraform#19.) It is the same here, so a buildspec
that needs more than CodeBuild gives fails here, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SCRIPT = """\
cd -- "$1" || exit
shift
set -a
{command}
CODEBUILD_LAST_EXIT=$?
/usr/bin/env -0 >"$0.env"; pwd >"$0.cwd"
exit $CODEBUILD_LAST_EXIT
"""
LAST_WORDS = 5  # seconds in which what was printed must have come through the pipe
_groups: set[int] = set()


def stop_all() -> None:
    """End every build of this process."""
    for group in tuple(_groups):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


@contextmanager
def output(say: Callable[[str], None]) -> Iterator[tuple[int, list[str]]]:
    """Yield a pipe for all that is printed and the list in which its lines gather."""
    lines: list[str] = []
    reading, writing = os.pipe()

    def gather() -> None:
        with open(reading, encoding="utf-8", errors="replace") as printed:  # noqa: PTH123 - no path
            for line in printed:
                lines.append(line)
                say(line.rstrip("\n"))

    thread = threading.Thread(target=gather, daemon=True)
    thread.start()
    try:
        yield writing, lines
    finally:
        os.close(writing)
        thread.join(LAST_WORDS)


@contextmanager
def process_group(bash: str) -> Iterator[int]:
    """Yield a process group that ends, with whatever still runs in it, when the build does."""
    leader = subprocess.Popen(  # noqa: S603 - it only waits
        [bash, "-c", "read"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=0
    )
    _groups.add(leader.pid)
    try:
        yield leader.pid
    finally:
        _groups.discard(leader.pid)
        os.killpg(leader.pid, signal.SIGKILL)
        leader.communicate()


@dataclass
class Shell:
    """Runs commands one after the other and keeps what they leave behind."""

    bash: str
    group: int
    pipe: int
    script: Path
    cwd: Path
    env: dict[str, str]
    deadline: float

    def tell(self, line: str) -> None:
        """Print a line of our own among those of the commands."""
        os.write(self.pipe, f"[build] {line}\n".encode())

    def run(self, command: str) -> bool:
        """Return whether a command succeeded. Raise `TimeoutExpired`."""
        self.script.write_text(SCRIPT.format(command=command), encoding="utf-8")
        process = subprocess.Popen(  # noqa: S603 - a buildspec is there to be run
            [self.bash, "--noprofile", "--norc", str(self.script), str(self.cwd)],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=self.pipe,
            stderr=self.pipe,
            process_group=self.group,
        )
        try:
            code = process.wait(max(0, self.deadline - time.monotonic()))
        finally:
            process.kill()
            process.wait()
        self._remember()
        if code:
            self.env["CODEBUILD_BUILD_SUCCEEDING"] = "0"
            first, _, _rest = command.strip().partition("\n")
            self.tell(f"command failed, exit code {code}: {first}")
        return code == 0

    def _remember(self) -> None:
        """Take over variables and directory, which a command that ended early has not left."""
        with suppress(FileNotFoundError):
            pairs = self.script.with_suffix(".env").read_bytes().split(b"\0")[:-1]
            env = dict(os.fsdecode(pair).split("=", 1) for pair in pairs)
            self.env = {name: env[name] for name in env if not name.startswith("BASH_FUNC_")}
            self.cwd = Path(self.script.with_suffix(".cwd").read_text().removesuffix("\n"))
            self.script.with_suffix(".env").unlink()
