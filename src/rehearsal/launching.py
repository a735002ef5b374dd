"""Launches rendered templates in the embedded AWS, as a person does from the console.

Not as in AWS: a value that the template does not ask for, one it asks for and is not given, and a
reference to what is not there are refused here, for MiniStack takes them all.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from refusals import nearest
from rehearsal.clouds import Clouds
from rehearsal.errors import LaunchError, RehearsalError
from rehearsal.outcome import Launch, Listener
from rehearsal.references import unresolved
from template_reader.file import Template, read_template

MOST_INLINE = 51_200
LOOKED_UP = "AWS::SSM::Parameter::Value"
PATIENCE = 30.0
PAUSE = 0.005
MEND = "mend it there, or in what it is rendered from, and `make templates`"
UNTRUSTED = re.compile(r"cannot be assumed by (\S+\.amazonaws\.com)")
TRUST = (
    "AssumeRolePolicyDocument the statement "
    "{{Effect: Allow, Principal: {{Service: {}}}, Action: sts:AssumeRole}}"
)
# The one region that S3 does not want to be told.
UNTOLD = "us-east-1"


@dataclass(frozen=True)
class Order:
    """A stack to be launched: from which template, where, and what its parameters are given."""

    template: str
    stack: str
    account: str
    region: str
    given: Mapping[str, str] = field(default_factory=dict)


def output(launch: Launch, name: str) -> str:
    """Return an output of a stack that another stack is told. Raise `RehearsalError`."""
    if name not in launch.outputs:
        near = nearest(name, launch.outputs) or f"; {MEND}"
        why = f"has no output {name}, which is needed next"
        raise RehearsalError(f"{launch.template}.yaml: stack {launch.stack} {why}{near}")
    return launch.outputs[name]


@dataclass(frozen=True)
class Launcher:
    """Whoever launches: the folder its templates stand in, who hears of each stack, those there."""

    folder: Path
    clouds: Clouds
    listener: Listener
    launched: list[Launch] = field(default_factory=list, repr=False)
    _templates: dict[str, Template] = field(default_factory=dict, repr=False)

    def read(self, template: str) -> Template:
        """Return a template of the folder, or raise `RehearsalError`."""
        path = self.folder / f"{template}.yaml"
        if not path.is_file():
            raise RehearsalError(f"{path}: is not there; `make templates` renders it")
        if template not in self._templates:
            self._templates[template] = read_template(path)
        return self._templates[template]

    def taken(self, template: str, known: Mapping[str, str]) -> dict[str, str]:
        """Return those of the values known that a template asks for and does not look up."""
        asked = self.read(template).section("Parameters")
        return {
            name: value
            for name, value in known.items()
            if name in asked and not str(asked[name]["Type"]).startswith(LOOKED_UP)
        }

    def launch(self, order: Order) -> Launch:
        """Launch a stack. Raise `RehearsalError` with the first thing in it that failed."""
        _refuse_misfit(self.read(order.template), order.given)
        _refuse_unresolved(self.read(order.template))
        began = time.monotonic()
        client = self.clouds.client("cloudformation", order.region, order.account)
        self._create(client, order)
        stack = self._await(client, order)
        found = client.describe_stack_resources(StackName=order.stack)["StackResources"]
        launch = Launch(
            template=order.template,
            stack=order.stack,
            account=order.account,
            region=order.region,
            outputs={each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])},
            resources={each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found},
            seconds=time.monotonic() - began,
        )
        self.launched.append(launch)
        self.listener.launched(launch)
        return launch

    def launch_all(self, orders: Iterable[Order]) -> tuple[Launch, ...]:
        """Launch stacks side by side that do not need each other."""
        with ThreadPoolExecutor() as pool:
            return tuple(pool.map(self.launch, orders))

    def _create(self, client: Any, order: Order) -> None:
        try:
            client.create_stack(
                StackName=order.stack,
                **self._source(order),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[
                    {"ParameterKey": name, "ParameterValue": value}
                    for name, value in order.given.items()
                ],
            )
        except ClientError as error:
            said = error.response["Error"]["Message"]
            raise self._failure(order, f"is refused: {said}") from None

    def _source(self, order: Order) -> dict[str, str]:
        """Return the template's text; if that is too long for a call, where it was put."""
        body = (self.folder / f"{order.template}.yaml").read_text(encoding="utf-8")
        if len(body.encode()) <= MOST_INLINE:
            return {"TemplateBody": body}
        bucket = f"templates-{order.account}-{order.region}"
        s3 = self.clouds.client("s3", order.region, order.account)
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(Bucket=bucket, **in_region(order.region))
        s3.put_object(Bucket=bucket, Key=order.template, Body=body.encode())
        return {"TemplateURL": f"{self.clouds.of(order.region).url}/{bucket}/{order.template}"}

    def _await(self, client: Any, order: Order) -> dict[str, Any]:
        """Return the stack once it stands."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            stack: dict[str, Any] = client.describe_stacks(StackName=order.stack)["Stacks"][0]
            if stack["StackStatus"] == "CREATE_COMPLETE":
                return stack
            if not stack["StackStatus"].endswith("IN_PROGRESS"):
                raise self._failure(order, _first_failure(client, order.stack))
            time.sleep(PAUSE)
        raise self._failure(order, f"is not made within {PATIENCE:.0f} seconds")

    def _failure(self, order: Order, why: str) -> LaunchError:
        where = f"stack {order.stack} in account {order.account}, {order.region}"
        return LaunchError(f"{self.folder / order.template}.yaml: {where}: {why}; {MEND}")


def in_region(region: str) -> dict[str, Any]:
    """Return what says to S3 where a bucket is to be."""
    told = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    return {} if region == UNTOLD else told


def _first_failure(client: Any, stack: str) -> str:
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [each for each in reversed(events) if "FAILED" in each["ResourceStatus"]]
    if not failed:
        return f"ended as {events[0]['ResourceStatus']}"
    first = failed[0]
    said = _named(str(first.get("ResourceStatusReason", "no reason")), events)
    return f"{first['LogicalResourceId']} failed: {said}"


def _named(said: str, events: Iterable[Mapping[str, str]]) -> str:
    """Return what is said, with the logical id beside the name AWS gave to a resource.

    Where a role is not trusting enough, it says what to add.
    """
    names = {each.get("PhysicalResourceId"): each["LogicalResourceId"] for each in events}
    for physical, logical in names.items():
        if physical and physical != logical:
            said = said.replace(physical, f"{physical} ({logical} in the template)")
    untrusted = UNTRUSTED.search(said)
    return f"{said}; add to its {TRUST.format(untrusted[1])}" if untrusted else said


def _refuse_unresolved(template: Template) -> None:
    """Refuse a reference to what is not there, as CloudFormation does."""
    if names := unresolved(template):
        raise RehearsalError(
            f"{template.path}: refers to {', '.join(names)}, and has no such resource or "
            f"parameter; {MEND}"
        )


def _refuse_misfit(template: Template, given: Mapping[str, str]) -> None:
    """Refuse what CloudFormation refuses: a parameter too many, or one without a value."""
    asked = template.section("Parameters")
    for name in sorted(given.keys() - asked.keys()):
        near = nearest(name, asked) or f"; {MEND}"
        raise RehearsalError(f"{template.path}: has no parameter {name}, and is told one{near}")
    for name, parameter in asked.items():
        if name not in given and "Default" not in parameter:
            why = "and nothing that is launched before says what that is"
            raise RehearsalError(f"{template.path}: asks for {name}, {why}; give it a Default")
