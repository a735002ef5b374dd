"""Why IAM refuses: which of the policies it looked at, by kind and name, in AWS's words.

MiniStack says no more than that something is refused. Not as in AWS: a statement that denies is
named, by its Sid or else by its policy, where AWS names the kind of the policy alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext, EvalResult
from ministack.services import iam

IDENTITY = "identity-based policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"
RESOURCE = "resource-based policy"
TRUST = "trust policy"
EXPLICIT = "explicit deny"
POLICIES = 1024
ASSUMED = ":assumed-role/"


@dataclass(frozen=True)
class Look:
    """One look of IAM at the policies of a principal, and at what limits them."""

    context: EvalContext
    policies: Any
    limits: Any
    result: EvalResult

    @property
    def action(self) -> str:
        """The action that is asked for."""
        return str(self.context.action)


@dataclass(frozen=True)
class Why:
    """What kind of policy refuses, or EXPLICIT, and the words of AWS that say so; '' if none."""

    by: str = ""
    reason: str = ""


def install() -> None:
    """Let a policy be parsed once, as IAM is asked about the same ones again and again."""
    inner: Callable[[Any], list[Any]] = iam_evaluator.parse_policy_document
    known = functools.lru_cache(maxsize=POLICIES)(inner)

    def parse(document: Any) -> list[Any]:
        return known(document) if isinstance(document, str) else inner(document)

    iam_evaluator.parse_policy_document = parse


def lacking(kind: str, action: str) -> Why:
    """Return that no policy of a kind allows an action."""
    return Why(kind, f"because no {kind} allows the {action} action")


def why(look: Look, refused: EvalResult) -> Why:
    """Return why a call is refused."""
    if refused.decision == "Deny":
        kind, place = _denying(look, refused)
        words = f"with an explicit deny in {'an' if kind == IDENTITY else 'a'} {kind}"
        return Why(EXPLICIT, f"{words}: {place}" if place else words)
    if look.result.decision == "Allow":
        return lacking(RESOURCE, look.action)
    allowed = _statement(look.context, look.policies, "Allow") and look.limits
    return lacking(_limit(look, "Allow") if allowed else IDENTITY, look.action)


def _denying(look: Look, refused: EvalResult) -> tuple[str, str]:
    """Return the kind of policy that denies, and the Sid or the place of its statement."""
    sid, resource = str(refused.matched_sid), str(refused.resource_policy_arn)
    if resource:
        return RESOURCE, sid or resource
    if not _statement(look.context, look.policies, "Deny"):
        return _limit(look, "Deny"), sid
    named = (name for name, policy in _named(look.context) if _denies(look.context, policy))
    return IDENTITY, sid or next(named, "")


def _limit(look: Look, effect: str) -> str:
    """Return which limit decides: the boundary is the first, if the principal has one."""
    if not _entity(look.context).get("PermissionsBoundary"):
        return SESSION
    found = bool(_statement(look.context, look.limits[0], effect))
    return BOUNDARY if found == (effect == "Deny") else SESSION


def _statement(context: EvalContext, policies: Any, effect: str) -> Any:
    flat = [statement for statements in policies for statement in statements]
    return iam_evaluator._first_match(context, flat, effect)


def _denies(context: EvalContext, policy: Any) -> bool:
    return bool(_statement(context, [iam_evaluator.parse_policy_document(policy)], "Deny"))


def _entity(context: EvalContext) -> dict[str, Any]:
    """Return the role or user behind a principal, {} if there is none."""
    assumed = ASSUMED in context.principal_arn
    store = iam._roles if assumed else iam._users
    name = context.principal_arn.split("/")[1 if assumed else -1]
    return store.get_scoped(context.principal_account, None, name) or {}


def _named(context: EvalContext) -> Iterator[tuple[str, Any]]:
    """Yield the policies of a principal by their names; those of a user's groups are left out."""
    entity = _entity(context)
    if ASSUMED in context.principal_arn:
        yield from entity.get("InlinePolicies", {}).items()
    else:
        yield from (iam._user_inline_policies.get(entity.get("UserName")) or {}).items()
    for arn in entity.get("AttachedPolicies", []):
        account = context.principal_account
        yield arn, iam_evaluator._resolve_managed_policy_document(arn, account) or {}


def principal(caller: str) -> str:
    """Return the ARN of the role behind a session, any other ARN as it is."""
    if ASSUMED not in caller:
        return caller
    partition, account = caller.split(":")[1], caller.split(":")[4]
    name = caller.split("/")[1]
    role = iam._roles.get_scoped(account, None, name) or {}
    return str(role.get("Arn") or f"arn:{partition}:iam::{account}:role/{name}")


def session(caller: str) -> str:
    """Return the name of a role's session, '' of any other caller."""
    return caller.rpartition("/")[2] if ASSUMED in caller else ""
