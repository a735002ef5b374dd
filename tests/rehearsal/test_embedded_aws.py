"""The embedded AWS: two partitions with walls between them, and tokens that say who asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import CHINA_REGION, HOME_REGION, Clouds

from rehearsal.embedded_aws import Credentials, root
from rehearsal.issuers import issuer

AUDIENCE = "sts.cn-north-1.amazonaws.com.cn"
DEPLOYER = "deployer"


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def deployer(clouds: Clouds, account: str) -> Credentials:
    """Return the credentials of a role that may ask for tokens of one audience."""
    iam = clouds.home.client("iam", HOME_REGION, root(account))
    by_root = document(Principal={"AWS": f"arn:aws:iam::{account}:root"}, Action="sts:AssumeRole")
    ask = document(
        Action="sts:GetWebIdentityToken",
        Resource="*",
        Condition={
            "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": [AUDIENCE]},
            "NumericLessThanEquals": {"sts:DurationSeconds": 300},
        },
    )
    iam.create_role(RoleName=DEPLOYER, AssumeRolePolicyDocument=by_root)
    iam.put_role_policy(RoleName=DEPLOYER, PolicyName="ask", PolicyDocument=ask)
    role = f"arn:aws:iam::{account}:role/{DEPLOYER}"
    return clouds.home.assume(role, root(account), HOME_REGION)


def token(clouds: Clouds, who: Credentials, audience: str = AUDIENCE, seconds: int = 300) -> str:
    sts = clouds.home.client("sts", HOME_REGION, who)
    asked = {"Audience": [audience], "SigningAlgorithm": "ES384", "DurationSeconds": seconds}
    answer: str = sts.get_web_identity_token(**asked)["WebIdentityToken"]
    return answer


def test_a_partition_has_its_own_arns_and_accounts(clouds: Clouds) -> None:
    account = clouds.account()
    caller = clouds.china.client("sts", CHINA_REGION, root(account)).get_caller_identity()
    assert caller["Arn"] == f"arn:aws-cn:iam::{account}:root"


def test_keys_of_one_partition_mean_nothing_in_another(clouds: Clouds) -> None:
    iam = clouds.home.client("iam", HOME_REGION, root(clouds.account()))
    iam.create_user(UserName="somebody")
    made = iam.create_access_key(UserName="somebody")["AccessKey"]
    keys = Credentials(made["AccessKeyId"], made["SecretAccessKey"])
    assert clouds.home.client("sts", HOME_REGION, keys).get_caller_identity()
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        clouds.china.client("sts", CHINA_REGION, keys).get_caller_identity()


@pytest.mark.parametrize(("audience", "seconds"), [("elsewhere", 300), (AUDIENCE, 900)])
def test_a_token_is_issued_on_the_policys_conditions_alone(
    clouds: Clouds, audience: str, seconds: int
) -> None:
    who = deployer(clouds, clouds.account())
    assert token(clouds, who)
    with pytest.raises(ClientError, match="AccessDenied"):
        token(clouds, who, audience, seconds)


def test_a_token_opens_the_role_that_trusts_its_subject(clouds: Clouds) -> None:
    home, there = clouds.account(), clouds.account()
    own = token(clouds, deployer(clouds, home))
    iam = clouds.china.client("iam", CHINA_REGION, root(there))
    host = issuer(home).removeprefix("https://")
    trust = document(
        Principal={"Federated": f"arn:aws-cn:iam::{there}:oidc-provider/{host}"},
        Action="sts:AssumeRoleWithWebIdentity",
        Condition={
            "StringEquals": {
                f"{host}:aud": AUDIENCE,
                f"{host}:sub": f"arn:aws:iam::{home}:role/{DEPLOYER}",
            }
        },
    )
    iam.create_role(RoleName="target", AssumeRolePolicyDocument=trust)
    sts = clouds.china.client("sts", CHINA_REGION, root(there))
    asked = {"RoleArn": f"arn:aws-cn:iam::{there}:role/target", "RoleSessionName": "test"}
    with pytest.raises(ClientError, match="InvalidIdentityToken"):
        sts.assume_role_with_web_identity(**asked, WebIdentityToken=own)
    iam.create_open_id_connect_provider(Url=issuer(home), ClientIDList=[AUDIENCE])
    assert sts.assume_role_with_web_identity(**asked, WebIdentityToken=own)["Credentials"]
    forged = own[:-4] + ("AAAA" if own[-4:] != "AAAA" else "BBBB")
    with pytest.raises(ClientError, match="InvalidIdentityToken"):
        sts.assume_role_with_web_identity(**asked, WebIdentityToken=forged)
    stranger = token(clouds, deployer(clouds, clouds.account()))
    with pytest.raises(ClientError, match="InvalidIdentityToken"):
        sts.assume_role_with_web_identity(**asked, WebIdentityToken=stranger)
