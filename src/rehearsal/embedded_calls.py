"""The audit of an embedded AWS: every call that IAM was asked about, and what it said.

A call is noted with whoever made it, as role or user; with what it is about; and with what refused
it, in AWS's words. What the root of an account does is not noted; what a service does is, where the
trust of a role lets it or not. `ask` puts a question to IAM about a call that this AWS does not
offer, or that a service makes for somebody.

Not as in AWS: a call that several policies refuse is refused by the first of them alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Any

from ministack import app
from ministack.core import iam_evaluator, responses
from ministack.core.iam_evaluator import EvalContext, EvalResult

from rehearsal import embedded_desk, embedded_policies
from rehearsal.embedded_desk import Given, RefusalError
from rehearsal.embedded_policies import TRUST, Look, Why, lacking, principal, session, why

SERVICE = ".amazonaws.com"


@dataclass(frozen=True)
class _Mark:
    """How a call is noted that nobody made: as asked, and as one that need not be allowed."""

    asked: bool = False
    optional: bool = False


@dataclass
class _Request:
    """The calls IAM was asked about for one request, whose time the first of them has."""

    began: float
    calls: list[Given] = field(default_factory=list)


_calls: list[Given] = []
_lock = threading.Lock()
_request: ContextVar[_Request | None] = ContextVar("request", default=None)
_mark: ContextVar[_Mark] = ContextVar("mark", default=_Mark())  # noqa: B039 - it is frozen
_looks: ContextVar[list[Look] | None] = ContextVar("looks", default=None)


def install() -> None:
    """Put into MiniStack what stands here; what else decides about trust must be there before."""
    embedded_desk.offer(
        Ask=_asked,
        CountCalls=lambda given: {"count": len(_calls)},
        ReadCalls=lambda given: {"calls": _calls[given["after"] :]},
    )
    embedded_policies.install()
    _see_evaluations()
    _note_enforcement()
    _note_trust()
    _take_time()


def ask(key: str, action: str, resource: str, context: Given, *, optional: bool = False) -> Any:
    """Ask IAM whether whoever has an access key may; return None, or what MiniStack refuses with.

    It is asked for the region and the account of the request, in which the key must be known.
    """
    token = _mark.set(_Mark(asked=True, optional=optional))
    try:
        service, region = action.partition(":")[0], responses.get_region()
        return iam_evaluator.enforce(key, action, service, region, resource, context)
    finally:
        _mark.reset(token)


def refusal(key: str, action: str, resource: str, context: Given, *, optional: bool = False) -> str:
    """Ask the same; return '' if it is allowed, or what AWS says."""
    refused = ask(key, action, resource, context, optional=optional)
    if refused is None:
        return ""
    if isinstance(refused, iam_evaluator.AuthError):
        return str(refused.message)
    words = f"is not authorized to perform: {action} on resource: {resource}"
    return f"User: {refused.principal_arn} {words} {refused.reason}"


def _asked(given: Given) -> Given:
    noted = len(_calls)
    refused = ask(given["key"], given["action"], given["resource"], given["context"])
    if isinstance(refused, iam_evaluator.AuthError):
        raise RefusalError(refused.code, refused.message)
    mine = [each for each in _calls[noted:] if each["asked"] and each["action"] == given["action"]]
    return {"allowed": refused is None, "calls": mine[:1]}


def _see_evaluations() -> None:
    inner: Callable[..., EvalResult] = iam_evaluator.evaluate

    def evaluate(context: EvalContext, policies: Any, *limits: Any) -> EvalResult:
        result = inner(context, policies, *limits)
        looks = _looks.get()
        if looks is not None:
            looks.append(Look(context, policies, limits, result))
        return result

    iam_evaluator.evaluate = evaluate


def _note_enforcement() -> None:
    """The first look is at the principal's own policies; there is none for the root."""
    inner: Callable[..., Any] = iam_evaluator.enforce

    def enforce(*given: Any, **named: Any) -> Any:
        with _looking() as looks:
            refused = inner(*given, **named)
        if looks:
            reasons = why(looks[0], refused) if refused else Why()
            _write(looks[0].context, looks[0].context.principal_arn, reasons)
            if refused:
                refused.reason = reasons.reason
        return refused

    iam_evaluator.enforce = enforce


@contextmanager
def _looking() -> Iterator[list[Look]]:
    looks: list[Look] = []
    token = _looks.set(looks)
    try:
        yield looks
    finally:
        _looks.reset(token)


def _note_trust() -> None:
    """Note who is not trusted, and which services are: IAM is asked nothing else about them."""
    inner: Callable[..., bool] = iam_evaluator.evaluate_trust_policy

    def trusts(document: Any, caller: str, context: Any = None) -> bool:
        trusted = inner(document, caller, context)
        name = (context and context.service_context.get("sts:rolesessionname")) or ""
        service = name if caller.endswith(":root") and name.endswith(SERVICE) else ""
        if context and (service or (not trusted and not caller.endswith(":root"))):
            refused = Why() if trusted else lacking(TRUST, context.action)
            _write(context, service or caller, refused)
        return trusted

    iam_evaluator.evaluate_trust_policy = trusts


def _write(context: EvalContext, caller: str, refused: Why) -> None:
    keys = {key: each for key, each in context.service_context.items() if each is not None}
    request = _request.get()
    with _lock:
        call = {
            "number": len(_calls) + 1,
            "principal": principal(caller),
            "session": session(caller),
            "action": context.action,
            "resource": context.resource_arn,
            "region": responses.get_region(),
            "account": responses.get_account_id(),
            "denied_by": refused.by,
            "reason": refused.reason,
            "context": keys,
            "seconds": 0.0,
            **asdict(_mark.get()),
        }
        _calls.append(call)
    if request:
        request.calls.append(call)


def _take_time() -> None:
    """Let the first call noted for a request have the seconds until that was answered."""
    inner = app.app

    async def timed(scope: Any, receive: Any, send: Any) -> None:
        request = _Request(time.perf_counter())
        token = _request.set(request)
        try:
            await inner(scope, receive, send)
        finally:
            _request.reset(token)
            for first in request.calls[:1]:
                first["seconds"] = time.perf_counter() - request.began

    app.app = timed
