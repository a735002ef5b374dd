"""Does what EventBridge does when a schedule is due: sends each target of its rule what it is told.

A function is invoked only if its policy lets the rule invoke it.

Not as in AWS: a function's end is awaited, and one that fails is not tried again; targets other
than functions, and inputs made from an event, are refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.embedded_aws import EmbeddedAws, root
from rehearsal.errors import RehearsalError
from rehearsal.events_access import EVENTS, lets

INVOKE = "lambda:InvokeFunction"
RULE = "AWS::Events::Rule"
MADE_INPUTS = ("InputPath", "InputTransformer")


def schedules_in(aws: EmbeddedAws, account: str, region: str, stack: str) -> tuple[str, ...]:
    """Return the names of the rules of a stack that are due by time, and are enabled."""
    cloudformation = aws.client("cloudformation", region, root(account))
    found = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    names = [each["PhysicalResourceId"] for each in found if each["ResourceType"] == RULE]
    events = aws.client("events", region, root(account))
    rules = [events.describe_rule(Name=each) for each in names]
    return tuple(each["Name"] for each in rules if _is_due(each))


def fire(aws: EmbeddedAws, account: str, region: str, rule: str) -> tuple[str, ...]:
    """Do what a rule does when it is due; return what each function that fails says.

    Raises `RehearsalError` if the rule never is, or its targets would not be reached.
    """
    events = aws.client("events", region, root(account))
    try:
        found = events.describe_rule(Name=rule)
        targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    except ClientError as error:
        raise RehearsalError(f"{region}: rule {rule}: {error}; deploy its stack") from None
    if not targets or not _is_due(found):
        raise RehearsalError(
            f"{region}: rule {rule} does nothing: it has {len(targets)} targets, is "
            f"{found['State']}, its schedule is {found.get('ScheduleExpression') or 'none'}; "
            "give it what it lacks in its template"
        )
    functions = aws.client("lambda", region, root(account))
    said = [_send(functions, found["Arn"], each) for each in targets]
    return tuple(filter(None, said))


def _is_due(rule: Mapping[str, Any]) -> bool:
    """Return whether there is a time at which a rule is due."""
    return rule["State"] == "ENABLED" and bool(rule.get("ScheduleExpression"))


def _send(functions: Any, rule: str, target: Mapping[str, Any]) -> str:
    """Send a target its input; return why it failed, '' if it did not."""
    arn = target["Arn"]
    if arn.split(":")[2] != "lambda" or any(each in target for each in MADE_INPUTS):
        raise RehearsalError(
            f"{rule}: target {arn} is no function with an Input of its own, and no other is "
            "rehearsed; write Input in the rule, or rehearse without it"
        )
    if not lets(_policy(functions, arn), INVOKE, arn, rule):
        raise RehearsalError(
            f"{arn}: its policy does not let {rule} invoke it; write an AWS::Lambda::Permission "
            f"of Principal {EVENTS} with the rule's ARN as SourceArn"
        )
    answer = functions.invoke(FunctionName=arn, Payload=target.get("Input") or _event(rule))
    said = answer["Payload"].read().decode()
    return str(json.loads(said)["errorMessage"]) if "FunctionError" in answer else ""


def _policy(functions: Any, arn: str) -> dict[str, Any]:
    """Return a function's policy, one without statements if it has none."""
    try:
        policy: dict[str, Any] = json.loads(functions.get_policy(FunctionName=arn)["Policy"])
    except functions.exceptions.ResourceNotFoundException:
        return {"Statement": []}
    return policy


def _event(rule: str) -> str:
    """Return what a function of a rule without an Input is told."""
    *_, region, account, _name = rule.split(":")
    kind = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
    return json.dumps({**kind, "region": region, "account": account, "resources": [rule]})
