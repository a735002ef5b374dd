"""The launch bucket on S3: reads objects, and writes them where nobody else has.

Nothing is overwritten by chance: an object is created only where there is none, and replaced only
if it is still the one that was read. S3 itself compares the SHA-256 of what arrives.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from launch.buckets import judge_bucket
from launch.consoles import object_url
from launch.describe import digest
from launch.errors import LaunchError
from launch.manifest import Bucket
from launch.release import PublishedObject
from operate.regions import partition_of
from operate.sessions import PATIENCE, home_client, session
from operate.troubles import OWN, Kind, Scene, TroubleInAws, kind, sentence
from refusals import quoted

AT_ONCE = 16  # requests
ACCOUNT = re.compile(r"\d{12}")
MISSING = {"NoSuchKey", "404"}
LAUNCH = {
    **OWN,
    Kind.NO_BUCKET: "{region}: there is no bucket {subject}; mend: launch "
    "templates/launch-bucket.yaml there, or name another with --bucket",
    Kind.OTHER_REGION: "{region}: {subject} lies in another region ({said}); mend: name that one "
    "with --region",
    Kind.DENIED: "{region}: no right to {action} on {subject} ({said}); mend: grant {action} on "
    "it, or if the bucket is of another account, name credentials of that one with --profile",
}
LIST, READ, WRITE = "s3:ListBucket", "s3:GetObject", "s3:PutObject"


@dataclass(frozen=True)
class Where:
    """The bucket a person names, whose credentials to use; `account` is '' if any may own it."""

    bucket: str
    profile: str = ""
    region: str = ""
    account: str = ""


@dataclass(frozen=True)
class Found:
    """An object as it was read; `etag` is what it can be replaced by."""

    content: bytes
    etag: str
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class LaunchBucket:
    """A bucket that can be reached. Every method raises `LaunchError` for what AWS refuses."""

    at: Bucket
    client: Any
    account: str = ""

    def keys(self, prefix: str) -> frozenset[str]:
        """Return the keys there are."""
        pages = self.client.get_paginator("list_objects_v2")
        with self._told("", LIST):
            listed = pages.paginate(**self._names, Prefix=prefix)
            return frozenset(each["Key"] for page in listed for each in page.get("Contents", ()))

    def get(self, key: str) -> Found | None:
        """Return an object, if there is one."""
        with self._told(key, READ):
            try:
                found = self.client.get_object(**self._names, Key=key)
            except ClientError as error:
                if error.response["Error"]["Code"] in MISSING:
                    return None
                raise
            return Found(found["Body"].read(), found["ETag"], found["Metadata"])

    def sha256(self, key: str) -> str:
        """Return the SHA-256 of an object's content, '' if there is none; S3 has kept it."""
        with self._told(key, READ):
            try:
                head = self.client.head_object(**self._names, Key=key, ChecksumMode="ENABLED")
            except ClientError as error:
                if error.response["Error"]["Code"] in MISSING:
                    return ""
                raise
        kept = head.get("ChecksumSHA256")
        if kept:
            return base64.b64decode(kept).hex()
        found = self.get(key)
        return digest(found.content) if found else ""

    def create(self, key: str, what: PublishedObject) -> bool:
        """Put an object where there is none; return whether there was none."""
        return self._put(key, what, IfNoneMatch="*")

    def replace(self, key: str, what: PublishedObject, read: Found | None) -> bool:
        """Put an object in place of the one that was read; return whether it was still there."""
        if read is None:
            return self.create(key, what)
        return self._put(key, what, IfMatch=read.etag)

    def url(self, key: str) -> str:
        """Return the URL of an object."""
        return object_url(self.at, key)

    def place(self, key: str) -> str:
        """Return what people call an object."""
        return f"s3://{self.at.name}/{key}"

    def _put(self, key: str, what: PublishedObject, **condition: str) -> bool:
        checksum = base64.b64encode(bytes.fromhex(what.sha256)).decode()
        with self._told(key, WRITE):
            try:
                self.client.put_object(
                    **self._names,
                    **condition,
                    Key=key,
                    Body=what.content,
                    ChecksumSHA256=checksum,
                    ContentType=what.content_type,
                    CacheControl=what.cache_control,
                    Metadata=dict(what.metadata),
                )
            except ClientError as error:
                missing = "IfMatch" in condition and error.response["Error"]["Code"] in MISSING
                if missing or kind(error) is Kind.CONFLICT:
                    return False
                raise
        return True

    @property
    def _names(self) -> dict[str, str]:
        owner = {"ExpectedBucketOwner": self.account} if self.account else {}
        return {"Bucket": self.at.name, **owner}

    @contextmanager
    def _told(self, key: str, action: str) -> Iterator[None]:
        try:
            yield
        except TroubleInAws as error:
            raise LaunchError(sentence(error, _scene(self.at, key, action))) from None


def open_bucket(where: Where) -> LaunchBucket:
    """Return a launch bucket, having asked AWS that it is there and may be listed.

    Raises `RefusalError` if it is not, or lies in another region.
    """
    if where.account and not ACCOUNT.fullmatch(where.account):
        raise LaunchError(f"--account: {quoted(where.account)} is no account; write twelve digits")
    own = session(where.profile, "--profile")
    region = where.region or own.region_name or ""
    if not region:
        raise LaunchError("--region: is not said, and the profile has none; name the bucket's")
    at = judge_bucket(where.bucket, region, "--bucket", "--region" if where.region else "profile")
    settings = PATIENCE.merge(type(PATIENCE)(max_pool_connections=AT_ONCE))
    client = home_client(own, "s3", _scene(at, "", LIST), settings)
    bucket = LaunchBucket(at, client, where.account)
    _refuse_another_region(bucket)
    return bucket


def _refuse_another_region(bucket: LaunchBucket) -> None:
    """Ask where the bucket lies, as the SDK follows it silently, and URLs would be wrong.

    The first question is one whose refusal has words: AWS answers the second with a number.
    """
    with bucket._told("", LIST):
        bucket.client.list_objects_v2(**bucket._names, MaxKeys=1)
        home = bucket.client.head_bucket(**bucket._names).get("BucketRegion", bucket.at.region)
    if home != bucket.at.region:
        raise LaunchError(
            f"--region: {bucket.at.name} lies in {home}, not {bucket.at.region}; "
            f"mend: --region {home}"
        )


def _scene(at: Bucket, key: str, action: str) -> Scene:
    partition = partition_of(at.region, "--region")
    return Scene(at.region, f"arn:{partition}:s3:::{at.name}{key and f'/{key}'}", LAUNCH, action)
