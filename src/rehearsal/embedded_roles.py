"""What MiniStack lacks of a stack's roles: their permissions boundary, and that a name is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam
from ministack.services.cloudformation import provisioners

from rehearsal.embedded_desk import Given

BOUNDARY = "PermissionsBoundary"


def install() -> None:
    """Put into MiniStack what stands here."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    create: Callable[..., tuple[str, Given]] = handlers["create"]
    update: Callable[..., tuple[str, Given]] = handlers["update"]

    def created(logical_id: str, properties: Given, stack: str) -> tuple[str, Given]:
        name = properties.get("RoleName")
        if name in iam._roles:
            raise ValueError(f"Role with name {name} already exists.")
        _check(properties)
        return _bounded(create(logical_id, properties, stack), properties)

    def updated(id_: str, old: Given, new: Given, *rest: Any) -> tuple[str, Given]:
        _check(new)
        return _bounded(update(id_, old, new, *rest), new)

    handlers.update(create=created, update=updated)


def _check(properties: Given) -> None:
    arn = properties.get(BOUNDARY)
    if arn and not iam_evaluator._resolve_managed_policy_document(arn, get_account_id()):
        raise ValueError(f"Scope ARN: {arn} does not exist or is not attachable.")


def _bounded(made: tuple[str, Given], properties: Given) -> tuple[str, Given]:
    role = iam._roles[made[0]]
    if properties.get(BOUNDARY):
        role[BOUNDARY] = properties[BOUNDARY]
    else:
        role.pop(BOUNDARY, None)
    return made
