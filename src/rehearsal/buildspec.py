"""Runs a buildspec as CodeBuild does, on this machine, with nothing but what it is given.

Not done, and said so in the result: choosing runtimes, changing the user, keeping a cache.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from rehearsal.build_files import Artifact, Report, collect, count
from rehearsal.buildspec_file import Phase, Spec, SpecError, read_spec
from rehearsal.shell import Shell, output, process_group

UPLOAD = "upload_artifacts"


class Status(StrEnum):
    """How a phase ended, in CodeBuild's words."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"


def _no_store(kind: str, name: str) -> str:
    raise SpecError(
        f"buildspec: env.{kind}: {name} is asked for, but nothing was given to fetch it"
    )


@dataclass(frozen=True)
class Build:
    """A build to be run.

    `spec` is the buildspec's text; `environment` is all that the build sees, the PATH included,
    and beats the buildspec's own variables; `fetch` is called with "parameter-store" or
    "secrets-manager" and a name; `stand_ins` are scripts by the command they stand in for;
    `seconds` is how long it may take; `say` is given each line of output as it comes.
    """

    spec: str
    source: Path
    environment: Mapping[str, str]
    fetch: Callable[[str, str], str] = _no_store
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 3600
    say: Callable[[str], None] = lambda line: None


@dataclass(frozen=True)
class Result:
    """What came of a build; `phases` holds those that ran."""

    phases: Mapping[str, Status]
    output: str
    exported: Mapping[str, str]
    artifacts: tuple[Artifact, ...]
    reports: tuple[Report, ...]
    stood_in: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def succeeded(self) -> bool:
        """Whether every phase succeeded; one that may CONTINUE after a failure has still failed."""
        return set(self.phases.values()) == {Status.SUCCEEDED}


def run(build: Build) -> Result:
    """Run a build to its end. Raise `SpecError` where the buildspec or the environment is wrong."""
    spec = read_spec(build.spec)
    with TemporaryDirectory(prefix="build-") as folder, output(build.say) as (pipe, lines):
        env = _environment(build, spec, Path(folder))
        bash = _bash(build.environment.get("PATH", ""))
        with process_group(bash) as group:
            deadline = time.monotonic() + build.seconds
            shell = Shell(bash, group, pipe, Path(folder, "script"), build.source, env, deadline)
            _say_what_is_not_real(build, spec, shell)
            phases = _run_phases(spec.phases, shell)
            artifacts = tuple(collect(each, build.source) for each in spec.artifacts)
            phases |= _upload(artifacts, shell)
    return Result(
        phases=phases,
        output="".join(lines),
        exported={name: shell.env[name] for name in spec.exported if name in shell.env},
        artifacts=artifacts,
        reports=tuple(count(each, build.source) for each in spec.reports),
        stood_in=tuple(build.stand_ins),
        unchecked=spec.unchecked,
    )


def _environment(build: Build, spec: Spec, folder: Path) -> dict[str, str]:
    """Return the first command's variables, a PATH that begins with the stand-ins among them."""
    env = dict(spec.variables)
    env |= {key: build.fetch("parameter-store", name) for key, name in spec.parameters.items()}
    env |= {key: build.fetch("secrets-manager", name) for key, name in spec.secrets.items()}
    env |= build.environment
    env |= {"CODEBUILD_SRC_DIR": str(build.source), "CODEBUILD_BUILD_SUCCEEDING": "1"}
    commands = folder / "commands"
    commands.mkdir()
    for name, script in build.stand_ins.items():
        (commands / name).write_text(script, encoding="utf-8")
        (commands / name).chmod(0o755)
    return env | {"PATH": f"{commands}:{env.get('PATH', '')}"}


def _bash(path: str) -> str:
    found = shutil.which("bash", path=path)
    if not found:
        raise SpecError(f"build: no bash on the PATH given, '{path}'; add the directory it is in")
    return found


def _say_what_is_not_real(build: Build, spec: Spec, shell: Shell) -> None:
    for sentence in spec.unchecked:
        shell.tell(f"not checked here: {sentence}")
    if build.stand_ins:
        shell.tell(f"stood in for: {', '.join(build.stand_ins)}")


def _run_phases(phases: tuple[Phase, ...], shell: Shell) -> dict[str, Status]:
    """Run phases until one fails; after a failed build there is still post_build."""
    done: dict[str, Status] = {}
    for phase in phases:
        shell.tell(f"phase {phase.name}")
        done[phase.name] = status = _run_phase(phase, shell)
        shell.tell(f"phase {phase.name}: {status}")
        way = phase.on_failure or ("CONTINUE" if phase.name == "build" else "ABORT")
        if status is Status.TIMED_OUT or (status is Status.FAILED and way == "ABORT"):
            break
    return done


def _run_phase(phase: Phase, shell: Shell) -> Status:
    try:
        went_well = all(shell.run(command) for command in phase.commands)
        ended_well = all(shell.run(command) for command in phase.at_last)
    except subprocess.TimeoutExpired:
        return Status.TIMED_OUT
    return Status.SUCCEEDED if went_well and ended_well else Status.FAILED


def _upload(artifacts: tuple[Artifact, ...], shell: Shell) -> dict[str, Status]:
    """Return the status of the upload, which a build that was to make artifacts always tries."""
    empty = [each for each in artifacts if not each.files]
    for each in empty:
        shell.tell(f"no matching artifact paths found: {', '.join(each.patterns)}")
    return {UPLOAD: Status.FAILED if empty else Status.SUCCEEDED} if artifacts else {}
