"""Publishing killed at each of its writes, before and after it: what is served then, and next.

The command runs in a process of its own, which dies by SIGKILL: nothing can be put right on the
way. A first process imports what is needed once; those that die are forks of it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from publishing import House, listed, sound
from templates.committed import PROJECT

NAMES = ("alerts", "backups", "costs", "deploys", "errors", "faults")
WRITES = len(NAMES) + 4  # the manifest, the button, the page, and the list
PROGRAM = """\
import itertools, json, os, signal, sys
from pathlib import Path
import generate
from botocore.httpsession import URLLib3Session
from launch import promote, releasing, report, verify, yank
from review.fitness import fitness

SEND = URLLib3Session.send
fitness({"Metadata": {"Meridian": {"Partitions": ["aws", "aws-cn"]}}, "Resources": {}})

def run(arguments, number, after):
    count = itertools.count(1)
    def send(session, request):
        if request.method != "PUT" or next(count) != number:
            return SEND(session, request)
        if after:
            SEND(session, request)
        os.kill(os.getpid(), signal.SIGKILL)
    URLLib3Session.send = send
    return generate.main(arguments)

for line in sys.stdin:
    project, arguments, number, after = json.loads(line)
    generate.PROJECT = Path(project)
    child = os.fork()
    if not child:
        os.dup2(2, 1)
        os._exit(run(arguments, number, after))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Killer:
    """Runs commands that are killed at one of their writes."""

    process: subprocess.Popen[str]
    house: House

    def run(self, number: int, after: bool, command: str, *arguments: str) -> int:
        """Run a command; it is killed before its nth write, or after it. Return how it ended."""
        words = self.house.arguments(command, *arguments)
        assert self.process.stdin
        assert self.process.stdout
        line = json.dumps([str(self.house.clone.folder), words, number, after])
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def killer(house: House) -> Iterator[Killer]:
    """Return one that has imported what the commands need."""
    kept = {name: os.environ[name] for name in ("PATH", "AWS_CONFIG_FILE")}
    with subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**kept, "PYTHONPATH": os.pathsep.join(map(str, (PROJECT, PROJECT / "src")))},
        cwd=PROJECT,
    ) as process:
        yield Killer(process, house)
        assert process.stdin
        process.stdin.close()


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_write_only_whole_versions_are_served(
    house: House, killer: Killer, after: bool
) -> None:
    house.clone.write("1.0.0", NAMES[:1])
    house.done("publish")
    house.done("promote", "1.0.0")
    latest, before = house.read("latest/index.html"), ["1.0.0"]
    for number in range(1, WRITES + 1):
        version = f"1.{number}.0"
        house.clone.write(version, NAMES)
        assert killer.run(number, after, "publish") == -signal.SIGKILL, number
        cut = house.contents()
        assert sound(cut)
        done = after and number == WRITES
        assert list(listed(cut)) == ([version, *before] if done else before), number
        assert cut["latest/index.html"] == latest
        house.requests.clear()
        house.done("publish")
        assert not set(house.puts) & {key for key in cut if key.startswith(f"{version}/")}
        whole = house.contents()
        assert sound(whole)
        before = [version, *before]
        assert list(listed(whole)) == before
        assert len([key for key in whole if key.startswith(f"{version}/")]) == WRITES - 1
    assert killer.run(WRITES + 1, after, "publish") == 0


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_promotion_that_is_killed_has_happened_or_not(
    house: House, killer: Killer, after: bool
) -> None:
    for version in ("1.0.0", "1.1.0"):
        house.clone.write(version, NAMES[:2])
        house.done("publish")
    house.done("promote", "1.0.0")
    assert killer.run(1, after, "promote", "1.1.0") == -signal.SIGKILL
    now = "1.1.0" if after else "1.0.0"
    assert house.read("latest/index.html") == house.read(f"{now}/index.html")
    house.done("promote", "1.1.0")
    assert house.read("latest/index.html") == house.read("1.1.0/index.html")
