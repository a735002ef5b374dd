"""What MiniStack lacks of CloudFormation: that it may do what a stack's role may, or its caller.

A stack operation acts with the role it is given, else with the one the stack was given before, else
as whoever calls. Each resource of the stack is made, changed and removed by that principal, which
IAM is asked about (`resource_calls` says what); so are the parameters of Parameter Store that a
template names. A refused call fails the resource, and the stack rolls back.

Not as in AWS: what a call is refused for is known before anything of the resource is made; and
calls that only read are asked about and refuse nothing.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_evaluator, router
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import ssm, sts
from ministack.services.cloudformation import changesets, stacks

from rehearsal import embedded_calls
from rehearsal.embedded_desk import Given
from rehearsal.embedded_handed_roles import handed
from rehearsal.embedded_needs import needs
from rehearsal.embedded_passing import NotPassedError, Passed, answer, check
from rehearsal.resource_calls import CREATE, DELETE, UPDATE, Place, Resource

SERVICE = "cloudformation"
PRINCIPAL = "cloudformation.amazonaws.com"
SESSION = "AWSCloudFormation"
SECONDS = 7 * 24 * 3600
ROLE = "RoleARN"
OPERATIONS = (
    *("CreateStack", "UpdateStack", "DeleteStack", "CreateChangeSet", "ExecuteChangeSet"),
    *("RollbackStack", "ContinueUpdateRollback"),
)
UNKNOWN, CODE = "Role {role} is invalid or cannot be assumed", "ValidationError"

_acting: ContextVar[str] = ContextVar("acting", default="")
_roles = AccountRegionScopedDict()


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    inner: Callable[..., Awaitable[Any]] = app.SERVICE_HANDLERS[SERVICE]

    async def handle(method: str, path: str, headers: Given, body: bytes, query: Given) -> Any:
        given = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
        if _one(given, "Action") not in OPERATIONS:
            return await inner(method, path, headers, body, query)
        key = router.extract_access_key_id(headers, query)
        try:
            token = _acting.set(_principal(key, given))
        except NotPassedError as refused:
            return answer(SERVICE, key, headers, refused)
        try:
            return await inner(method, path, headers, body, query)
        finally:
            _acting.reset(token)

    app.SERVICE_HANDLERS[SERVICE] = handle
    _check_resources(partition)
    _check_parameters(partition)


def _principal(key: str, given: Given) -> str:
    """Return the access key an operation acts with.

    The role it is given is remembered for its change set, else for its stack; a change set that is
    executed hands its role on to its stack.
    """
    role = _one(given, ROLE)
    stack, change_set = _stack(given), _one(given, "ChangeSetName")
    if role:
        check(key, Passed(role, PRINCIPAL), CODE, UNKNOWN)
        _roles[f"{stack}/{change_set}" if change_set else stack] = role
    if _one(given, "Action") == "ExecuteChangeSet":
        found = changesets._find_change_set(change_set, stack)[1] or {}
        stack = found.get("StackName", "")
        role = _roles.get(f"{stack}/{found.get('ChangeSetName')}", "")
        if role:
            _roles[stack] = role
    acting = role or _roles.get(stack, "")
    return _session(acting) if acting else key


def _stack(given: Given) -> str:
    return _name(_one(given, "StackName"))


def _name(stack: str) -> str:
    """Return a stack's name, given that or its ARN."""
    return stack.split("/")[1] if stack.startswith("arn:") else stack


def _one(given: Given, name: str) -> str:
    return str(given.get(name, [""])[0])


def _session(role: str) -> str:
    """Return an access key of a role, as CloudFormation has it."""
    partition, account = role.split(":")[1], role.split(":")[4]
    name = role.rpartition("/")[2]
    key = str(sts._gen_session_access_key())
    sts.register_session(
        key,
        {
            "Arn": f"arn:{partition}:sts::{account}:assumed-role/{name}/{SESSION}",
            "UserId": f"{sts._role_id(role)}:{SESSION}",
            "SecretAccessKey": sts._gen_secret(),
            "SessionToken": sts._gen_session_token(),
            "Expiration": time.time() + SECONDS,
            "AccountId": account,
            "PrincipalType": "AssumedRole",
        },
    )
    return key


def _check_resources(partition: str) -> None:
    make: Callable[..., Any] = stacks._provision_resource
    change: Callable[..., Any] = stacks._update_resource
    remove: Callable[..., Any] = stacks._delete_resource

    def made(type_: str, logical_id: str, properties: Given, stack: str) -> Any:
        _check(partition, Resource(type_, stack, logical_id, properties), CREATE)
        return make(type_, logical_id, properties, stack)

    def changed(type_: str, id_: str, old: Given, new: Given, *rest: Any) -> Any:
        stack, logical_id, *_ = rest
        if old != new:
            _check(partition, Resource(type_, stack, logical_id, new, id_), UPDATE, old)
        return change(type_, id_, old, new, *rest)

    def removed(type_: str, id_: str, properties: Given, stack: str, logical_id: str) -> None:
        _check(partition, Resource(type_, stack, logical_id, properties, id_), DELETE)
        remove(type_, id_, properties, stack, logical_id)

    stacks._provision_resource = made
    stacks._update_resource = changed
    stacks._delete_resource = removed


def _check(partition: str, resource: Resource, operation: str, old: Given | None = None) -> None:
    """Raise ValueError for what the principal of the operation may not."""
    key = _acting.get()
    if not key:
        return
    if operation != DELETE:
        for each in handed(resource.type, resource.properties):
            _hand_on(key, each)
    if iam_evaluator.is_root_access_key(key):
        return
    place = Place(partition, get_region(), get_account_id())
    for need in needs(key, place, resource, operation, old or {}):
        context = dict(need.context)
        refused = embedded_calls.refusal(
            *(key, need.action, need.resource, context), optional=need.optional
        )
        if refused and not need.optional:
            raise ValueError(refused)


def _hand_on(key: str, passed: Passed) -> None:
    try:
        check(key, passed, CODE, f"The role {{role}} cannot be assumed by {passed.service}")
    except NotPassedError as refused:
        raise ValueError(str(refused)) from refused


def _check_parameters(partition: str) -> None:
    """A parameter that a template names is read by whoever the operation acts as."""
    inner: Callable[..., Any] = ssm.resolve_parameter_value

    def resolve(name: str, *given: Any, **named: Any) -> Any:
        key = _acting.get()
        if key and name:
            place = Place(partition, get_region(), get_account_id())
            arn = name if name.startswith("arn:") else f"ssm:parameter/{name.lstrip('/')}"
            refused = embedded_calls.refusal(key, "ssm:GetParameters", place.arn(arn), {})
            if refused:
                raise ValueError(refused)
        return inner(name, *given, **named)

    ssm.resolve_parameter_value = resolve
