"""A machine on which a command is run as a build runs it: kept loaded, or by a fresh process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded import HOME_REGION

from rehearsal.embedded_aws import LOOPBACK, EmbeddedAws, root

PATIENCE = 120.0  # seconds
PLAIN = ("bash", "cat", "chmod", "mkdir", "sed", "sleep", "stat", "true")


@dataclass(frozen=True)
class Machine:
    """An account's root, in a directory of its own; `tools` holds what it finds on its PATH."""

    folder: Path
    tools: Path
    account: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """All that a command sees."""
        return {
            **root(self.account).environment,
            "PATH": f"{self.tools}:{self.folder / 'plain'}",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "LANG": "C.UTF-8",
            "AWS_DEFAULT_REGION": HOME_REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": LOOPBACK,
            **self.variables,
        }

    def start(self, script: str, **variables: str) -> subprocess.Popen[str]:
        """Start a script of bash in its directory."""
        return subprocess.Popen(  # noqa: S603 - the test's own script
            [self.folder / "plain" / "bash", "-c", script],
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def run(self, script: str, **variables: str) -> tuple[int, str, str]:
        """Return exit code, output and errors of a script; ours stands for the account's number."""
        process = self.start(script, **variables)
        output, errors = (each.replace(self.account, "ours") for each in process.communicate())
        return process.returncode, output, errors


def machine(folder: Path, tools: Path, account: str, **variables: str) -> Machine:
    """Return a machine with a few plain tools of this one."""
    (folder / "plain").mkdir(parents=True)
    for name in PLAIN:
        (folder / "plain" / name).symlink_to(shutil.which(name) or name)
    return Machine(folder, tools, account, variables)


def fresh(folder: Path, account: str, cloud: EmbeddedAws) -> Machine:
    """Return a machine on which each command is a process of its own, in one partition."""
    tools = folder / "fresh"
    tools.mkdir(parents=True)
    for name in ("aws", "cfn-lint"):
        (tools / name).symlink_to(Path(sys.prefix) / "bin" / name)
    return machine(folder, tools, account, AWS_ENDPOINT_URL=cloud.url)


def piped(words: Sequence[str | Path], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a command with a pipe for whatever it reads and prints."""
    return subprocess.Popen(  # noqa: S603 - the test's own words
        words,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ended(*words: str | Path) -> tuple[int, str, str]:
    """Return exit code, output and errors of a command."""
    process = piped(words, os.environ)
    output, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, output.decode(), errors.decode()
