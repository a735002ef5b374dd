"""What MiniStack lacks of conditional writes: what a bucket's policy may ask about them.

An upload has the keys `s3:if-none-match` and `s3:if-match` where it has the headers, and always
`s3:ObjectCreationOperation`, which is false for what begins an upload in parts and for its parts.
`If-None-Match` takes `*` alone. Not as in AWS: two writes at once are never answered 409.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions
from ministack.services import s3

from rehearsal.embedded_desk import Given

WRITE = "s3:PutObject"
CONDITIONS = ("if-none-match", "if-match")
CREATES = "s3:ObjectCreationOperation"
UNKNOWN = "A header you provided implies functionality that is not implemented"


def install() -> None:
    """Put into MiniStack what stands here."""
    _add_keys()
    _refuse_entity_tags()


def _add_keys() -> None:
    inner: Callable[..., Given] = iam_actions.s3_service_context

    def context(action: str, query: Given | None, path: str = "", headers: Any = None) -> Given:
        keys = inner(action, query, path, headers)
        return {**keys, **_keys(query or {}, headers or {})} if action == WRITE else keys

    iam_actions.s3_service_context = context


def _keys(query: Given, headers: Given) -> Given:
    in_parts = "uploads" in query or "partNumber" in query
    said = {f"s3:{name}": headers[name] for name in CONDITIONS if headers.get(name)}
    return {**said, CREATES: str(not in_parts).lower()}


def _refuse_entity_tags() -> None:
    inner: Callable[..., Any] = s3._check_put_preconditions

    def check(headers: Given, existing: Any) -> Any:
        if headers.get("if-none-match", "*").strip() != "*":
            return s3._error("NotImplemented", UNKNOWN, 501)
        return inner(headers, existing)

    s3._check_put_preconditions = check
