"""Runs the builds that the committed pipeline launches, in a repository of the test's own.

A build finds on its PATH a few tools of the machine, this project's Python, and what stands in for
the rest: nothing else of the machine is in its reach, and pip has no index.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from templates.committed import PROJECT, document, resources

from rehearsal.buildspec import Build, Result, run

PIPELINE = "multi-region-pipeline"
REGION = "us-east-1"
STACK = "web-app-pipeline"
PSEUDO = {"AWS::Region": REGION, "AWS::StackName": STACK}
TEMPLATE = "cross-region-deploy.yaml"
GOOD = (PROJECT / "templates" / TEMPLATE).read_text(encoding="utf-8")
TOOLS = (
    *("bash", "cat", "env", "grep", "ln", "mkdir", "mktemp", "sed", "sort", "tee", "xargs"),
    *("basename", "dirname", "echo", "rm"),
)
NOWHERE = "http://127.0.0.1:9"  # a port that nobody listens on
CHECKOV = PROJECT / ".venv-checkov"
HOW = {
    "cfn_nag_scan": "cfn_nag_scan (recorded reports)",
    "checkov": "checkov (recorded reports; those marked slow run it)",
    "cfn-lint": "cfn-lint (only where it shall break down)",
    "python3": "python3 (only where it shall break down)",
    "gem": "gem (only where it shall break down)",
    "packer": "packer (a recorded log)",
}

Note = Callable[[str, object], None]


def resolve(value: object) -> str:
    """Return what CloudFormation makes of a value when every parameter has its default."""
    known = dict(PSEUDO)
    for name, each in document(PIPELINE)["Parameters"].items():
        known[name] = str(each.get("Default", ""))
    if not isinstance(value, dict):
        return str(value)
    ((function, argument),) = value.items()
    if function == "Ref":
        return known[str(argument)]
    assert function == "Fn::Sub", function
    return re.sub(r"\$\{([^}!]+)\}", lambda match: known[match[1]], str(argument))


def properties(project: str) -> dict[str, Any]:
    """Return the properties of a CodeBuild project of the committed pipeline."""
    found: dict[str, Any] = resources(PIPELINE, "AWS::CodeBuild::Project")[project]["Properties"]
    return found


def variables(project: str) -> dict[str, str]:
    """Return the variables a project gives its builds."""
    listed = properties(project)["Environment"]["EnvironmentVariables"]
    return {each["Name"]: resolve(each["Value"]) for each in listed}


@dataclass
class Workshop:
    """A repository and the machine on which it is built; `note` gets what was not real."""

    folder: Path
    note: Note
    files: dict[str, str] = field(default_factory=lambda: {TEMPLATE: GOOD})
    stand_ins: dict[str, str] = field(default_factory=dict)

    @property
    def repository(self) -> Path:
        """Where the source is."""
        return self.folder / "repository"

    def run(self, project: str, spec: str = "", **changes: str) -> Result:
        """Run a project's build, its variables changed as told."""
        for name, text in self.files.items():
            (self.repository / name).parent.mkdir(parents=True, exist_ok=True)
            (self.repository / name).write_text(text, encoding="utf-8")
        environment = self.environment() | variables(project) | changes
        text = spec or properties(project)["Source"]["BuildSpec"]
        result = run(
            Build(text, self.repository, environment, stand_ins=self.stand_ins, seconds=120)
        )
        for name in result.stood_in:
            self.note("stood in for", HOW.get(name, name))
        for sentence in result.unchecked:
            self.note("not checked", sentence)
        return result

    def use(self, name: str, command: Path | None = None) -> None:
        """Put a command of the machine on the PATH."""
        found = str(command or shutil.which(name) or "")
        assert found, f"{name} is not installed; mend: apt-get install {name}"
        (self.folder / "tools").mkdir(parents=True, exist_ok=True)
        (self.folder / "tools" / name).symlink_to(found)

    def use_tool_of_this_environment(self, name: str) -> None:
        """Put a command that this project's lock installs on the PATH."""
        self.use(name, Path(sys.prefix) / "bin" / name)

    def use_python(self, environment: Path = Path(sys.prefix)) -> None:
        """Put the Python of a virtual environment on the PATH; a link would leave it."""
        wrapper = self.folder / "tools" / "python3"
        wrapper.write_text(f'#!/usr/bin/env bash\nexec "{environment}/bin/python" "$@"\n')
        wrapper.chmod(0o755)

    def lose(self, name: str) -> None:
        """Take a command away."""
        (self.folder / "tools" / name).unlink()

    def environment(self) -> dict[str, str]:
        for name in ("home", "tmp"):
            (self.folder / name).mkdir(exist_ok=True)
        return {
            "PATH": str(self.folder / "tools"),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "LANG": "C.UTF-8",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "PIP_NO_INDEX": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "HTTPS_PROXY": NOWHERE,
            "HTTP_PROXY": NOWHERE,
        }
