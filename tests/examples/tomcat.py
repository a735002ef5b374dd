"""A real Tomcat from Debian's packages, on loopback and a port the system chooses, for one test."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HOME = Path("/usr/share/tomcat10")
SERVER = """\
<Server port="-1">
  <Listener className="org.apache.catalina.startup.VersionLoggerListener"/>
  <Listener className="org.apache.catalina.core.JreMemoryLeakPreventionListener"/>
  <Service name="Catalina">
    <Connector address="127.0.0.1" port="0" protocol="HTTP/1.1"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" autoDeploy="false"/>
    </Engine>
  </Service>
</Server>
"""
PORT = re.compile(r'Starting ProtocolHandler \["http-nio-127\.0\.0\.1-auto-\d+-(\d+)"\]')
VERSION = re.compile(r"Server version name:\s+(\S+)")
STARTED = re.compile(r"Server startup in \[\d+\] milliseconds")
DEADLINE = 90.0


@dataclass(frozen=True)
class Answer:
    """What came over HTTP, and how long it took in seconds."""

    status: int
    headers: dict[str, str]
    body: str
    seconds: float


@dataclass
class Tomcat:
    """One running Tomcat; `lines` grows as it speaks."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    ended: bool = False

    @property
    def log(self) -> str:
        """Return all it has said."""
        return "\n".join(self.lines)

    @property
    def address(self) -> str:
        """Return the address of the application."""
        return f"http://127.0.0.1:{self._said(PORT)}"

    @property
    def version(self) -> str:
        """Return its own name of itself, as `Apache Tomcat/10.1.60`."""
        return re.sub(r".*name:\s+", "", self._line(VERSION))

    def ask(self, path: str, method: str = "GET") -> Answer:
        """Ask for a path; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", int(self._said(PORT)), timeout=30)
        began = time.monotonic()
        with contextlib.closing(connection):
            connection.request(method, path)
            response = connection.getresponse()
            body = response.read().decode()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, body, time.monotonic() - began)

    def ask_until(self, path: str, text: str) -> None:
        """Ask for a path until the answer holds a text; fail when that takes too long."""
        end = time.monotonic() + DEADLINE
        while text not in self.ask(path).body:
            assert time.monotonic() < end, f"{path} never showed {text}"
            time.sleep(0.02)

    def read(self) -> None:
        """Take in what it says until it ends; runs in a thread of its own."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_until_started(self) -> None:
        """Return when Tomcat says that it has started; fail when it ends or takes too long."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or STARTED.search(self.log), DEADLINE)
        assert STARTED.search(self.log) and not self.ended, f"Tomcat did not start:\n{self.log}"

    def stop(self) -> None:
        """Ask it to end, then make it; returns when it is gone."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
                return

    def _line(self, pattern: re.Pattern[str]) -> str:
        return next(line for line in self.lines if pattern.search(line))

    def _said(self, pattern: re.Pattern[str]) -> str:
        found = pattern.search(self.log)
        assert found, f"Tomcat did not say {pattern.pattern}:\n{self.log}"
        return found.group(1)


@contextlib.contextmanager
def tomcat(base: Path, war: Path, metadata: str) -> Iterator[Tomcat]:
    """Serve an archive from a CATALINA_BASE of its own; it is gone afterwards, whatever happens."""
    shutil.copytree(HOME / "skel/conf", base / "conf")
    (base / "conf/server.xml").write_text(SERVER, encoding="utf-8")
    for name in ("logs", "temp", "webapps", "work"):
        (base / name).mkdir()
    shutil.copy(war, base / "webapps/ROOT.war")
    process = subprocess.Popen(  # noqa: S603 - Debian's Tomcat
        [HOME / "bin/catalina.sh", "run"],
        cwd=base,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(base),
            "CATALINA_HOME": str(HOME),
            "CATALINA_BASE": str(base),
            "CATALINA_OPTS": "-Djava.net.preferIPv4Stack=true -XX:TieredStopAtLevel=1",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    server = Tomcat(process)
    reader = threading.Thread(target=server.read, name="tomcat's words", daemon=True)
    reader.start()
    try:
        server.wait_until_started()
        yield server
    finally:
        server.stop()
        reader.join(20)
