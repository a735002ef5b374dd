"""What IAM was asked in an embedded AWS, and which statement a refused call lacks.

`embedded_calls` notes the calls. Read here are those of all accounts of a partition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.desk_call import call
from rehearsal.embedded_aws import EmbeddedAws
from rehearsal.outcome import Refused

ANY_ACCOUNT = "000000000000"
ANY_REGION = "us-east-1"
EXPLICIT = "explicit deny"
RESOURCE = "resource-based policy"
TRUST = "trust policy"


@dataclass(frozen=True)
class Call:
    """A call, or a question about one (`asked`), and whether it was allowed.

    `principal` is a role, a user or a service; `account` is whose call it is. `denied_by` is the
    kind of policy that refuses, 'explicit deny', or '' for what is allowed; `reason` says it in
    AWS's words. `optional` is what the refusal of stops nothing. `seconds` is what the embedded
    AWS took for the whole request, at the first of its calls and at no other.
    """

    number: int
    principal: str
    session: str
    action: str
    resource: str
    region: str
    account: str
    denied_by: str
    reason: str
    context: Mapping[str, Any]
    seconds: float
    asked: bool
    optional: bool

    @property
    def allowed(self) -> bool:
        """Whether IAM let it pass."""
        return not self.denied_by


@dataclass(frozen=True)
class Verdict:
    """What IAM says to a question; `call` is how it was noted, None for the root."""

    allowed: bool
    call: Call | None = None


def count_calls(aws: EmbeddedAws) -> int:
    """Return how many calls were noted, which is the number of the last."""
    count: int = call(aws, ANY_ACCOUNT, ANY_REGION, "CountCalls")["count"]
    return count


def read_calls(aws: EmbeddedAws, after: int = 0) -> list[Call]:
    """Return the calls of all accounts whose numbers are higher than one."""
    found = call(aws, ANY_ACCOUNT, ANY_REGION, "ReadCalls", after=after)["calls"]
    return [Call(**each) for each in found]


def missing(refused: Call) -> Refused:
    """Return what a refused call lacks: the statement to add, where one would help."""
    return Refused(
        principal=refused.principal,
        action=refused.action,
        resource=refused.resource,
        account=refused.account,
        region=refused.region,
        reason=refused.reason,
        statement="" if refused.denied_by == EXPLICIT else _statement(refused),
    )


def _statement(refused: Call) -> str:
    """Return a statement in YAML; the policy of a resource or a role has a principal, too."""
    lines = ["- Effect: Allow"]
    if refused.denied_by in (TRUST, RESOURCE):
        lines += ["  Principal:", f"    {_kind(refused.principal)}: {refused.principal}"]
    lines.append(f"  Action: {refused.action}")
    if refused.denied_by != TRUST:
        lines.append(f"  Resource: {_quoted(refused.resource)}")
    return "\n".join(lines)


def _kind(principal: str) -> str:
    """Return what a principal is called in a policy."""
    if ":oidc-provider/" in principal:
        return "Federated"
    return "AWS" if principal.startswith("arn:") else "Service"


def _quoted(resource: str) -> str:
    """Return a resource as a scalar in YAML, in which a star begins an alias."""
    return f'"{resource}"' if resource.startswith("*") else resource
