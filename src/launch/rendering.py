"""Lets a tree of this project render itself: its own code in a process of its own.

What makes templates is nothing that is known here, and the tree may be of another commit.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from launch.errors import LaunchError


def render(tree: Path, out: Path) -> None:
    """Render the templates of a tree into a folder. Raise `LaunchError` if it cannot."""
    _run(tree, str(tree / "generate.py"), "render", "--out", str(out))


def assemble(tree: Path, manifest: Path, templates: Path, out: Path) -> None:
    """Write every object of a version as a tree's code makes it. Raise `LaunchError`."""
    changelog = tree / "CHANGELOG.md"
    _run(tree, "-m", "launch.assemble", str(manifest), str(templates), str(changelog), str(out))


def _run(tree: Path, *words: str) -> None:
    """Run Python on the tree's code; it gets no credentials, as it needs none."""
    kept = {name: each for name, each in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(  # noqa: S603 - our own interpreter, code of a commit of the clone
        [sys.executable, *words],
        cwd=tree,
        env={**kept, "PYTHONPATH": str(tree / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it says nothing"]
        raise LaunchError(
            f"its commit does not render here: {said[-1]}; "
            "mend: make templates in a clone of that commit, and run this there"
        )
