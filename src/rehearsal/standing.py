"""Looks at what stands after an execution: each application's stack, and what runs in it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.clouds import Clouds
from rehearsal.estate import Target
from rehearsal.outcome import Seen

GROUP = "AWS::AutoScaling::AutoScalingGroup"
FUNCTION = "AWS::Lambda::Function"
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
LIVE = ("pending", "running")
PAUSE = 0.01


@dataclass(frozen=True)
class Standing:
    """A target as it is: the stack's status, ids of what runs there, and what that is made of.

    `code` holds images of instances, or hashes of functions' code.
    """

    target: Target
    status: str
    running: frozenset[str]
    code: frozenset[str]

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return _place(self.target)


def _place(target: Target) -> str:
    return f"{target.stage} in {target.region} of account {target.account}"


def look(clouds: Clouds, targets: Iterable[Target]) -> list[Standing]:
    """Look at every target as the root of its account, who changes nothing."""
    return [_look(clouds, target) for target in targets]


def after_creation(now: Iterable[Standing]) -> Iterator[Seen]:
    """What must be seen once everything was deployed for the first time."""
    for each in now:
        made = f"{len(each.running)} running, of {_words(each.code)}"
        yield Seen(_is_up(each) and len(each.code) == 1, f"{each.place}: {each.status}, {made}")


def after_update(before: Iterable[Standing], now: Iterable[Standing]) -> Iterator[Seen]:
    """What must be seen once another commit was deployed: other code, in other instances."""
    for old, new in zip(before, now, strict=True):
        other = _is_up(new) and not old.code & new.code
        replaced = not (old.running & new.running) or not _is_instance(new)
        what = "instances replaced" if _is_instance(new) else "function updated"
        words = f"{what}: {_words(old.code)} before, {_words(new.code)} now"
        yield Seen(other and replaced, f"{new.place}: {new.status}, {words}")


def after_refusal(
    before: Iterable[Standing], now: Iterable[Standing], refused: Target
) -> Iterator[Seen]:
    """What must be seen once a place refused: its stack is as it was before."""
    for old, new in zip(before, now, strict=True):
        if new.target == refused:
            same = new.status == "UPDATE_ROLLBACK_COMPLETE" and old.code == new.code
            words = f"rolled back to {_words(new.code)}"
            yield Seen(same, f"{new.place}: {new.status}, {words}")
        else:
            what = "as it was" if old.code == new.code else f"now {_words(new.code)}"
            yield Seen(_is_up(new), f"{new.place}: {new.status}, {what}")


def after_deletion(clouds: Clouds, targets: Iterable[Target]) -> Iterator[Seen]:
    """Delete each stack as a person does who is done with it, under the role it was made with."""
    for target in targets:
        client = clouds.client("cloudformation", target.region, target.account)
        client.delete_stack(StackName=target.stack)
        status = _end(client, target.stack)
        gone = status == "DELETE_COMPLETE"
        yield Seen(gone, f"{_place(target)}: deleted for good: {status}")


def _end(client: Any, stack: str) -> str:
    """Return the status of a stack once nothing is under way in it."""
    while True:
        try:
            (found,) = client.describe_stacks(StackName=stack)["Stacks"]
        except ClientError:
            return "DELETE_COMPLETE"
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            return str(found["StackStatus"])
        time.sleep(PAUSE)


def _look(clouds: Clouds, target: Target) -> Standing:
    client = clouds.client("cloudformation", target.region, target.account)
    try:
        (stack,) = client.describe_stacks(StackName=target.stack)["Stacks"]
    except ClientError:
        return Standing(target, "is not there", frozenset(), frozenset())
    found = client.describe_stack_resources(StackName=target.stack)["StackResources"]
    running: dict[str, str] = {}
    for each in found:
        if each["ResourceType"] in LOOKS:
            running |= LOOKS[each["ResourceType"]](clouds, target, each["PhysicalResourceId"])
    codes = frozenset(running.values())
    return Standing(target, stack["StackStatus"], frozenset(running), codes)


def _instances(clouds: Clouds, target: Target, group: str) -> Mapping[str, str]:
    """Return the images of a group's instances by their ids."""
    ec2 = clouds.client("ec2", target.region, target.account)
    wanted = [
        {"Name": "tag:aws:autoscaling:groupName", "Values": [group]},
        {"Name": "instance-state-name", "Values": LIVE},
    ]
    found = ec2.describe_instances(Filters=wanted)["Reservations"]
    instances: list[Mapping[str, Any]] = [one for each in found for one in each["Instances"]]
    return {each["InstanceId"]: each["ImageId"] for each in instances}


def _function(clouds: Clouds, target: Target, name: str) -> Mapping[str, str]:
    """Return the hash of a function's code by its name."""
    client = clouds.client("lambda", target.region, target.account)
    found = client.get_function_configuration(FunctionName=name)
    return {name: f"code {found['CodeSha256'][:12]}"}


def _is_up(one: Standing) -> bool:
    return one.status in DONE and bool(one.running)


def _is_instance(one: Standing) -> bool:
    return any(each.startswith("ami-") for each in one.code)


def _words(code: Iterable[str]) -> str:
    return " and ".join(sorted(code)) or "nothing"


LOOKS = {GROUP: _instances, FUNCTION: _function}
