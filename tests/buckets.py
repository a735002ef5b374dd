"""What tests of buckets share: people who may do anything, and what S3 answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from launching import key_of

from rehearsal.embedded_aws import EmbeddedAws, root

ANYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def administrator(aws: EmbeddedAws, region: str, account: str, name: str = "admin") -> Any:
    """Make a user whose own policy lets it do anything; return its client of S3."""
    iam = aws.client("iam", region, root(account))
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="anything", PolicyDocument=json.dumps(ANYTHING))
    return aws.client("s3", region, key_of(aws, region, account, name))


def answer(call: Callable[..., Any], **given: Any) -> str:
    """Return 'done', or the code of the error that S3 answers with."""
    try:
        call(**given)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"
