"""Keys behind S3 and Parameter Store of the embedded AWS: who may use them, and by way of what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import CHINA_REGION, HOME_REGION, Account, Clouds
from launching import key_of

from rehearsal.calls import read_calls
from rehearsal.embedded_aws import Credentials


@dataclass(frozen=True)
class User:
    """A user of an account, who may do anything but use keys until that is allowed."""

    account: Account
    region: str

    @cached_property
    def who(self) -> Credentials:
        """The key of the user, who may have two."""
        return key_of(self.account.aws, self.region, self.account.account, "someone")

    def client(self, service: str) -> Any:
        return self.account.aws.client(service, self.region, self.who)

    def allow(self, action: str, **condition: Any) -> None:
        more = {"Condition": condition} if condition else {}
        self._put("keys", {"Effect": "Allow", "Action": action, "Resource": "*", **more})

    def everything(self) -> None:
        self.account.client("iam", self.region).create_user(UserName="someone")
        self._put("rest", {"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"})

    def _put(self, name: str, statement: dict[str, Any]) -> None:
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.account.client("iam", self.region).put_user_policy(
            UserName="someone", PolicyName=name, PolicyDocument=document
        )


def user(account: Account, region: str = HOME_REGION) -> User:
    made = User(account, region)
    made.everything()
    return made


@pytest.fixture(name="account")
def _account(clouds: Clouds) -> Account:
    return Account(clouds.home, clouds.account())


def key(account: Account, region: str = HOME_REGION, **policy: Any) -> str:
    """Make a key; return its ARN."""
    given = {"Policy": json.dumps(policy)} if policy else {}
    return str(account.client("kms", region).create_key(**given)["KeyMetadata"]["Arn"])


def bucket(account: Account, master: str, region: str = HOME_REGION) -> str:
    """Make a bucket that encrypts with a key."""
    name, s3 = f"kept-{account.account}-{region}", account.client("s3", region)
    place = {} if region == HOME_REGION else {"LocationConstraint": region}
    s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": place} if place else {}))
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": master}
    rule = {"ApplyServerSideEncryptionByDefault": default}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    return name


def put(who: User, name: str) -> None:
    who.client("s3").put_object(Bucket=name, Key="a/b", Body=b"kept")


def get(who: User, name: str) -> bytes:
    body: bytes = who.client("s3").get_object(Bucket=name, Key="a/b")["Body"].read()
    return body


def refused(action: str, master: str) -> str:
    return rf"AccessDenied.*not authorized to perform: {action} on resource: {master} because"


def test_what_is_encrypted_is_written_by_who_may_use_the_key(account: Account) -> None:
    master, who = key(account), user(account)
    name = bucket(account, master)
    with pytest.raises(ClientError, match=refused("kms:GenerateDataKey", master)):
        put(who, name)
    assert account.client("s3").list_objects_v2(Bucket=name)["KeyCount"] == 0
    who.allow("kms:GenerateDataKey")
    put(who, name)
    with pytest.raises(ClientError, match=refused("kms:Decrypt", master)):
        get(who, name)
    who.allow("kms:Decrypt")
    assert get(who, name) == b"kept"
    (call,) = [
        each
        for each in read_calls(account.aws)
        if each.resource == master and each.action == "kms:Decrypt" and each.allowed
    ]
    assert call.principal.endswith("user/someone")
    assert call.context["kms:viaservice"] == f"s3.{HOME_REGION}.amazonaws.com"
    assert call.context["kms:encryptioncontext:aws:s3:arn"] == f"arn:aws:s3:::{name}/a/b"


def test_a_key_is_used_by_way_of_the_service_of_its_partition(clouds: Clouds) -> None:
    account = Account(clouds.china, clouds.account())
    who = user(account, CHINA_REGION)
    name = bucket(account, key(account, CHINA_REGION), CHINA_REGION)
    way = "kms:ViaService"
    who.allow("kms:*", StringEquals={way: f"s3.{CHINA_REGION}.amazonaws.com"})
    with pytest.raises(ClientError, match="AccessDenied"):
        put(who, name)
    who.allow("kms:*", StringEquals={way: f"s3.{CHINA_REGION}.amazonaws.com.cn"})
    put(who, name)


def test_a_key_that_a_call_names_is_asked_about(account: Account) -> None:
    master, who = key(account), user(account)
    account.client("s3").create_bucket(Bucket=f"plain-{account.account}")
    asked = {"Bucket": f"plain-{account.account}", "Key": "k", "Body": b""}
    who.client("s3").put_object(**asked)
    with pytest.raises(ClientError, match=refused("kms:GenerateDataKey", master)):
        who.client("s3").put_object(
            **asked, ServerSideEncryption="aws:kms", SSEKMSKeyId=master.rpartition("/")[2]
        )


def test_a_key_of_another_account_must_let_in_who_its_own_account_lets_out(
    clouds: Clouds, account: Account
) -> None:
    other = Account(clouds.home, clouds.account())
    principal = {"AWS": other.account}
    own = {"Effect": "Allow", "Principal": {"AWS": account.account}, "Action": "kms:*"}
    master = key(account, Statement=[{**own, "Resource": "*"}])
    name, s3 = bucket(account, master), account.client("s3")
    s3.put_object(Bucket=name, Key="a/b", Body=b"kept")
    read = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject"}
    s3.put_bucket_policy(
        Bucket=name,
        Policy=json.dumps({"Statement": [{**read, "Resource": f"arn:aws:s3:::{name}/*"}]}),
    )
    who = user(other)
    who.allow("kms:Decrypt")
    with pytest.raises(
        ClientError, match="because no resource-based policy allows the kms:Decrypt"
    ):
        get(who, name)
    lets = {"Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}
    policy = json.dumps({"Statement": [{**own, "Resource": "*"}, lets]})
    account.client("kms").put_key_policy(KeyId=master, PolicyName="default", Policy=policy)
    assert get(who, name) == b"kept"
    who.allow("kms:Encrypt")
    with pytest.raises(ClientError, match=refused("kms:Decrypt", master)):
        get(who, name)


def test_a_secret_is_written_and_read_by_who_may_use_its_key(account: Account) -> None:
    master, who = key(account), user(account)
    account.client("kms").create_alias(AliasName="alias/mine", TargetKeyId=master)
    ssm = who.client("ssm")
    asked = {"Name": "/a", "Value": "secret", "Type": "SecureString", "KeyId": "alias/mine"}
    with pytest.raises(ClientError, match=refused("kms:Encrypt", master)):
        ssm.put_parameter(**asked)
    who.allow("kms:Encrypt")
    ssm.put_parameter(**asked)
    with pytest.raises(ClientError, match=refused("kms:Decrypt", master)):
        ssm.get_parameter(Name="/a", WithDecryption=True)
    with pytest.raises(ClientError, match=refused("kms:Decrypt", master)):
        ssm.get_parameters(Names=["/a"], WithDecryption=True)
    assert ssm.get_parameter(Name="/a")["Parameter"]["Value"] != "secret"
    arn = f"arn:aws:ssm:{HOME_REGION}:{account.account}:parameter/a"
    about = {"kms:EncryptionContext:PARAMETER_ARN": arn}
    who.allow("kms:Decrypt", StringEquals=about)
    assert ssm.get_parameter(Name="/a", WithDecryption=True)["Parameter"]["Value"] == "secret"


def test_aws_own_key_lets_in_everybody_in_the_account(account: Account) -> None:
    ssm = user(account).client("ssm")
    ssm.put_parameter(Name="/a", Value="secret", Type="SecureString")
    assert ssm.get_parameter(Name="/a", WithDecryption=True)["Parameter"]["Value"] == "secret"
