"""How a launch bucket is written once: launched in two partitions, and tried."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from buckets import answer
from embedded import CHINA_REGION, HOME_REGION
from launch_buckets import DENIED, DONE, NAME, POINTERS, TEMPLATE, TOO_LATE, Maker
from templates.committed import document, resources, statements

pytestmark = pytest.mark.slow

PARTITIONS = pytest.mark.parametrize("region", [HOME_REGION, CHINA_REGION])


@PARTITIONS
def test_what_is_published_is_written_once_whoever_writes(make: Maker, region: str) -> None:
    bucket = make(region)
    bucket.publish()
    for s3 in (bucket.client("s3"), bucket.someone(bucket.account)):
        assert bucket.put(s3) == DENIED
        assert bucket.put(s3, IfNoneMatch="*") == TOO_LATE
        assert bucket.put(s3, IfMatch=bucket.tag()) == DENIED
        assert bucket.put(s3, "1.0.1/new.yaml") == DENIED
    assert bucket.read() == b"first"


@PARTITIONS
@pytest.mark.parametrize("key", POINTERS)
def test_a_pointer_is_moved_by_whoever_knows_where_it_points(
    make: Maker, region: str, key: str
) -> None:
    bucket = make(region)
    s3 = bucket.someone(bucket.account)
    assert bucket.put(s3, key) == DENIED
    bucket.publish(key)
    first = bucket.tag(key)
    assert bucket.put(s3, key) == DENIED
    assert bucket.put(s3, key, IfNoneMatch="*") == TOO_LATE
    assert bucket.put(s3, key, b"second", IfMatch=first) == DONE
    assert bucket.put(s3, key, b"third", IfMatch=first) == TOO_LATE
    assert bucket.read(key) == b"second"


@pytest.mark.parametrize("key", ["1.0.0/index.json", "index.json.old", "latest", "launch.html"])
def test_nothing_else_is_a_pointer(make: Maker, key: str) -> None:
    bucket = make()
    bucket.publish(key)
    assert bucket.put(bucket.client("s3"), key, IfMatch=bucket.tag(key)) == DENIED


@pytest.mark.parametrize("key", [TEMPLATE, *POINTERS])
def test_nobody_removes_anything_at_once_or_by_expiry(make: Maker, key: str) -> None:
    bucket = make()
    bucket.publish(key)
    one = {"Bucket": bucket.name, "Key": key}
    version = bucket.client("s3").head_object(**one)["VersionId"]
    rule = {"ID": "all", "Status": "Enabled", "Prefix": "", "Expiration": {"Days": 1}}
    for s3 in (bucket.client("s3"), bucket.someone(bucket.account)):
        assert answer(s3.delete_object, **one) == DENIED
        assert answer(s3.delete_object, **one, VersionId=version) == DENIED
        several = {"Objects": [{"Key": key}, {"Key": "another"}]}
        assert answer(s3.delete_objects, Bucket=bucket.name, Delete=several) == DENIED
        expiry = {"Bucket": bucket.name, "LifecycleConfiguration": {"Rules": [rule]}}
        assert answer(s3.put_bucket_lifecycle_configuration, **expiry) == DENIED
    assert bucket.read(key) == b"first"


def test_an_administrator_removes_something_as_the_description_says(
    make: Maker,
) -> None:
    bucket = make()
    bucket.publish()
    s3 = bucket.someone(bucket.account)
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket.name)["Policy"])
    left = [each for each in policy["Statement"] if each["Sid"] != "DenyRemoving"]
    assert len(left) == len(policy["Statement"]) - 1
    s3.put_bucket_policy(Bucket=bucket.name, Policy=json.dumps({**policy, "Statement": left}))
    assert answer(s3.delete_object, Bucket=bucket.name, Key=TEMPLATE) == DONE
    assert "DenyRemoving" in document(NAME)["Description"]


def test_an_upload_in_parts_ends_once_and_a_copy_is_refused(make: Maker) -> None:
    bucket = make()
    s3, place = bucket.client("s3"), {"Bucket": bucket.name, "Key": TEMPLATE}
    upload = s3.create_multipart_upload(**place)["UploadId"]
    tag = s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    ended = {**place, "UploadId": upload, "MultipartUpload": parts}
    assert answer(s3.complete_multipart_upload, **ended) == DENIED
    assert answer(s3.complete_multipart_upload, **ended, IfNoneMatch="*") == DONE
    copied = {"Bucket": bucket.name, "Key": "1.0.1/copy.yaml"}
    assert answer(s3.copy_object, **copied, CopySource=f"{bucket.name}/{TEMPLATE}") == DENIED


def test_what_readers_could_not_decrypt_is_refused(make: Maker) -> None:
    bucket = make()
    s3 = bucket.client("s3")
    assert bucket.put(s3, IfNoneMatch="*", ServerSideEncryption="aws:kms") == DENIED
    assert bucket.put(s3, IfNoneMatch="*", ServerSideEncryption="AES256") == DONE
    told = s3.head_object(Bucket=bucket.name, Key=TEMPLATE)
    assert told["ServerSideEncryption"] == "AES256"


def test_nothing_is_replicated_over_it_and_cloudformation_alone_lets_expire(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("not checked", "replication into a bucket; calls through CloudFormation")
    policy = resources(NAME)["BucketPolicy"]["Properties"]
    denied = {each["Sid"]: each for _, each in statements(policy)}
    assert {"s3:ReplicateObject", "s3:ReplicateDelete"} <= {*denied["DenyRemoving"]["Action"]}
    by = {"aws:CalledVia": ["cloudformation.amazonaws.com"]}
    assert denied["DenyExpiry"]["Condition"] == {"ForAllValues:StringNotEquals": by}
