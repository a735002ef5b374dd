"""Access keys as IAM has them: a user who names nobody means itself, and has two of them at most.

MiniStack asks for a name, else it takes the call to be about a user `default` and about any
resource; it makes a third key, and deletes one of somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam

from rehearsal.embedded_desk import Given

OWN = ("CreateAccessKey", "DeleteAccessKey", "ListAccessKeys", "UpdateAccessKey")
OF_A_KEY = "GetAccessKeyLastUsed"
MOST = 2

Answer = tuple[int, dict[str, str], bytes]
Call = Callable[[Given], Answer]


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    calls = iam._IAM_HANDLERS
    calls["CreateAccessKey"] = _at_most(calls["CreateAccessKey"])
    calls["DeleteAccessKey"] = _of_its_user(calls["DeleteAccessKey"])
    calls |= {name: _of_the_caller(calls[name]) for name in OWN}
    _name_users(partition)


def _of_the_caller(inner: Call) -> Call:
    def call(given: Given) -> Answer:
        user = iam._p(given, "UserName") or _caller()
        return inner({**given, "UserName": [user]} if user else given)

    return call


def _caller() -> str:
    """Return the name of the user who calls, '' if it is no user."""
    _account, _, path = iam_evaluator.caller_arn().partition(":user/")
    return str(path.rpartition("/")[2])


def _at_most(inner: Call) -> Call:
    def call(given: Given) -> Answer:
        user = iam._p(given, "UserName")
        if sum(each["UserName"] == user for each in iam._access_keys.values()) >= MOST:
            return _error(
                409, "LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {MOST}"
            )
        return inner(given)

    return call


def _of_its_user(inner: Call) -> Call:
    def call(given: Given) -> Answer:
        key, user = iam._p(given, "AccessKeyId"), iam._p(given, "UserName")
        if user and _owner(key) != user:
            return _error(404, "NoSuchEntity", f"The Access Key with id {key} cannot be found.")
        return inner(given)

    return call


def _owner(key: str) -> str:
    found: dict[str, str] = iam._access_keys.get(key) or {}
    return found.get("UserName", "")


def _name_users(partition: str) -> None:
    """A call about one's own keys, or about the use of a key, is checked on the user's ARN."""
    inner: Callable[..., str] = iam_actions.extract_resource_arn

    def resource(service: str, *request: Any) -> str:
        found = inner(service, *request)
        if service != "iam" or found != "*":
            return found
        user = _meant(request[4])
        known = iam._users.get(user) or {}
        usual = f"arn:{partition}:iam::{get_account_id()}:user/{user}"
        return str(known.get("Arn", usual)) if user else found

    iam_actions.extract_resource_arn = resource


def _meant(given: Given) -> str:
    action = iam._p(given, "Action")
    if action == OF_A_KEY:
        return _owner(iam._p(given, "AccessKeyId"))
    return _caller() if action in OWN else ""


def _error(status: int, code: str, message: str) -> Answer:
    answer: Answer = iam._error(status, code, message, ns="iam")
    return answer
