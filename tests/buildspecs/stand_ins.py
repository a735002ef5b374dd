"""Scripts that stand in for commands which are not here; each test names those it uses."""

from __future__ import annotations

from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"
BASH = "#!/usr/bin/env bash\n"
KILLED = "kill -9 $$"
SILENT = "exit 0"


def script(body: str) -> str:
    """Return a bash script."""
    return f"{BASH}{body}\n"


def record(tool: str, name: str) -> str:
    """Return a recorded report; @TEMPLATE@ in it stands for the file that is scanned."""
    return (RECORDED / tool / f"{name}.json").read_text(encoding="utf-8")


def scanner(version: str, body: str) -> str:
    """Return a tool that tells its version and otherwise does as told; $path is what it scans."""
    return script(
        f'[ "$1" != --version ] || {{ echo {version}; exit; }}\n'
        'options=" $* "\n'
        'while [ $# -gt 0 ]; do case "$1" in --input-path|--file) path="$2";; esac; shift; done\n'
        f"{body}"
    )


def replay(report: str, code: int) -> str:
    """Return what a scanner does to print a report and exit as it did when it was recorded."""
    return f"""sed "s|@TEMPLATE@|$path|" <<'RECORD'\n{report}\nRECORD\nexit {code}"""
