"""How `generate.py rehearse` ends before its end: signals, servers that die, ports, full disks."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsing import IMAGES, Tree, make_tree

from rehearsal import embedded_aws
from rehearsal import rehearse as rehearsing
from rehearsal.embedded_aws import EmbeddedAwsError, start
from rehearsal.errors import RehearsalError

PATIENCE = 30.0
SERVER = "rehearsal.embedded_server"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Return a tree of this test's own."""
    return make_tree(tmp_path)


def of(tree: Tree) -> dict[int, str]:
    """Return the command lines of the processes that know the tree's temporary folder."""
    found = {}
    mark = str(tree.temporary).encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = process.joinpath("cmdline").read_bytes()
            around = process.joinpath("environ").read_bytes()
        except OSError:
            continue
        if words and (mark in words or mark in around):
            found[int(process.name)] = words.replace(b"\0", b" ").decode()
    return found


def none_left(tree: Tree) -> bool:
    until = time.monotonic() + PATIENCE
    while of(tree) and time.monotonic() < until:
        time.sleep(0.05)
    return not of(tree)


@pytest.fixture
def running(tree: Tree) -> Iterator[subprocess.Popen[str]]:
    """Yield a rehearsal whose first build is under way."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        [*tree.command, IMAGES],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tree.folder,
        env=tree.environment,
        process_group=0,
    ) as process:
        assert process.stderr
        for line in process.stderr:
            if "Source.Source" in line:
                break
        assert any(SERVER in each for each in of(tree).values())
        yield process
        process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_of_it_with_a_line(
    tree: Tree, running: subprocess.Popen[str], sent: signal.Signals
) -> None:
    os.killpg(running.pid, sent)
    out, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, out) == (1, "")
    assert err.splitlines()[-1] == "generate.py: interrupted; every file is whole, old or new"
    assert "Traceback" not in err
    assert of(tree) == {}
    assert [*tree.temporary.iterdir()] == []


@pytest.mark.slow
def test_nothing_outlives_a_command_that_is_killed(
    tree: Tree, running: subprocess.Popen[str]
) -> None:
    running.kill()
    running.communicate()
    assert none_left(tree)


@pytest.mark.slow
def test_an_embedded_aws_that_dies_is_told_of_in_a_line(
    tree: Tree, running: subprocess.Popen[str]
) -> None:
    (server,) = [number for number, words in of(tree).items() if SERVER in words]
    os.kill(server, signal.SIGKILL)
    out, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, out) == (1, "")
    assert "Traceback" not in err
    last = err.splitlines()[-1]
    assert last.startswith("generate.py: aws: the embedded AWS has ended; its last words: ")
    assert last.endswith("make room and end what else runs here, then try again")
    assert of(tree) == {}
    assert [*tree.temporary.iterdir()] == []


@pytest.mark.slow
def test_a_port_that_is_taken_meanwhile_is_left_to_whoever_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server((embedded_aws.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        free = embedded_aws._free_port
        ports = [port]
        monkeypatch.setattr(embedded_aws, "_free_port", lambda: ports.pop() if ports else free())
        with start("aws", "us-east-1", tmp_path) as aws:
            assert not aws.url.endswith(f":{port}")
            assert aws.client("sts", "us-east-1", embedded_aws.root("1" * 12)).get_caller_identity()


@pytest.mark.slow
def test_it_gives_up_where_every_port_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_aws, "PORTS", 1)
    with socket.create_server((embedded_aws.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(embedded_aws, "_free_port", lambda: port)
        with (
            pytest.raises(EmbeddedAwsError, match=r"^aws: .* did not start; .*already in use"),
            start("aws", "us-east-1", tmp_path),
        ):
            pytest.fail("it began")


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_said_with_its_place_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with (
        pytest.raises(RehearsalError, match=f"^{tmp_path}: No space left on device; make room"),
        rehearsing._folder() as folder,
    ):
        folder.joinpath("begun").touch()
        raise FULL
    assert [*tmp_path.iterdir()] == []


def test_where_no_folder_can_be_made_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with (
        pytest.raises(RehearsalError, match=r"^no temporary folder can be made: No such .*TMPDIR"),
        rehearsing._folder(),
    ):
        pytest.fail("it began")
