"""Who reads what `launch-bucket.yaml` makes, and who publishes there: launched, and tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.request import urlopen

import pytest
from buckets import answer
from embedded import CHINA_REGION, HOME_REGION
from launch_buckets import DENIED, DONE, POINTERS, TEMPLATE, Maker

from rehearsal.embedded_aws import EmbeddedAws, root

pytestmark = pytest.mark.slow

PARTITIONS = pytest.mark.parametrize("region", [HOME_REGION, CHINA_REGION])


class Readers(NamedTuple):
    """What S3 answers to whom: of the organization, of another account, without credentials."""

    member: str
    stranger: str
    nobody: int


READERS = {
    "Private": Readers(DENIED, DENIED, 403),
    "Organization": Readers(DONE, DENIED, 403),
    "Public": Readers(DONE, DONE, 200),
}


def organization(aws: EmbeddedAws, region: str, account: str) -> str:
    """Return the id of the organization of an account."""
    client = aws.client("organizations", region, root(account))
    return str(client.describe_organization()["Organization"]["Id"])


@PARTITIONS
@pytest.mark.parametrize("access", READERS)
def test_who_reads_is_said_at_launch_and_no_reader_lists_or_writes(
    make: Maker,
    record_property: Callable[[str, object], None],
    region: str,
    access: str,
) -> None:
    record_property("stood in for", "an organization of several accounts (one of one account)")
    clouds = make.clouds
    aws, members, others = clouds.both.of(region), clouds.account(), clouds.account()
    id_ = organization(aws, region, members) if access == "Organization" else ""
    bucket = make(region, ReadAccess=access, OrganizationId=id_)
    bucket.publish(TEMPLATE, *POINTERS)
    assert bucket.get(bucket.someone(bucket.account)) == DONE
    reads = READERS[access]
    for account, expected in ((members, reads.member), (others, reads.stranger)):
        for s3 in (aws.client("s3", region, root(account)), bucket.someone(account)):
            assert bucket.get(s3) == expected
            assert answer(s3.list_objects_v2, Bucket=bucket.name) == DENIED
            assert answer(s3.list_object_versions, Bucket=bucket.name) == DENIED
            assert bucket.put(s3, "1.0.1/a.yaml", IfNoneMatch="*") == DENIED
            assert answer(s3.delete_object, Bucket=bucket.name, Key=TEMPLATE) == DENIED
    assert [bucket.anonymous(key) for key in (TEMPLATE, *POINTERS)] == [reads.nobody] * 3
    assert bucket.anonymous() == 403


def test_access_is_changed_by_an_update(make: Maker) -> None:
    bucket = make()
    bucket.publish()
    seen = []
    for access in ("Public", "Private"):
        assert bucket.update(ReadAccess=access) == "UPDATE_COMPLETE"
        seen.append(bucket.anonymous(TEMPLATE))
    assert seen == [200, 403]


@pytest.mark.parametrize(("access", "open_"), [("Private", False), ("Public", True)])
def test_public_access_is_blocked_unless_everyone_reads(
    make: Maker, access: str, open_: bool
) -> None:
    bucket = make(ReadAccess=access)
    block = bucket.client("s3").get_public_access_block(Bucket=bucket.name)
    assert block["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": not open_,
        "RestrictPublicBuckets": not open_,
    }


def test_a_private_bucket_is_launched_from_by_a_presigned_url(
    make: Maker,
) -> None:
    bucket = make()
    bucket.publish()
    s3, what = bucket.someone(bucket.account), {"Bucket": bucket.name, "Key": TEMPLATE}
    url = s3.generate_presigned_url("get_object", Params=what, ExpiresIn=60)
    with urlopen(url) as found:  # noqa: S310 - loopback
        assert found.read() == b"first"


@PARTITIONS
def test_publishers_of_another_account_publish_and_do_no_more(make: Maker, region: str) -> None:
    account, partition = make.clouds.account(), make.clouds.both.of(region).partition
    named = [f"arn:{partition}:iam::{account}:{each}" for each in ("role/a/b", "user/release")]
    bucket = make(region, PublisherArns=",".join(named))
    publisher, colleague = bucket.someone(account, "release"), bucket.someone(account, "other")
    assert bucket.put(publisher) == DENIED
    assert bucket.put(publisher, IfNoneMatch="*") == DONE
    assert bucket.get(publisher) == DONE
    assert answer(publisher.list_objects_v2, Bucket=bucket.name) == DONE
    assert answer(publisher.delete_object, Bucket=bucket.name, Key=TEMPLATE) == DENIED
    assert answer(publisher.get_bucket_policy, Bucket=bucket.name) == DENIED
    assert answer(publisher.delete_bucket_policy, Bucket=bucket.name) == DENIED
    assert bucket.put(colleague, "1.0.1/a.yaml", IfNoneMatch="*") == DENIED
    assert bucket.get(colleague) == DENIED
