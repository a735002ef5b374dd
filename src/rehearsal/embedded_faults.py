"""Faults on demand: a call that is throttled, a type that is refused, a function that is killed.

They are planned at the `desk`, for its account and region. Not as in AWS: a call is throttled
before IAM is asked about it, so it is not noted; and a refused type is refused whatever is asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ministack import app
from ministack.core import iam_actions, lambda_runtime, router
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import lambda_svc
from ministack.services.cloudformation import stacks

from rehearsal import embedded_desk
from rehearsal.embedded_desk import Given

QUOTA = (
    'Resource handler returned message: "Service quota exceeded for resources of type {}" '
    "(HandlerErrorCode: ServiceLimitExceeded)"
)
# What a service calls it, where it is not ThrottlingException with status 400.
THROTTLING = {
    "ec2": ("RequestLimitExceeded", 503),
    "s3": ("SlowDown", 503),
    "lambda": ("TooManyRequestsException", 429),
    **dict.fromkeys(
        ("autoscaling", "cloudformation", "elasticloadbalancing", "iam", "sns", "sts"),
        ("Throttling", 400),
    ),
}
KILLED = "RequestId: {} Error: Runtime exited with error: signal: killed"
EXIT = "Runtime.ExitError"


@dataclass
class _Armed:
    """A function that runs and is killed at one of its calls; `left` are those until then."""

    worker: Any
    left: int
    killed: bool = False


_throttled = AccountRegionScopedDict()
_refused = AccountRegionScopedDict()
_kills = AccountRegionScopedDict()
_armed: dict[str, _Armed] = {}


def install() -> None:
    """Put into MiniStack what stands here."""
    embedded_desk.offer(
        EndFaults=_end, PlanKill=_plan_kill, PlanRefusal=_plan_refusal, PlanThrottling=_throttle
    )
    _strike_calls()
    _strike_resources()
    _strike_functions()


def _end(_given: Given) -> Given:
    """End all that is planned; answer what of it has not happened."""
    left = {"throttled": dict(_throttled.items()), "kills": list(_kills)}
    for plans in (_throttled, _refused, _kills):
        for name in list(plans):
            plans.pop(name)
    return left


def _throttle(given: Given) -> Given:
    _throttled[given["action"].lower()] = given["times"]
    return {}


def _plan_refusal(given: Given) -> Given:
    _refused[given["type"]] = True
    return {}


def _plan_kill(given: Given) -> Given:
    _kills[given["function"]] = given["after"]
    return {}


def _strike_calls() -> None:
    inner: Callable[..., Awaitable[Any]] = app._dispatch_service_request

    async def dispatch(*request: Any) -> Any:
        method, path, headers, body, query, id_ = request
        if _kill(router.extract_access_key_id(headers, query)):
            return 500, {}, b""
        if _throttled:
            parameters = app._routing_params(method, path, headers, body, query)
            service = app.detect_service(method, path, headers, parameters)
            asked = (service, method, path, headers, body, parameters)
            action = str(iam_actions.extract_iam_action(*asked) or "").lower()
            if _struck(action):
                return _slow_down(service, headers, id_)
        return await inner(*request)

    app._dispatch_service_request = dispatch


def _struck(action: str) -> bool:
    left = _throttled.get(action, 0)
    if left:
        _throttled[action] = left - 1
    return bool(left)


def _slow_down(service: str, headers: Given, id_: str) -> Any:
    code, status = THROTTLING.get(service, ("ThrottlingException", 400))
    answer = iam_actions.access_denied_response(
        *(service, "", "", id_), headers=headers, error_code=code, message="Rate exceeded"
    )
    return (status, *answer[1:])


def _strike_resources() -> None:
    make: Callable[..., Any] = stacks._provision_resource
    change: Callable[..., Any] = stacks._update_resource

    def made(type_: str, *given: Any) -> Any:
        _check(type_)
        return make(type_, *given)

    def changed(type_: str, id_: str, old: Given, new: Given, *rest: Any) -> Any:
        if old != new:
            _check(type_)
        return change(type_, id_, old, new, *rest)

    stacks._provision_resource = made
    stacks._update_resource = changed


def _check(type_: str) -> None:
    if type_ in _refused:
        raise ValueError(QUOTA.format(type_))


def _strike_functions() -> None:
    inner: Callable[..., Given] = lambda_runtime.Worker.invoke
    execute: Callable[..., Given] = lambda_svc._execute_function_warm

    def invoke(worker: Any, event: Any, request_id: str, **more: Any) -> Given:
        after = _kills.pop(worker.func_name, None)
        if after is None:
            return inner(worker, event, request_id, **more)
        key = lambda_runtime.execution_credentials(worker.config)["AWS_ACCESS_KEY_ID"]
        armed = _armed[key] = _Armed(worker, after)
        try:
            answer = inner(worker, event, request_id, **more)
        finally:
            _armed.pop(key, None)
        return {**answer, "error": KILLED.format(request_id)} if armed.killed else answer

    def executed(*given: Any, **named: Any) -> Given:
        answer = execute(*given, **named)
        body = answer.get("body")
        if isinstance(body, dict) and KILLED[-20:] in str(body.get("errorMessage")):
            body["errorType"] = EXIT
        return answer

    lambda_runtime.Worker.invoke = invoke
    lambda_svc._execute_function_warm = executed


def _kill(key: str) -> bool:
    """Count a call of a function that shall be killed; kill it if that was the last one."""
    armed = _armed.get(key)
    if armed is None:
        return False
    armed.left -= 1
    if armed.left:
        return False
    armed.killed = True
    armed.worker._proc.kill()
    return True
