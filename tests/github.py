"""Stands in for GitHub: pull requests of a repository on disk, and comments on them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SAYS = "GitHub's API, by one of its comments alone (tests/github.py)"
TOKEN = "token-of-the-job"  # noqa: S105 - opens nothing
BOT = "github-actions[bot]"
COMMENTS = re.compile(r"/repos/example/web/issues/7/comments(?:\?per_page=100&page=(\d+))?")
COMMENT = re.compile(r"/repos/example/web/issues/comments/(\d+)")
PAGE = 100


@dataclass
class GitHub:
    """One pull request, example/web#7; `requests` are those there were, `refuses` with what."""

    url: str = ""
    head: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    refuses: int = 0

    def add(self, body: str, login: str = BOT) -> None:
        """Add a comment of somebody."""
        number = len(self.comments) + 1
        url = f"https://github.com/example/web/pull/7#issuecomment-{number}"
        self.comments.append(
            {"id": number, "body": body, "user": {"login": login}, "html_url": url}
        )

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Return the status and the content of an answer."""
        self.requests.append(f"{method} {path}")
        if self.refuses:
            return self.refuses, {"message": "no"}
        if (method, path) == ("GET", "/repos/example/web/pulls/7"):
            return 200, {"head": {"sha": self.head}}
        if found := COMMENTS.fullmatch(path):
            if method == "POST":
                self.add(body["body"])
                return 201, self.comments[-1]
            start = (int(found[1]) - 1) * PAGE
            return 200, self.comments[start : start + PAGE]
        if (found := COMMENT.fullmatch(path)) and method == "PATCH":
            comment = self.comments[int(found[1]) - 1]
            comment["body"] = body["body"]
            return 200, comment
        return 404, {"message": "Not Found"}


@contextmanager
def serving(github: GitHub) -> Iterator[GitHub]:
    """Serve GitHub on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length) or b"{}")
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                status, content = 401, {"message": "Bad credentials"}
            else:
                status, content = github.answer(self.command, self.path, body)
            told = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - as http.server calls them

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    github.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
