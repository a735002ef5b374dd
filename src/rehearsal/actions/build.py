"""CodeBuild: a project's build, its buildspec's real commands run under the project's own role.

MiniStack starts a build and says at once that it succeeded; what counts is the one run here. As in
AWS the project's role reads the input artifacts, fetches what the buildspec names, writes the log,
the reports and the outputs. Not as in AWS: no container, and whatever else is on this machine's
path can be called; nothing leaves the machine, as every proxy leads nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.actions.archives import open_input, unpack
from rehearsal.actions.build_variables import fetch, read_variables, told_variables
from rehearsal.actions.work import ActionError, Done, Work
from rehearsal.artifacts import Location
from rehearsal.build_files import pack
from rehearsal.buildspec import Build, Result, run
from rehearsal.buildspec_file import SpecError
from rehearsal.embedded_aws import LOOPBACK, Credentials

NOWHERE = "http://127.0.0.1:9"  # a port that nobody listens on
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
LAST_LINES = 30
A_MINUTE = 60
REPORT_CALLS = ("CreateReportGroup", "CreateReport", "BatchPutTestCases", "UpdateReport")


@dataclass(frozen=True)
class _Order:
    """A build under way: its project as CodeBuild knows it, its id, its role and its folder."""

    work: Work
    project: Mapping[str, Any]
    id: str
    role: Credentials
    folder: Path

    def client(self, service: str) -> Any:
        return self.work.client(service, self.role)


def build(work: Work) -> Done:
    """Start a build, run it, and pass on what it made."""
    order = _start(work)
    sources = _unpack(order)
    try:
        result = run(_build(order, sources))
    except SpecError as error:
        raise ActionError(f"project {work.told('ProjectName')}: {error}") from None
    log = tuple(result.output.splitlines()[-LAST_LINES:])
    _write_log(order, result)
    _write_reports(order, result)
    if not result.succeeded:
        failed = next(phase for phase, status in result.phases.items() if status != "SUCCEEDED")
        raise ActionError(
            f"build of project {work.told('ProjectName')} failed in its phase {failed}: "
            f"{_last_word(log)}",
            "what the build says above",
            log,
        )
    outputs = _upload(order, result)
    exported = ", ".join(f"{name} {value}" for name, value in result.exported.items())
    return Done(exported[:200] or "succeeded", result.exported, outputs, log)


def _start(work: Work) -> _Order:
    name = work.told("ProjectName")
    codebuild = work.client("codebuild")
    found = work.root_client("codebuild").batch_get_projects(names=[name])["projects"]
    if not found:
        raise ActionError(f"there is no CodeBuild project {name}", "launch the stack that makes it")
    id_ = codebuild.start_build(projectName=name)["build"]["id"]
    codebuild.batch_get_builds(ids=[id_])
    (project,) = found
    folder = work.scene.folder / id_.replace(":", "-")
    for each in ("tmp", "home"):
        (folder / each).mkdir(parents=True)
    return _Order(work, project, id_, work.serve(project["serviceRole"], "codebuild"), folder)


def _unpack(order: _Order) -> dict[str, Path]:
    """Fetch the input artifacts under the project's role; return their folders by name."""
    work, folders = order.work, {}
    for name in work.inputs:
        folders[name] = order.folder / "source" / name
        folders[name].mkdir(parents=True)
        with open_input(work, order.role, name) as packed:
            unpack(packed, folders[name])
    return folders


def _build(order: _Order, sources: Mapping[str, Path]) -> Build:
    work = order.work
    primary = work.told("PrimarySource", next(iter(sources)))
    others = {f"CODEBUILD_SRC_DIR_{name}": str(each) for name, each in sources.items()}
    return Build(
        spec=_spec(order, sources[primary]),
        source=sources[primary],
        environment={**_machine(order), **_codebuild(order), **others, **_variables(order)},
        fetch=lambda kind, name: fetch(order.client, kind, name),
        stand_ins=work.scene.stand_ins,
        seconds=A_MINUTE * order.project.get("timeoutInMinutes", A_MINUTE),
    )


