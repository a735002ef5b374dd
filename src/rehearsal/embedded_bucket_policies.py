"""What MiniStack lacks of the policies of buckets: that they bind the root of an account too.

What such a policy denies, root is denied, except to read, change and take away the policy itself;
to a bucket of another account root needs its policy as everyone does. A stack's policy that lets
the public in is refused where its bucket blocks such policies. Not as in AWS: whether the account
blocks public access is not asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.core.iam_evaluator import EvalContext, EvalResult
from ministack.services import s3
from ministack.services.cloudformation import provisioners

from rehearsal.embedded_desk import Given
from rehearsal.embedded_policies import RESOURCE, lacking

ALWAYS = {"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"}
BLOCKED = (
    "User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented "
    "by the BlockPublicPolicy setting in S3 Block Public Access. (Service: S3, Status Code: 403)"
)


def install() -> None:
    """Put into MiniStack what stands here; `embedded_calls`, which notes nothing of root, first."""
    _bind_root()
    _block_public_policies()


@dataclass(frozen=True)
class _Asked:
    """What IAM is asked; the names and their order are MiniStack's."""

    access_key_id: str
    iam_action: str
    service: str
    region: str
    resource_arn: str = "*"
    service_context: Given | None = None

    @property
    def of_root(self) -> bool:
        """Whether it is about the root of an account, and about something in S3."""
        key = self.access_key_id
        return self.service == "s3" and bool(key) and iam_evaluator._is_root_key(key)


def _bind_root() -> None:
    inner: Callable[..., Any] = iam_evaluator.enforce

    def enforce(*given: Any, **named: Any) -> Any:
        asked = _Asked(*given, **named)
        refused = inner(*given, **named)
        return _refusal(asked) if asked.of_root and refused is None else refused

    iam_evaluator.enforce = enforce


def _refusal(asked: _Asked) -> EvalResult | None:
    """Return why the policy of a bucket refuses root something, None if it does not."""
    policy, owner = s3.bucket_policy_for_arn(asked.resource_arn) or ("", "")
    root = iam_evaluator.resolve_principal(asked.access_key_id, responses.get_account_id())
    if not owner or (owner == root.account and asked.iam_action in ALWAYS):
        return None
    result = iam_evaluator.evaluate_resource_policy(policy, _context(asked, root))
    if result.decision == "Allow" or (owner == root.account and result.decision != "Deny"):
        return None
    denied = f"with an explicit deny in a {RESOURCE}"
    lacks = lacking(RESOURCE, asked.iam_action).reason
    result.reason = denied if result.decision == "Deny" else lacks
    result.resource_policy_arn = asked.resource_arn
    refused: EvalResult = result
    return refused


def _context(asked: _Asked, root: Any) -> EvalContext:
    return EvalContext(
        principal_arn=root.arn,
        principal_type=root.type,
        principal_account=root.account,
        action=asked.iam_action,
        resource_arn=asked.resource_arn,
        region=asked.region,
        service_context={k.lower(): value for k, value in (asked.service_context or {}).items()},
        principal_keys=root.keys,
    )


def _block_public_policies() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::BucketPolicy"]
    create: Callable[..., Any] = handlers["create"]
    update: Callable[..., Any] = handlers["update"]

    def created(logical_id: str, properties: Given, stack: str) -> Any:
        _check(properties)
        return create(logical_id, properties, stack)

    def updated(id_: str, old: Given, new: Given, *rest: Any) -> Any:
        _check(new)
        return update(id_, old, new, *rest)

    handlers.update(create=created, update=updated)


def _check(properties: Given) -> None:
    policy = provisioners._policy_document_json(properties)
    owner, bucket = responses.get_account_id(), properties["Bucket"]
    blocked = s3._public_access_blocked(owner, bucket, "BlockPublicPolicy")
    if blocked and s3._policy_is_public(policy):
        raise ValueError(BLOCKED)
