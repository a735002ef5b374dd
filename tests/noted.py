"""Calls as an embedded AWS notes them, for tests of what is made of them."""

from __future__ import annotations

from typing import Any

from rehearsal.calls import Call

ROLE = "arn:aws:iam::111111111111:role/build"


def noted(action: str, resource: str = "*", **more: Any) -> Call:
    """Return a call of the role, allowed unless something denies it."""
    return Call(
        **{
            "number": 1,
            "principal": ROLE,
            "session": "",
            "action": action,
            "resource": resource,
            "region": "us-east-1",
            "account": ROLE.split(":")[4],
            "denied_by": "",
            "reason": "",
            "context": {},
            "seconds": 0.0,
            "asked": False,
            "optional": False,
            **more,
        }
    )
