"""Asks git about a clone. Nothing here changes one, or knows why it is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from refusals import RefusalError


class GitError(RefusalError):
    """git is not there, or cannot say."""


def ask_git(folder: Path, *words: str, told: bytes = b"", mend: str) -> bytes:
    """Return what git prints; settings of git in the environment would point elsewhere.

    `told` is what it is given to read. Raises `GitError` with the first line of what git says, and
    the mend.
    """
    program = shutil.which("git")
    if program is None:
        raise GitError("git: is not installed; mend: install it")
    environment = {name: each for name, each in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(  # noqa: S603 - git, our own words
        [program, "-C", folder, *words],
        input=told,
        capture_output=True,
        check=False,
        env={**environment, "LC_ALL": "C"},
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["git failed"]
        raise GitError(f"{folder}: {said[0]}; mend: {mend}")
    return done.stdout
