"""A key whose policy nobody could change is refused, as KMS does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from embedded import HOME_REGION, Clouds
from launching import launch_text

from rehearsal.errors import RehearsalError

ROOT = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
WHOLE = {"Effect": "Allow", "Principal": ROOT, "Action": ["kms:*"], "Resource": "*"}


def make(clouds: Clouds, *statements: dict[str, Any]) -> dict[str, str]:
    """Launch a stack of one key."""
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [*statements]}}}
    text = json.dumps({"Resources": {"Key": key}, "Outputs": {"Key": {"Value": {"Ref": "Key"}}}})
    return launch_text(clouds.home, HOME_REGION, clouds.account(), "key", text)


@pytest.mark.parametrize("action", ["kms:*", "KMS:PutKeyPolicy", ["kms:Decrypt", "kms:Put*"]])
def test_a_key_whose_policy_somebody_may_change_is_made(clouds: Clouds, action: Any) -> None:
    assert make(clouds, {**WHOLE, "Action": action})["Key"]


@pytest.mark.parametrize(
    "changed",
    [
        {"Action": "kms:Decrypt"},
        {"Effect": "Deny"},
        {"Principal": {"Service": "events.amazonaws.com"}},
    ],
)
def test_a_key_whose_policy_nobody_may_change_is_refused(
    clouds: Clouds, changed: dict[str, Any]
) -> None:
    why = "Key failed: The new key policy will not allow you to update .* kms:PutKeyPolicy"
    with pytest.raises(RehearsalError, match=why):
        make(clouds, {**WHOLE, **changed})
