"""What MiniStack lacks of a stack's keys: that KMS refuses a policy that nobody could change.

Not as in AWS: any principal of AWS that may change the policy will do, be it the caller or not.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase

from ministack.services.cloudformation import provisioners

from rehearsal.embedded_desk import Given

CHANGE = "kms:PutKeyPolicy"
LOCKED = (
    "The new key policy will not allow you to update the key policy in the future: no statement "
    f"allows {CHANGE} (Service: Kms, Status Code: 400)"
)


def install() -> None:
    """Put into MiniStack what stands here."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::KMS::Key"]
    create: Callable[..., tuple[str, Given]] = handlers["create"]

    def created(logical_id: str, properties: Given, stack: str) -> tuple[str, Given]:
        policy = properties.get("KeyPolicy")
        if policy and not any(map(_lets_change, policy["Statement"])):
            raise ValueError(LOCKED)
        return create(logical_id, properties, stack)

    handlers["create"] = created


def _lets_change(statement: Given) -> bool:
    listed = statement["Action"]
    actions = [listed] if isinstance(listed, str) else listed
    principal = statement["Principal"]
    return (
        statement["Effect"] == "Allow"
        and (principal == "*" or "AWS" in principal)
        and any(fnmatchcase(CHANGE.lower(), each.lower()) for each in actions)
    )
