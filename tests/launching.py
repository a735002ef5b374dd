"""Launches committed templates in an embedded AWS, as a person does from the console."""

from __future__ import annotations

import functools
import itertools
import tempfile
from pathlib import Path
from typing import Any

from estates import Ear
from templates.committed import TEMPLATES

from rehearsal.clouds import Clouds
from rehearsal.embedded_aws import Credentials, EmbeddedAws, root
from rehearsal.launching import Launcher, Order

MOST_LOOKS = 2_000
_STACKS = itertools.count(1)


def launch(
    aws: EmbeddedAws, region: str, account: str, template: str, **parameters: str
) -> dict[str, str]:
    """Launch a committed template; return the stack's outputs, and its name as 'Stack'."""
    return _launch(TEMPLATES, aws, Order(template, _stack(template), account, region, parameters))


def launch_text(
    aws: EmbeddedAws, region: str, account: str, template: str, body: str, **parameters: str
) -> dict[str, str]:
    """Launch the text of a template."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{template}.yaml").write_text(body, encoding="utf-8")
        order = Order(template, _stack(template), account, region, parameters)
        return _launch(Path(folder), aws, order)


def _launch(folder: Path, aws: EmbeddedAws, order: Order) -> dict[str, str]:
    done = Launcher(folder, _alone(aws), Ear()).launch(order)
    return {"Stack": done.stack, **done.outputs}


def _stack(template: str) -> str:
    return f"{template}-{next(_STACKS)}"


@functools.cache
def _alone(aws: EmbeddedAws) -> Clouds:
    return Clouds({aws.partition: aws})


def wait(client: Any, stack: str) -> dict[str, Any]:
    """Return a stack, given by name or id, once nothing is under way in it."""
    for _ in range(MOST_LOOKS):
        found: dict[str, Any] = client.describe_stacks(StackName=stack)["Stacks"][0]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            return found
    raise AssertionError(f"{stack} has no end")


def key_of(aws: EmbeddedAws, region: str, account: str, user: str) -> Credentials:
    """Make an access key of a user, as a person does in the console."""
    iam = aws.client("iam", region, root(account))
    made = iam.create_access_key(UserName=user)["AccessKey"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"])
