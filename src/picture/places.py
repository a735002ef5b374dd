"""Says where an action acts: region, account and, where it is another one, partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from operate.errors import OperateError
from operate.regions import partition_in_words, partition_of
from picture.branches import branches, choice
from picture.words import ACCOUNT, REGION, Words, either
from template_reader.nodes import below, function_of

USUAL = ("aws",)
ARN, ACCOUNT_FIELD = "arn:", 4
OWN_ACCOUNT = "ACCOUNTID"


@dataclass(frozen=True)
class Place:
    """Region and account in words; `partition` is '' in the pipeline's own."""

    region: str = REGION
    account: str = ACCOUNT
    partition: str = ""


def place_of(action: Any, target: Any, target_account: Any, words: Words) -> Place:
    """Return where an action acts, or what its build deploys to, if it is told a target."""
    region = target or below(action, "Region")
    roles = branches(below(action, "RoleArn"))
    return Place(
        region=choice(region, words) or REGION,
        account=choice(target_account, words)
        or either(_account(each.node, words) for each in roles),
        partition=either(_partition(each.node, words) for each in branches(region)),
    )


def _account(role: Any, words: Words) -> str:
    """Return whose account a role is in, as far as its ARN or its origin tells."""
    name, _operand = function_of(role) or ("", None)
    arn = words.text(role)
    if not arn or name == "Fn::GetAtt":
        return ACCOUNT
    if not arn.startswith(ARN):
        return f"that of {words.of(role)}"
    field = [*arn.split(":"), *[""] * ACCOUNT_FIELD][ACCOUNT_FIELD]
    return ACCOUNT if field in {"", OWN_ACCOUNT} else field


def _partition(region: Any, words: Words) -> str:
    """Return what people call a region's partition, '' for one the template is meant for."""
    meant = below(words.document, "Metadata", "Meridian", "Partitions")
    own: Sequence[Any] = meant if isinstance(meant, list) and meant else USUAL
    name = words.text(region)
    try:
        return "" if partition_of(name, "") in own else partition_in_words(name)
    except OperateError:
        return ""
