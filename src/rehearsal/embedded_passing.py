"""What MiniStack lacks where a role is handed to a service: iam:PassRole, and the role's trust.

Whoever hands a role to a service must be allowed iam:PassRole on it, for that service; and the role
must be there and let the service assume it. The root of an account may hand on any role.

Not as in AWS: trust is asked with the condition on the source account alone, not on the source
itself; and the role of an instance is asked whether it trusts EC2 nowhere, as in AWS.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_actions, iam_evaluator, responses, router
from ministack.services import ec2, iam

from rehearsal import embedded_calls
from rehearsal.embedded_desk import Given

PASS = "iam:PassRole"  # noqa: S105 - an action
EC2 = "ec2.amazonaws.com"


@dataclass(frozen=True)
class Passed:
    """A role that is handed to a service, by their ARN and principal."""

    role: str
    service: str


class NotPassedError(Exception):
    """A role is not handed on, and why; `code` is '' if IAM refused it."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class _Service:
    """How a service is handed roles, and what it says of one it cannot assume."""

    principal: str
    roles: Callable[[str, str, Given, bytes, Given], Iterator[str]]
    code: str
    says: str


def install() -> None:
    """Put into MiniStack what stands here."""
    for name, service in SERVICES.items():
        _check_calls(name, service)


def check(key: str, passed: Passed, code: str, says: str) -> None:
    """Raise `NotPassedError` unless whoever has a key may hand on a role that serves."""
    refused = embedded_calls.refusal(
        key, PASS, passed.role, {"iam:PassedToService": passed.service}
    )
    if refused:
        raise NotPassedError(refused)
    if passed.service != EC2 and not _trusts(passed):
        raise NotPassedError(says.format(role=passed.role), code)


def profile_roles(name: str) -> list[str]:
    """Return the ARNs of the roles of an instance profile, given by its name or ARN."""
    profile = iam._instance_profiles.get(name.rpartition("/")[2]) or {}
    found = [iam._roles.get(each) for each in profile.get("Roles", [])]
    return [str(each["Arn"]) for each in found if each]


def _trusts(passed: Passed) -> bool:
    _, partition, _, _, account, resource = passed.role.split(":", 5)
    role = iam._roles.get_scoped(account, None, resource.rpartition("/")[2])
    if role is None or account != responses.get_account_id():
        return False
    root = f"arn:{partition}:iam::{account}:root"
    context = iam_evaluator.EvalContext(
        *(root, "Root", account, "sts:AssumeRole", passed.role, responses.get_region()),
        service_context={"sts:rolesessionname": passed.service},
    )
    document = role["AssumeRolePolicyDocument"]
    return bool(iam_evaluator.evaluate_trust_policy(document, root, context))


def _check_calls(name: str, service: _Service) -> None:
    inner: Callable[..., Awaitable[Any]] = app.SERVICE_HANDLERS[name]

    async def handle(method: str, path: str, headers: Given, body: bytes, query: Given) -> Any:
        key = router.extract_access_key_id(headers, query)
        for role in service.roles(method, path, headers, body, query):
            try:
                check(key, Passed(role, service.principal), service.code, service.says)
            except NotPassedError as refused:
                return answer(name, key, headers, refused)
        return await inner(method, path, headers, body, query)

    app.SERVICE_HANDLERS[name] = handle


def answer(service: str, key: str, headers: Given, refused: NotPassedError) -> Any:
    """Return the answer of a service to a call that hands on a role it must not."""
    status, *rest = iam_actions.access_denied_response(
        *(service, PASS, key, ""), headers=headers, message=str(refused), error_code=refused.code
    )
    return (400 if refused.code else status, *rest)


def _of_project(_m: str, _path: str, headers: Given, body: bytes, _query: Given) -> Iterator[str]:
    if headers.get("x-amz-target", "").rpartition(".")[2] in ("CreateProject", "UpdateProject"):
        yield from _some(_json(body).get("serviceRole"))


def _of_function(_m: str, path: str, _headers: Given, body: bytes, _query: Given) -> Iterator[str]:
    if path.rstrip("/").endswith(("/functions", "/configuration")):
        yield from _some(_json(body).get("Role"))


def _of_targets(_m: str, _path: str, headers: Given, body: bytes, _query: Given) -> Iterator[str]:
    if headers.get("x-amz-target", "").endswith(".PutTargets"):
        for each in _json(body).get("Targets", []):
            yield from _some(each.get("RoleArn"))


def _of_schedule(_m: str, path: str, _headers: Given, body: bytes, _query: Given) -> Iterator[str]:
    if path.startswith("/schedules/"):
        yield from _some(_json(body).get("Target", {}).get("RoleArn"))


def _of_instances(_m: str, _path: str, _headers: Given, body: bytes, query: Given) -> Iterator[str]:
    given = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
    if ec2._p(given, "Action") == "RunInstances":
        front = "IamInstanceProfile"
        yield from profile_roles(ec2._p(given, f"{front}.Name") or ec2._p(given, f"{front}.Arn"))


def _json(body: bytes) -> Given:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _some(role: str | None) -> list[str]:
    return [role] if role else []


SERVICES = {
    "codebuild": _Service(
        *("codebuild.amazonaws.com", _of_project, "InvalidInputException"),
        "CodeBuild is not authorized to perform: sts:AssumeRole on {role}",
    ),
    "lambda": _Service(
        *("lambda.amazonaws.com", _of_function, "InvalidParameterValueException"),
        "The role defined for the function cannot be assumed by Lambda.",
    ),
    "events": _Service(
        *("events.amazonaws.com", _of_targets, "ValidationException"),
        "Provided role '{role}' cannot be assumed by principal 'events.amazonaws.com'.",
    ),
    "scheduler": _Service(
        *("scheduler.amazonaws.com", _of_schedule, "ValidationException"),
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    ),
    "ec2": _Service(EC2, _of_instances, "", ""),
}
