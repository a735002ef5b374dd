"""Tells what `store_access_key` did, to people and to programs, without the pair."""

from __future__ import annotations

import json
import shlex

from operate.parameters import DEFAULT_KEY
from operate.store_access_key import Outcome

TEMPLATE = "templates/access-key-rotation.yaml"
DELETE_FILE = "delete the file the key came in, if there is one; AWS shows no secret again"


def as_text(outcome: Outcome) -> str:
    """Return lines for people."""
    stored, user = outcome.stored, outcome.user
    written = "" if outcome.stored.access != outcome.before.access else " (as it was)"
    lines = [
        f"proven  key ending {stored.ending} of {user.arn}, by a call in {outcome.order.region}",
        f"stored  {stored.secret.name}, version {stored.secret.number}, labelled with the key's id",
        f"stored  {stored.access.name}, version {stored.access.number}{written}",
        f"where   {outcome.home_region}, account {outcome.home_account}, under {stored.key}",
        *(f"next    {each}" for each in _next(outcome)),
    ]
    return "\n".join(lines)


def as_json(outcome: Outcome) -> str:
    """Return the same facts for programs."""
    stored, user, replaced = outcome.stored, outcome.user, _replaced(outcome)
    return json.dumps(
        {
            "key": {
                "ending": stored.ending,
                "user": user.arn,
                "account": user.account,
                "partition": user.partition,
                "proven_in": outcome.order.region,
            },
            "parameters": [
                {"name": each.name, "version": each.number, "kms_key": each.key}
                for each in (stored.secret, stored.access)
            ],
            "region": outcome.home_region,
            "account": outcome.home_account,
            "replaced": replaced or None,
            "next": _next(outcome),
        },
        indent=2,
    )


def _replaced(outcome: Outcome) -> str:
    """Return the ending of the key that stood there before, '' if it is the same or none."""
    is_same = outcome.before.access_key == outcome.stored.access_key
    return "" if is_same else outcome.before.ending


def _next(outcome: Outcome) -> list[str]:
    replaced = _replaced(outcome)
    disable = f"when no build uses it any more, disable and delete the key ending {replaced} in IAM"
    return [DELETE_FILE, *([disable] if replaced else []), _rotation(outcome)]


def _rotation(outcome: Outcome) -> str:
    """Return the command that lets the pair be replaced every 30 days."""
    order, stored = outcome.order, outcome.stored
    stack = "-".join(["rotate", *order.prefix.strip("/").replace(".", "-").split("/")])
    profile = f" --profile {shlex.quote(order.profile)}" if order.profile else ""
    overrides = [
        f"AccessKeyParameter={stored.access.name}",
        f"SecretKeyParameter={stored.secret.name}",
        f"TargetRegion={order.region}",
    ]
    if stored.key != DEFAULT_KEY:
        overrides.append(f"ParameterKeyArn={_key_arn(stored.key, outcome.home_region, profile)}")
    return (
        f"aws cloudformation deploy --stack-name {stack.replace('_', '-').lower()} "
        f"--template-file {TEMPLATE} --capabilities CAPABILITY_IAM --region {outcome.home_region}"
        f"{profile} --parameter-overrides {' '.join(overrides)}"
    )


def _key_arn(key: str, region: str, profile: str) -> str:
    """Return the ARN of a KMS key, or what a shell puts in its place."""
    if ":key/" in key:
        return key
    ask = f"aws kms describe-key --region {region}{profile} --key-id {shlex.quote(key)}"
    return f'"$({ask} --query KeyMetadata.Arn --output text)"'
