"""A tab of Debian's Chromium that a test drives: clicks, keys, windows, and what is asked for.

The browser's own protocol, over two pipes: https://chromedevtools.github.io/devtools-protocol/
No request leaves it: each is answered here, or refused, and noted.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from examples.browser import SWITCHES

END, CHUNK = b"\0", 1 << 20
HIGHER = 10  # than the two descriptors the browser reads and writes
BROWSER_READS, BROWSER_WRITES = 3, 4
UNHURRIED = ["--disable-ipc-flooding-protection"]  # a test clicks faster than people
DESKTOP, PHONE = (1200, 900), (360, 740)
Answer = tuple[int, bytes]


@dataclass
class Tab:
    """A tab; `answers` returns what the web has below an address, None where that is nothing."""

    to_browser: BinaryIO
    from_browser: BinaryIO
    answers: Callable[[str], Answer | None]
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _session: str = ""
    _number: int = 0
    _rest: bytes = b""
    _happened: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Show a page, and wait until it is loaded."""
        self._happened.clear()
        self.call("Page.navigate", url=address)
        self.wait("Page.loadEventFired")

    def value(self, expression: str) -> Any:
        """Return what an expression is worth in the page, whose own scripts do not run."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def resize(self, size: tuple[int, int], dark: bool = False) -> None:
        """Give the window a size and its user a preference."""
        width, height = size
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def click(self, selector: str, at: int) -> str:
        """Click one of the elements a selector finds; return the address that is asked for then."""
        before = len(self.asked)
        self.value(f"document.querySelectorAll('{selector}')[{at}].click()")
        while len(self.asked) == before:
            self._read()
        return self.asked[-1]

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key, which may write something."""
        named = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", **down, **named)
        self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def picture(self, path: Path) -> Path:
        """Write a picture of the whole page."""
        shown = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shown["data"]))
        return path

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Call a method of the protocol; answer what the page asks for in the meantime."""
        number = self._send(method, given)
        while True:
            told = self._read()
            if told.get("id") == number:
                assert "error" not in told, f"{method}: {told['error']}"
                found: dict[str, Any] = told["result"]
                return found

    def wait(self, event: str) -> None:
        """Wait for something to happen, unless it has since the page was asked for."""
        while event not in self._happened:
            self._read()

    def attach(self) -> None:
        """Take the tab there is; run no script of its pages, and hear of each request."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        self.call("Emulation.setScriptExecutionDisabled", value=True)

    def _send(self, method: str, given: Mapping[str, Any]) -> int:
        self._number += 1
        said = {"id": self._number, "method": method, "params": given}
        if self._session:
            said["sessionId"] = self._session
        self.to_browser.write(json.dumps(said).encode() + END)
        self.to_browser.flush()
        return self._number

    def _read(self) -> dict[str, Any]:
        while END not in self._rest:
            more = os.read(self.from_browser.fileno(), CHUNK)
            assert more, "the browser has ended"
            self._rest += more
        text, _, self._rest = self._rest.partition(END)
        told: dict[str, Any] = json.loads(text)
        self._hear(told.get("method", ""), told.get("params", {}))
        return told

    def _hear(self, event: str, told: Mapping[str, Any]) -> None:
        self._happened.append(event)
        if event == "Log.entryAdded":
            self.complaints.append(told["entry"]["text"])
        if event == "Fetch.requestPaused":
            self._answer(told["requestId"], told["request"])

    def _answer(self, request: str, told: Mapping[str, str]) -> None:
        address = told["url"] + told.get("urlFragment", "")
        self.asked.append(address)
        found = self.answers(address)
        if found is None:
            refused = {"requestId": request, "errorReason": "AddressUnreachable"}
            self._send("Fetch.failRequest", refused)
            return
        code, body = found
        kind = {"name": "Content-Type", "value": "text/html; charset=utf-8"}
        text = base64.b64encode(body).decode()
        answer = {"requestId": request, "responseCode": code, "responseHeaders": [kind]}
        self._send("Fetch.fulfillRequest", {**answer, "body": text})


@contextmanager
def tab(folder: Path, answers: Callable[[str], Answer | None]) -> Iterator[Tab]:
    """Run a browser with one tab."""
    browser_reads, to_browser = _pipe()
    from_browser, browser_writes = _pipe()
    words = [
        *UNHURRIED,
        "--remote-debugging-pipe",
        f"--user-data-dir={folder / 'profile'}",
        "about:blank",
    ]
    number = os.posix_spawn(
        "/usr/bin/chromium",
        ["chromium", *SWITCHES, *words],
        {"PATH": os.environ["PATH"], "HOME": str(folder)},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, browser_reads, BROWSER_READS),
            (os.POSIX_SPAWN_DUP2, browser_writes, BROWSER_WRITES),
            (os.POSIX_SPAWN_OPEN, 2, str(folder / "log"), os.O_WRONLY | os.O_CREAT, 0o600),
        ],
        setpgroup=0,
    )
    os.close(browser_reads)
    os.close(browser_writes)
    try:
        with os.fdopen(to_browser, "wb") as out, os.fdopen(from_browser, "rb") as back:
            opened = Tab(out, back, answers)
            opened.attach()
            yield opened
    finally:
        os.killpg(number, signal.SIGKILL)
        os.waitpid(number, 0)


def _pipe() -> tuple[int, int]:
    """Return a pipe whose ends stand above those the browser has to be given."""
    ends = os.pipe()
    higher = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, HIGHER) for end in ends]
    for end in ends:
        os.close(end)
    return higher[0], higher[1]
