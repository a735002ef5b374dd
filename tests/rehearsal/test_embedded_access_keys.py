"""Access keys and the labels of their secrets are in the embedded AWS what they are in AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import HOME_REGION, Account, Clouds
from key_desk import make_key

OWN_KEYS = (
    *("iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:GetAccessKeyLastUsed"),
    *("iam:ListAccessKeys", "iam:UpdateAccessKey"),
)


@pytest.fixture(name="home")
def _home(clouds: Clouds) -> Account:
    return Account(clouds.home, clouds.account())


def own_client(home: Account, user: str) -> Any:
    """Make a user who may manage keys of its own; return a client that calls with its first."""
    iam = home.client("iam")
    key = make_key(iam, user)
    statement = {
        "Effect": "Allow",
        "Action": OWN_KEYS,
        "Resource": f"arn:aws:iam::{home.account}:user/{user}",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_user_policy(UserName=user, PolicyName="own", PolicyDocument=json.dumps(policy))
    return home.aws.client("iam", HOME_REGION, key)


def test_a_user_manages_its_own_two_keys_without_naming_itself(home: Account) -> None:
    iam = own_client(home, "somebody")
    made = iam.create_access_key()["AccessKey"]
    assert made["UserName"] == "somebody"
    with pytest.raises(ClientError, match=r"LimitExceeded.*AccessKeysPerUser: 2"):
        iam.create_access_key()
    assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 2
    used = iam.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])
    assert used["UserName"] == "somebody"
    iam.update_access_key(AccessKeyId=made["AccessKeyId"], Status="Inactive")
    iam.delete_access_key(AccessKeyId=made["AccessKeyId"])
    assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 1


def test_a_user_does_nothing_to_the_keys_of_another(home: Account) -> None:
    iam, other = own_client(home, "somebody"), make_key(home.client("iam"), "another").access_key
    for call in (iam.delete_access_key, iam.get_access_key_last_used):
        with pytest.raises(ClientError, match=r"NoSuchEntity|AccessDenied"):
            call(AccessKeyId=other)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.update_access_key(AccessKeyId=other, Status="Inactive")
    with pytest.raises(ClientError, match=r"AccessDenied.*iam:CreateAccessKey"):
        iam.create_access_key(UserName="another")
    (left,) = home.client("iam").list_access_keys(UserName="another")["AccessKeyMetadata"]
    assert (left["AccessKeyId"], left["Status"]) == (other, "Active")


def test_a_label_is_taken_from_the_version_that_bears_it(home: Account) -> None:
    ssm = home.client("ssm")
    for value in ("first", "second"):
        ssm.put_parameter(Name="secret", Value=value, Type="SecureString", Overwrite=True)
    for version, label in ((1, "old"), (2, "new")):
        ssm.label_parameter_version(Name="secret", ParameterVersion=version, Labels=[label])
    taken = ssm.unlabel_parameter_version(Name="secret", ParameterVersion=1, Labels=["old", "new"])
    assert (taken["RemovedLabels"], taken["InvalidLabels"]) == (["old"], ["new"])
    found = ssm.get_parameter_history(Name="secret")["Parameters"]
    assert [each["Labels"] for each in found] == [[], ["new"]]
    with pytest.raises(ClientError, match="ParameterVersionNotFound"):
        ssm.unlabel_parameter_version(Name="secret", ParameterVersion=3, Labels=["old"])