def _spec(order: _Order, source: Path) -> str:
    """Return the buildspec: the project's own, or the file of the source that it names."""
    text = str(order.project["source"].get("buildspec") or "buildspec.yml")
    if "\n" in text:
        return text
    if not (source / text).is_file():
        raise ActionError(f"there is no {text} in the input artifact", "commit it")
    return (source / text).read_text(encoding="utf-8")


def _machine(order: _Order) -> dict[str, str]:
    """Return what every build sees of this machine."""
    return {
        "PATH": f"{order.work.scene.tools}:{SYSTEM_PATH}",
        "HOME": str(order.folder / "home"),
        "TMPDIR": str(order.folder / "tmp"),
        "LANG": "C.UTF-8",
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
        **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY"), NOWHERE),
        "NO_PROXY": LOOPBACK,
    }


def _codebuild(order: _Order) -> dict[str, str]:
    """Return what CodeBuild tells a build, its role's credentials among it."""
    work, region = order.work, order.work.action.region
    return {
        **order.role.environment,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": work.scene.clouds.of(region).url,
        "CODEBUILD_BUILD_ID": order.id,
        "CODEBUILD_BUILD_ARN": f"{order.project['arn'].rpartition(':')[0]}:build/{order.id}",
        "CODEBUILD_INITIATOR": f"codepipeline/{work.pipeline}",
        "CODEBUILD_RESOLVED_SOURCE_VERSION": work.revision,
        "CODEBUILD_SOURCE_VERSION": work.revision,
    }


def _variables(order: _Order) -> dict[str, str]:
    """Return the variables of the project, and over them those of the action."""
    given = order.project["environment"].get("environmentVariables", [])
    return read_variables([*given, *told_variables(order.work)], order.client)


def _write_log(order: _Order, result: Result) -> None:
    """Write the log under the project's role, which fails a build that may not."""
    told = order.project.get("logsConfig", {}).get("cloudWatchLogs", {})
    if told.get("status", "ENABLED") != "ENABLED":
        return
    group = told.get("groupName") or f"/aws/codebuild/{order.project['name']}"
    stream = {"logGroupName": group, "logStreamName": order.id.partition(":")[2]}
    logs = order.client("logs")
    try:
        logs.create_log_stream(**stream)
    except logs.exceptions.ResourceNotFoundException:
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(**stream)
    logs.put_log_events(**stream, logEvents=[{"timestamp": 0, "message": result.output or "-"}])


def _write_reports(order: _Order, result: Result) -> None:
    """Ask IAM what CodeBuild asks for each group of reports that has any."""
    work = order.work
    place = order.project["arn"].rpartition(":project/")[0]
    for report in (each for each in result.reports if each.files):
        group = f"{place}:report-group/{order.project['name']}-{report.name}"
        for call in REPORT_CALLS:
            verdict = work.desk().ask(order.role, f"codebuild:{call}", group)
            if not verdict.allowed:
                role = order.project["serviceRole"]
                raise ActionError(f"{role} is not authorized to perform codebuild:{call}: {group}")


def _upload(order: _Order, result: Result) -> dict[str, Location]:
    """Write the output artifacts into the store of the region, under the project's role."""
    work, made = order.work, {}
    found = {each.name: each for each in result.artifacts}
    if len(work.action.outputs) == len(found) == 1:
        found = dict.fromkeys(work.action.outputs, result.artifacts[0])
    for name in work.action.outputs:
        artifact = found.get(name)
        if artifact is None:
            mend = "name it under artifacts in the buildspec"
            raise ActionError(f"the buildspec makes no artifact {name}", mend)
        archive = order.folder / f"{name}.zip"
        pack(artifact, archive)
        made[name] = work.stores.put(order.role, name, work.action.region, archive.read_bytes())
    return made


def _last_word(log: tuple[str, ...]) -> str:
    """Return the last line a command printed; lines of the runner begin with a bracket."""
    said = [line for line in log if line.strip() and not line.startswith("[build]")]
    return said[-1] if said else "it printed nothing"
