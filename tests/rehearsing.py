"""`generate.py rehearse` in a tree of a test's own, whose templates can be broken by hand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from templates.committed import PROJECT

IMAGES, CHINA = "multi-region-pipeline", "global-china-pipeline"
LINKED = ("src", "topologies", "examples")
ANALYSES = ("StaticAnalysis", "SecurityAnalysis")


@dataclass(frozen=True)
class Tree:
    """A project of one's own: its templates are copies, all else is this project's."""

    folder: Path

    @property
    def temporary(self) -> Path:
        """Where the command makes what is gone afterwards."""
        return self.folder / "tmp"

    @property
    def environment(self) -> Mapping[str, str]:
        """What the command finds around it."""
        path = f"{PROJECT}/src"
        return {"PATH": os.environ["PATH"], "TMPDIR": str(self.temporary), "PYTHONPATH": path}

    @property
    def command(self) -> tuple[str, ...]:
        """What runs the command, to be followed by its arguments."""
        return (sys.executable, "generate.py", "rehearse")

    def edit(self, template: str, old: str, new: str, after: str = "") -> None:
        """Replace the first text of a template that stands after another."""
        path = self.folder / "templates" / f"{template}.yaml"
        before, mark, rest = path.read_text(encoding="utf-8").partition(after)
        assert old in rest, f"{old} is not in {path.name}"
        path.write_text(before + mark + rest.replace(old, new, 1), encoding="utf-8")

    def leave_out_analyses(self) -> None:
        """Take out the two stages that only judge, as they take half of the time."""
        path = self.folder / "templates" / f"{IMAGES}.yaml"
        text = path.read_text(encoding="utf-8")
        for stage in ANALYSES:
            text, count = re.subn(rf"      - Name: {stage}\n(?:       +.*\n)+", "", text)
            assert count == 1, stage
        path.write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end, and see that it leaves nothing behind."""
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
            [*self.command, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=self.environment,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert [*self.temporary.iterdir()] == []
        return done


def make_tree(folder: Path) -> Tree:
    """Return a tree in an empty folder."""
    shutil.copy(PROJECT / "generate.py", folder)
    shutil.copytree(PROJECT / "templates", folder / "templates")
    for name in LINKED:
        (folder / name).symlink_to(PROJECT / name)
    (folder / "tmp").mkdir()
    return Tree(folder)


def words(shown: str) -> str:
    """Return what is shown with no line ends in it."""
    return " ".join(shown.split())
