"""Launches committed templates in an embedded AWS, as a person does from the console."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from templates.committed import text

from rehearsal.embedded_aws import Credentials, EmbeddedAws, root

MOST_INLINE = 51_200
MOST_LOOKS = 2_000
_STACKS = itertools.count(1)


def launch(
    aws: EmbeddedAws, region: str, account: str, template: str, **parameters: str
) -> dict[str, str]:
    """Launch a committed template; return the stack's outputs, and its name as 'Stack'.

    Fails with the first thing that failed in the stack.
    """
    return launch_text(aws, region, account, template, text(template), **parameters)


def launch_text(
    aws: EmbeddedAws, region: str, account: str, template: str, body: str, **parameters: str
) -> dict[str, str]:
    """Launch the text of a template."""
    client = aws.client("cloudformation", region, root(account))
    stack = f"{template}-{next(_STACKS)}"
    client.create_stack(
        StackName=stack,
        **_source(aws, region, account, template, body),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    found = wait(client, stack)
    assert found["StackStatus"] == "CREATE_COMPLETE", _why(client, stack)
    return {"Stack": stack, **{o["OutputKey"]: o["OutputValue"] for o in found["Outputs"]}}


def _source(
    aws: EmbeddedAws, region: str, account: str, template: str, body: str
) -> Mapping[str, str]:
    if len(body.encode()) <= MOST_INLINE:
        return {"TemplateBody": body}
    s3 = aws.client("s3", region, root(account))
    s3.create_bucket(Bucket=f"launch-{account}")
    s3.put_object(Bucket=f"launch-{account}", Key=template, Body=body.encode())
    return {"TemplateURL": f"{aws.url}/launch-{account}/{template}"}


def wait(client: Any, stack: str) -> dict[str, Any]:
    """Return a stack, given by name or id, once nothing is under way in it."""
    for _ in range(MOST_LOOKS):
        found: dict[str, Any] = client.describe_stacks(StackName=stack)["Stacks"][0]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            return found
    raise AssertionError(f"{stack} has no end")


def _why(client: Any, stack: str) -> str:
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [each for each in reversed(events) if "FAILED" in each["ResourceStatus"]]
    return "; ".join(f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}" for e in failed)


def key_of(aws: EmbeddedAws, region: str, account: str, user: str) -> Credentials:
    """Make an access key of a user, as a person does in the console."""
    iam = aws.client("iam", region, root(account))
    made = iam.create_access_key(UserName=user)["AccessKey"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"])
