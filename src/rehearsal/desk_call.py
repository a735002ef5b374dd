"""A call of the desk, which no AWS has and botocore does not know, signed as botocore signs."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

from botocore import auth, awsrequest, credentials

from rehearsal.embedded_aws import EmbeddedAws, root

SERVICE = "rehearsal"


def call(
    aws: EmbeddedAws, account: str, region: str, operation: str, **given: object
) -> dict[str, Any]:
    """Make a call as the root of an account, in a region; raise `HTTPError` if it is refused."""
    who = root(account)
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"Rehearsal.{operation}",
    }
    body = json.dumps(given).encode()
    unsigned = awsrequest.AWSRequest("POST", f"{aws.url}/", data=body, headers=headers)
    signer = credentials.Credentials(who.access_key, who.secret_key, who.token or None)
    auth.SigV4Auth(signer, SERVICE, region).add_auth(unsigned)
    signed = Request(unsigned.url, body, dict(unsigned.headers))  # noqa: S310 - loopback
    with urlopen(signed) as answer:  # noqa: S310 - the same
        found: dict[str, Any] = json.load(answer)
        return found
