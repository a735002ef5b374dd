"""The policy of a bucket binds root too, and may not be public where that is blocked."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from buckets import answer
from embedded import HOME_REGION, Account, Clouds
from launching import launch_text, wait

from rehearsal.errors import RehearsalError

_BUCKETS = itertools.count(1)
EVERYONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}


def bucket(account: Account, *statements: dict[str, Any]) -> str:
    """Make a bucket with an object and a policy; return its name."""
    s3, name = account.client("s3"), f"bound-{next(_BUCKETS)}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="a", Body=b"a")
    if statements:
        resources = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
        policy = {"Statement": [{"Resource": resources, **each} for each in statements]}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", **policy}))
    return name


def test_root_may_not_do_what_the_policy_denies_but_change_it(clouds: Clouds) -> None:
    account = Account(clouds.home, clouds.account())
    s3 = account.client("s3")
    name = bucket(account, {"Effect": "Deny", "Principal": "*", "Action": "s3:*"})
    assert answer(s3.get_object, Bucket=name, Key="a") == "AccessDenied"
    assert answer(s3.list_objects_v2, Bucket=name) == "AccessDenied"
    assert answer(s3.get_bucket_policy, Bucket=name) == "done"
    assert answer(s3.delete_bucket_policy, Bucket=name) == "done"
    assert answer(s3.get_object, Bucket=name, Key="a") == "done"


def test_root_of_another_account_needs_the_policy_as_everyone_does(clouds: Clouds) -> None:
    account = Account(clouds.home, clouds.account())
    stranger = Account(clouds.home, clouds.account())
    s3, told = stranger.client("s3"), {"AWS": stranger.account}
    let_in = {"Effect": "Allow", "Principal": told, "Action": "s3:GetObject"}
    for statements, answered in (((), "AccessDenied"), ((let_in,), "done")):
        name = bucket(account, *statements)
        assert answer(s3.get_object, Bucket=name, Key="a") == answered
        assert answer(s3.put_object, Bucket=name, Key="a") == "AccessDenied"
        assert answer(s3.delete_bucket_policy, Bucket=name) == "AccessDenied"


def template(*, blocked: bool, sid: str = "Everyone") -> str:
    """Return a stack of a bucket that everyone may read."""
    block = {"BlockPublicPolicy": blocked, "RestrictPublicBuckets": blocked}
    made = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"PublicAccessBlockConfiguration": block},
    }
    statement = {**EVERYONE, "Sid": sid, "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}}
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [statement]}},
    }
    return json.dumps({"Resources": {"Bucket": made, "Policy": policy}})


def test_a_stacks_public_policy_is_refused_where_its_bucket_blocks_it(clouds: Clouds) -> None:
    where = (clouds.home, HOME_REGION, clouds.account(), "public")
    with pytest.raises(RehearsalError, match=r"Policy failed: User is not authorized .* Block"):
        launch_text(*where, template(blocked=True))
    made = launch_text(*where, template(blocked=False))
    client = Account(clouds.home, where[2]).client("cloudformation")
    changed = template(blocked=True, sid="Anyone")
    client.update_stack(StackName=made["Stack"], TemplateBody=changed)
    assert wait(client, made["Stack"])["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
