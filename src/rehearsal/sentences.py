"""Says in one sentence what an action does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rehearsal.definition import Action
from rehearsal.projects import Project

MINUTES_OF_A_DAY = 24 * 60
MINUTES_OF_AN_HOUR = 60
APPROVAL_WAITS = 7 * MINUTES_OF_A_DAY
FROM_TEMPLATE = "from {TemplatePath}, as {role}"
OF_STACK = {
    "CREATE_UPDATE": f"create or update stack {{StackName}} {FROM_TEMPLATE}",
    "REPLACE_ON_FAILURE": (
        f"create or update stack {{StackName}} {FROM_TEMPLATE}; a failed one is deleted first"
    ),
    "CHANGE_SET_REPLACE": (
        f"create or replace change set {{ChangeSetName}} of stack {{StackName}} {FROM_TEMPLATE}"
    ),
    "CHANGE_SET_EXECUTE": "execute change set {ChangeSetName} of stack {StackName}",
    "DELETE_ONLY": "delete stack {StackName}, as {role}",
}


def sentence(action: Action, projects: Mapping[str, Project]) -> str:
    """Return what an action of a definition without problems does."""
    if action.provider == "CodeBuild":
        return _build(action, projects.get(action.configuration["ProjectName"]))
    return SENTENCES[action.provider](action)


def _build(action: Action, project: Project | None) -> str:
    said = f"run CodeBuild project {action.configuration['ProjectName']}"
    if project is None:
        return f"{said}, which is made elsewhere"
    if project.spec is None:
        return f"{said}: buildspec {project.file} of its input"
    return f"{said}: buildspec of {project.commands} commands"


def _stack(action: Action) -> str:
    there = action.configuration
    role = there.get("RoleArn", "").rpartition(":role/")[2] or there.get("RoleArn", "")
    return OF_STACK[there["ActionMode"]].format_map({**there, "role": role})


def _approval(action: Action) -> str:
    waits = action.timeout or APPROVAL_WAITS
    for unit, minutes in (("day", MINUTES_OF_A_DAY), ("hour", MINUTES_OF_AN_HOUR), ("minute", 1)):
        if waits % minutes == 0:
            count = waits // minutes
            return f"wait until somebody approves, for {count} {unit}{'s' * (count > 1)} at most"
    raise AssertionError


def _format(template: str) -> Callable[[Action], str]:
    return lambda action: template.format_map(action.configuration)


SENTENCES: Mapping[str, Callable[[Action], str]] = {
    "CodeCommit": _format("fetch branch {BranchName} of CodeCommit repository {RepositoryName}"),
    "CodeStarSourceConnection": _format(
        "fetch branch {BranchName} of {FullRepositoryId} through connection {ConnectionArn}"
    ),
    "S3": _format("fetch {S3ObjectKey} from bucket {S3Bucket}"),
    "CloudFormation": _stack,
    "Lambda": _format("invoke function {FunctionName}, again for as long as it asks to go on"),
    "Manual": _approval,
}
