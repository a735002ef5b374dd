"""What the policy of a bucket may ask about a write, as in "Enforce conditional writes" of S3."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

import pytest
from buckets import answer
from embedded import Account, Clouds

_BUCKETS = itertools.count(1)
KEY = "a"
NEW, SAME, CREATES = "s3:if-none-match", "s3:if-match", "s3:ObjectCreationOperation"


@dataclass(frozen=True)
class Bucket:
    """A bucket, and what calls S3 about an object in it."""

    s3: Any
    name: str

    def refuse(self, **condition: Any) -> None:
        """Refuse a write under a condition."""
        refusal = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{self.name}/*",
            "Condition": condition,
        }
        policy = {"Version": "2012-10-17", "Statement": [refusal]}
        self.s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))

    def answer(self, call: str, **given: Any) -> str:
        """Return what S3 answers."""
        return answer(getattr(self.s3, call), Bucket=self.name, Key=KEY, **given)


@pytest.fixture
def bucket(clouds: Clouds) -> Bucket:
    """Make a bucket in an account in which nothing is yet."""
    s3 = Account(clouds.home, clouds.account()).client("s3")
    made = Bucket(s3, f"conditional-{next(_BUCKETS)}")
    s3.create_bucket(Bucket=made.name)
    return made


@pytest.mark.parametrize(
    ("key", "header", "value"), [(NEW, "IfNoneMatch", "*"), (SAME, "IfMatch", '"0"')]
)
def test_a_condition_of_a_write_is_a_key(bucket: Bucket, key: str, header: str, value: str) -> None:
    bucket.refuse(Null={key: "true"})
    assert bucket.answer("put_object") == "AccessDenied"
    assert bucket.answer("put_object", **{header: value}) in ("done", "NoSuchKey")
    bucket.refuse(StringEquals={key: value})
    assert bucket.answer("put_object", **{header: value}) == "AccessDenied"
    assert bucket.answer("put_object") == "done"


@pytest.mark.parametrize(
    ("creates", "parts", "whole"),
    [("true", "done", "AccessDenied"), ("false", "AccessDenied", "done")],
)
def test_a_part_creates_no_object_and_the_end_of_an_upload_in_parts_does(
    bucket: Bucket, creates: str, parts: str, whole: str
) -> None:
    place = {"Bucket": bucket.name, "Key": KEY}
    upload = bucket.s3.create_multipart_upload(**place)["UploadId"]
    first = {"PartNumber": 1, "UploadId": upload}
    tag = bucket.s3.upload_part(**place, **first, Body=b"a")["ETag"]
    bucket.s3.put_object(**place)
    bucket.refuse(Bool={CREATES: creates})
    assert bucket.answer("create_multipart_upload") == parts
    assert bucket.answer("upload_part", **first, Body=b"a") == parts
    assert bucket.answer("put_object") == whole
    source = {"CopySource": f"{bucket.name}/{KEY}", "MetadataDirective": "REPLACE"}
    assert bucket.answer("copy_object", **source) == whole
    done = {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": tag}]}}
    assert bucket.answer("complete_multipart_upload", UploadId=upload, **done) == whole


def test_a_new_object_is_told_by_an_asterisk_alone(bucket: Bucket) -> None:
    assert bucket.answer("put_object", IfNoneMatch='"0"') == "NotImplemented"
    assert bucket.answer("put_object", IfNoneMatch="*") == "done"
    assert bucket.answer("put_object", IfNoneMatch="*") == "PreconditionFailed"
