"""Signs the URL of an object for whoever has it, until it expires: SigV4, the bucket as the host.

Nobody is called: a signature is worked out here. Temporary credentials end before it may.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError

from launch.errors import LaunchError
from launch.manifest import Bucket
from operate.sessions import session

LONGEST = 7 * 24 * 60 * 60
STAMP = "%Y%m%dT%H%M%SZ"
AS_AWS_NAMES_IT = Config(
    signature_version="s3v4",
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    ignore_configured_endpoint_urls=True,
)


@dataclass(frozen=True)
class Signer:
    """Credentials that sign; `temporary` ones end earlier than their signatures may."""

    client: Any
    bucket: str
    seconds: int
    temporary: bool

    def sign(self, key: str) -> str:
        """Return the signed URL of an object."""
        asked = {"Bucket": self.bucket, "Key": key}
        signed: str = self.client.generate_presigned_url(
            "get_object", Params=asked, ExpiresIn=self.seconds
        )
        return signed


def signer(bucket: Bucket, profile: str, seconds: int) -> Signer:
    """Return what signs URLs of a bucket's objects. Raise `RefusalError`."""
    if not 1 <= seconds <= LONGEST:
        raise LaunchError(f"--expires: {seconds} seconds; S3 takes 1 to {LONGEST}, which is 7 days")
    own = session(profile, "--profile")
    try:
        held = own.get_credentials()
        frozen = held.get_frozen_credentials() if held else None
        client = own.client("s3", region_name=bucket.region, config=AS_AWS_NAMES_IT)
    except BotoCoreError as error:
        raise LaunchError(f"--expires: {error}; mend: name a profile with --profile") from None
    if frozen is None:
        raise LaunchError("--expires: no credentials to sign with; name a profile with --profile")
    return Signer(client, bucket.name, seconds, bool(frozen.token))


def expiry(signed: str) -> datetime:
    """Return when a signed URL ends, UTC, as is written in it."""
    said = parse_qs(urlsplit(signed).query)
    signed_at = datetime.strptime(said["X-Amz-Date"][0], STAMP).replace(tzinfo=UTC)
    return signed_at + timedelta(seconds=int(said["X-Amz-Expires"][0]))
