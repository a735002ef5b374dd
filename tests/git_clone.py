"""A repository with templates in it, for tests of what git is asked."""

from __future__ import annotations

import subprocess
from pathlib import Path

TOPIC = """\
Metadata: {{Meridian: {{Version: {0}}}}}
Resources: {{Topic: {{Type: AWS::SNS::Topic}}}}
"""


def git(folder: Path, *words: str) -> str:
    """Run git as somebody whose settings nobody has made."""
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *settings, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


class Clone:
    """A repository in a folder that is not there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--initial-branch=main")

    def write(self, name: str, text: str | bytes) -> None:
        """Write a template."""
        path = self.folder / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, message: str = "change") -> str:
        """Commit everything there is; return the commit's id."""
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", f"--message={message}")
        return git(self.folder, "rev-parse", "HEAD")
