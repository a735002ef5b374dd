"""Carries artifacts through the regions' stores, encrypted, under the roles that do it in AWS.

CodePipeline looks at a store, writes what a source gives, and copies into an action's region what
was made in another, all under the pipeline's role. Builds read and write under their own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from rehearsal.clouds import Clouds
from rehearsal.definition import Definition, Store
from rehearsal.embedded_aws import Credentials

LONGEST_PIPELINE, LONGEST_ARTIFACT = 20, 10  # of what CodePipeline puts of a name into a key


@dataclass(frozen=True)
class Location:
    """Where an artifact lies."""

    region: str
    bucket: str
    key: str


@dataclass(frozen=True)
class Stores:
    """The artifact stores of one execution of a pipeline. What S3 refuses, botocore raises."""

    clouds: Clouds
    definition: Definition
    pipeline: str
    execution: str

    def look_at(self, who: Credentials, region: str) -> None:
        """Ask of a store what CodePipeline asks before it uses one."""
        s3, bucket = self._client(who, region), self.store(region).bucket
        s3.get_bucket_location(Bucket=bucket)
        s3.get_bucket_acl(Bucket=bucket)
        s3.get_bucket_versioning(Bucket=bucket)

    def put(self, who: Credentials, artifact: str, region: str, archive: bytes) -> Location:
        """Write an artifact, a ZIP archive, encrypted with the store's key."""
        store = self.store(region)
        made = Location(region, store.bucket, self._key(artifact, region))
        key = {"SSEKMSKeyId": store.key} if store.key else {}
        self._client(who, region).put_object(
            Bucket=made.bucket,
            Key=made.key,
            Body=archive,
            ServerSideEncryption="aws:kms",
            **key,
        )
        return made

    def get(self, who: Credentials, location: Location) -> bytes:
        """Read an artifact."""
        s3 = self._client(who, location.region)
        found = s3.get_object(Bucket=location.bucket, Key=location.key)
        archive: bytes = found["Body"].read()
        return archive

    def carry(self, who: Credentials, artifact: str, made: Location, region: str) -> Location:
        """Return where an artifact lies in a region, copied there if it was made in another."""
        if made.region == region:
            return made
        return self.put(who, artifact, region, self.get(who, made))

    def store(self, region: str) -> Store:
        """Return the store of a region; the definition was held to have one."""
        return next(each for each in self.definition.stores if each.region == region)

    def _key(self, artifact: str, region: str) -> str:
        unique = hashlib.sha256(f"{self.execution} {artifact} {region}".encode()).hexdigest()[:7]
        return f"{self.pipeline[:LONGEST_PIPELINE]}/{artifact[:LONGEST_ARTIFACT]}/{unique}"

    def _client(self, who: Credentials, region: str) -> Any:
        return self.clouds.of(region).client("s3", region, who)
