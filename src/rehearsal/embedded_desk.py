"""The calls that no AWS has, by which whoever rehearses plays the parts of AWS that are not there.

They are JSON calls of a service of their own, `rehearsal`, which only the root of an account may
make, for its account and region. `offer` adds calls; `desk` makes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_evaluator, router
from ministack.core.responses import error_response_json, json_response

SERVICE = "rehearsal"
TARGET = "Rehearsal"

Given = dict[str, Any]
_calls: dict[str, Callable[[Given], Given]] = {}


class RefusalError(Exception):
    """A call is answered with an error: its code, and what it says."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def install() -> None:
    """Put into MiniStack what stands here."""
    router.SERVICE_PATTERNS[SERVICE] = {
        "target_prefixes": [TARGET],
        "host_patterns": [],
        "credential_scope": SERVICE,
    }
    app.SERVICE_HANDLERS[SERVICE] = _handle


def offer(**calls: Callable[[Given], Given]) -> None:
    """Answer calls by their names."""
    _calls.update(calls)


async def _handle(_method: str, _path: str, headers: Given, body: bytes, _query: Given) -> Any:
    if not iam_evaluator.caller_arn().endswith(":root"):
        return error_response_json("AccessDeniedException", "only the root of an account may", 403)
    return answer(_calls, headers, body)


def answer(calls: dict[str, Callable[[Given], Given]], headers: Given, body: bytes) -> Any:
    """Return the answer to a JSON call by the one of some functions that has its name."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if operation not in calls:
        return error_response_json("InvalidAction", f"there is no call {operation} here")
    try:
        return json_response(calls[operation](json.loads(body or b"{}")))
    except RefusalError as refusal:
        return error_response_json(refusal.code, str(refusal))
    except KeyError as error:
        return error_response_json("ValidationException", f"{operation} needs {error}")
