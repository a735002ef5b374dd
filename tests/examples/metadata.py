"""Stands in for EC2's instance metadata service, version 2, on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "a-token-of-one-minute=="  # noqa: S105 - nobody else takes it
REGION = "eu-west-1"
INSTANCE = "i-0123456789abcdef0"
VALUES = {
    "/latest/meta-data/placement/region": REGION,
    "/latest/meta-data/instance-id": INSTANCE,
}


class _Handler(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        wanted = self.path == "/latest/api/token"
        lives = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        self._answer(200 if wanted and lives.isdigit() else 400, TOKEN)

    def do_GET(self) -> None:
        if self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            self._answer(401, "")
        else:
            self._answer(200 if self.path in VALUES else 404, VALUES.get(self.path, ""))

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def metadata_service() -> Iterator[str]:
    """Serve one instance's region and id to whoever brings a token; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(20)


@contextlib.contextmanager
def silent_service() -> Iterator[str]:
    """Take connections and never say a word; yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
