"""The prompt of the command that stores a key pair, on a real terminal of its own."""

from __future__ import annotations

import getpass
import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from select import select

import pytest
from key_desk import ID, NO_PAIR, SECRET, Desk
from templates.committed import PROJECT

from generate import main

PATIENCE = 60
# The terminal is to be the process's own, so that what is typed may interrupt it, also where the
# tests run in the background, whose processes are born with interruptions ignored.
PROGRAM = (
    "import fcntl, signal, sys, termios\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "from generate import main\n"
    "sys.exit(main(sys.argv[1:]))\n"
)
ASK_ID, ASK_SECRET = "Access key id (not shown): ", "Secret access key (not shown): "
INTERRUPT, END = "\x03", "\x04"


@dataclass
class Person:
    """Somebody at a terminal: `seen` is all that has stood on it."""

    terminal: int
    process: subprocess.Popen[str]
    seen: str = ""
    typed: list[str] = field(default_factory=list)

    def wait_for(self, words: str) -> None:
        """Read until words stand on the terminal."""
        while words not in self.seen:
            assert select([self.terminal], [], [], PATIENCE)[0], self.seen
            self.seen += os.read(self.terminal, 4096).decode()

    def type(self, prompt: str, words: str) -> None:
        """Type words once a prompt stands there."""
        self.wait_for(prompt)
        os.write(self.terminal, words.encode())
        self.typed.append(words)

    def end(self) -> tuple[int, str]:
        """Return the exit code and what was printed as the result."""
        out, _ = self.process.communicate(timeout=PATIENCE)
        while select([self.terminal], [], [], 0)[0]:
            try:
                self.seen += os.read(self.terminal, 4096).decode()
            except OSError:  # as Linux says that nobody has the terminal open any more
                break
        assert not [each for each in self.typed if each.strip() and each.strip() in self.seen]
        return self.process.returncode, out


@contextmanager
def person(desk: Desk, *arguments: str) -> Iterator[Person]:
    """Run the command with a terminal as standard input and error."""
    terminal, theirs = pty.openpty()
    settings = (
        "PATH",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_EC2_METADATA_DISABLED",
    )
    with subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", PROGRAM, *desk.words, *arguments],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        start_new_session=True,
        env={
            **{name: os.environ[name] for name in settings},
            "PYTHONPATH": f"{PROJECT}:{PROJECT / 'src'}",
        },
    ) as process:
        os.close(theirs)
        try:
            yield Person(terminal, process)
        finally:
            process.kill()
            os.close(terminal)


def test_what_is_typed_is_stored_and_not_echoed(desk: Desk) -> None:
    key = desk.key()
    with person(desk, "--format", "json") as typist:
        typist.type(ASK_ID, f" {key.access_key}\n")
        typist.type(ASK_SECRET, f"{key.secret_key}\r")
        code, out = typist.end()
    assert (code, typist.seen.count(ASK_ID), typist.seen.count(ASK_SECRET)) == (0, 1, 1)
    assert f"stored as {desk.prefix}/UserAccessKey and {desk.prefix}/UserSecretKey" in typist.seen
    assert f"account {desk.offices.home_account}" in typist.seen
    assert out.startswith("{")
    desk.forgive_nothing(out + typist.seen)
    assert desk.read() == (key.access_key, key.secret_key)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (INTERRUPT, "interrupted; nothing is stored"),
        pytest.param(
            END, "no key was given at the prompt, and nothing is stored", marks=pytest.mark.slow
        ),
    ],
    ids=["Ctrl-C", "Ctrl-D"],
)
def test_a_prompt_that_is_left_stores_nothing(desk: Desk, typed: str, words: str) -> None:
    with person(desk) as typist:
        typist.type(ASK_ID, f"{desk.key().access_key}\n")
        typist.type(ASK_SECRET, typed)
        code, out = typist.end()
    assert (code, out) == (1, "")
    assert typist.seen.splitlines()[-1] == f"generate.py: {words}"
    desk.forgive_nothing(typist.seen)
    assert desk.read() == NO_PAIR


def test_a_terminal_that_shows_what_is_typed_is_not_typed_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where echo cannot be turned off, `getpass` warns and asks all the same (this part of it)."""
    terminal = io.StringIO(f"{ID}\n{SECRET}\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr("getpass.getpass", vars(getpass)["fallback_getpass"])
    assert main(desk.words) == 1
    assert "this terminal would show what is typed; use standard input" in capsys.readouterr().err
    assert terminal.tell() == 0
