"""What git says of the clone that is published from: its commit, and what is not committed."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path

from git_reader import GitError, ask_git
from launch.errors import LaunchError
from refusals import quoted

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
SHOWN = 5  # files of those that are not committed


def head(project: Path) -> str:
    """Return the id of the commit that is checked out. Raise `RefusalError` if there is none."""
    if _git(project, "rev-parse", "--show-prefix").strip():
        raise LaunchError(
            f"{project}: is a folder of another repository; mend: publish from a clone of this one"
        )
    return _git(project, "rev-parse", "--verify", "HEAD^{commit}").decode().strip()


def refuse_changes(project: Path) -> None:
    """Raise `LaunchError` if a file is not as committed: nobody could verify what is published."""
    told = _git(project, "status", "--porcelain", "--untracked-files=normal", "-z")
    changed = [each[3:] for each in told.decode(errors="replace").split("\0") if each]
    if changed:
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        raise LaunchError(
            f"{project}: not everything is committed: {', '.join(changed[:SHOWN])}{more}; "
            "mend: git commit, or git stash --include-untracked"
        )


def extract(project: Path, commit: str, folder: Path) -> None:
    """Write the tree of a commit into a folder. Raise `RefusalError` if the clone lacks it."""
    if not COMMIT.fullmatch(commit):
        raise LaunchError(
            f"{quoted(commit)} is no id of a commit; mend: the manifest was not made by publish"
        )
    if _git(project, "rev-parse", "--is-shallow-repository").strip() == b"true":
        mend = "git fetch --unshallow"
    else:
        mend = "git fetch --all"
    try:
        _git(project, "cat-file", "-e", f"{commit}^{{commit}}")
    except GitError:
        raise LaunchError(f"{project}: has no commit {commit}; mend: {mend}") from None
    archive = _git(project, "archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")


def _git(project: Path, *words: str) -> bytes:
    return ask_git(project, *words, mend="run it in a clone, made by git clone")
