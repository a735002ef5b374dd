"""An AWS of one partition on this machine: a process of its own on loopback, IAM enforced.

Its accounts need no setting up: an access key that is twelve digits is the root of the account of
that number. Roles and users exist in it as stacks and calls make them, and what they may not do is
refused. What it is made of, and what it is not, `embedded_server` says.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from botocore import credentials

from rehearsal.function_surroundings import WORLD
from rehearsal.shared_clients import client

LOOPBACK = "127.0.0.1"
ROOT_SECRET = "root"  # noqa: S105 - of an account that exists on this machine only
PATIENCE = 30.0
PAUSE = 0.05
PORTS = 5  # tried one after the other, as another process may take one that was free
TAKEN = "already in use"


class EmbeddedAwsError(Exception):
    """The embedded AWS does not start, or has ended; the text has the last it said."""


@dataclass(frozen=True)
class Credentials:
    """Who calls. `token` is '' for keys that do not expire."""

    access_key: str
    secret_key: str
    token: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables by which the AWS command line knows them."""
        session = {"AWS_SESSION_TOKEN": self.token} if self.token else {}
        keys = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}
        return {**keys, **session}


def root(account: str) -> Credentials:
    """Return the credentials of the root of an account, given by its twelve digits."""
    return Credentials(account, ROOT_SECRET)


@dataclass(frozen=True)
class EmbeddedAws:
    """One partition that runs."""

    partition: str
    url: str

    def client(self, service: str, region: str, who: Credentials) -> Any:
        """Return a botocore client of a service for somebody; threads may share it."""
        keys = credentials.Credentials(who.access_key, who.secret_key, who.token or None)
        return client(self.url, service, region, keys)

    def serve(self, role_arn: str, service: str, region: str) -> Credentials:
        """Return credentials of a role as a service of its account gets them.

        `service` is the principal's first word, like codebuild.
        """
        account = root(role_arn.split(":")[4])
        return self.assume(role_arn, account, region, session=f"{service}.amazonaws.com")

    def assume(
        self, role_arn: str, who: Credentials, region: str, session: str = "rehearsal"
    ) -> Credentials:
        """Return credentials of a role that somebody assumes; what AWS refuses, botocore raises."""
        sts = self.client("sts", region, who)
        given = sts.assume_role(RoleArn=role_arn, RoleSessionName=session)["Credentials"]
        return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


@contextmanager
def start(
    partition: str, region: str, folder: Path, world: Path | None = None
) -> Iterator[EmbeddedAws]:
    """Run a partition's AWS until the block ends; `folder` takes its state and its log.

    Partitions of one `world`, a folder as well, have one clock, and their functions reach them all.
    Raises `EmbeddedAwsError` if it does not answer within `PATIENCE` seconds, and for whatever goes
    wrong in the block once it has ended by itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "embedded-aws.log"
    with _answering(partition, region, folder, world or folder) as (url, process):
        try:
            yield EmbeddedAws(partition, url)
        except Exception:
            if process.poll() is None:
                raise
            words = _last_words(log)
            raise EmbeddedAwsError(f"{partition}: the embedded AWS has ended; {words}") from None


@contextmanager
def _answering(
    partition: str, region: str, folder: Path, world: Path
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield where a process answers, and the process; whatever happens, it is ended."""
    log = folder / "embedded-aws.log"
    for left in reversed(range(PORTS)):
        port = _free_port()
        url = f"http://{LOOPBACK}:{port}"
        environment = {**_environment(port, region, folder), WORLD: str(world)}
        with _process(partition, log, environment) as process:
            if _answers(url, process, folder / f"ministack-{port}.pid"):
                yield url, process
                return
        words = _last_words(log)
        if not left or TAKEN not in words:
            raise EmbeddedAwsError(f"{partition}: the embedded AWS did not start; {words}")


@contextmanager
def _process(
    partition: str, log: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the process in a group of its own, so that Ctrl-C is for us alone to answer."""
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-m", "rehearsal.embedded_server", partition],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            process_group=0,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _environment(port: int, region: str, folder: Path) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "MINISTACK_REGION": region,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
        "LOG_LEVEL": "WARNING",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str, process: subprocess.Popen[bytes], sign: Path) -> bool:
    """Wait until it answers; return whether it does.

    It makes the file `sign` once it has seen that nobody else answers there.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{url}/_ministack/health", timeout=1):  # noqa: S310 - loopback, http
                if sign.exists():
                    return process.poll() is None
        except (URLError, OSError):
            pass
        time.sleep(PAUSE)
    return False


def _last_words(log: Path) -> str:
    said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    return f"its last words: {' | '.join(said) or 'none'}"
