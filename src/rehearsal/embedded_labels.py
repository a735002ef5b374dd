"""Taking labels away from a version of a parameter, which MiniStack cannot (it gives them)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app
from ministack.services import ssm

from rehearsal import embedded_desk
from rehearsal.embedded_desk import Given, RefusalError

CALL = "UnlabelParameterVersion"


def install() -> None:
    """Put into MiniStack what stands here."""
    inner: Callable[..., Awaitable[Any]] = app.SERVICE_HANDLERS["ssm"]

    async def handle(method: str, path: str, headers: Given, body: bytes, query: Given) -> Any:
        if headers.get("x-amz-target", "").rpartition(".")[2] == CALL:
            return embedded_desk.answer({CALL: _unlabel}, headers, body)
        return await inner(method, path, headers, body, query)

    app.SERVICE_HANDLERS["ssm"] = handle


def _unlabel(given: Given) -> Given:
    name, number = given["Name"], given["ParameterVersion"]
    if name not in ssm._parameters:
        raise RefusalError("ParameterNotFound", f"Parameter {name} not found")
    version = next((e for e in ssm._parameter_history[name] if e["Version"] == number), None)
    if version is None:
        raise RefusalError(
            "ParameterVersionNotFound", f"Version {number} of parameter {name} not found"
        )
    removed = [each for each in given["Labels"] if each in version["Labels"]]
    version["Labels"] = [each for each in version["Labels"] if each not in removed]
    if number == ssm._parameters[name]["Version"]:
        ssm._parameters[name]["Labels"] = version["Labels"]
    return {
        "RemovedLabels": removed,
        "InvalidLabels": [each for each in given["Labels"] if each not in removed],
    }
