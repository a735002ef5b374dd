"""Says why a stack failed: account, region, stack, the first resource that did, and the mend."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.actions.work import ActionError, Work

NOT_ALLOWED = re.compile(r"not authorized to perform:? (\S+)")
BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")


def explain(work: Work) -> ActionError:
    """Return the error of an action whose stack is not as it should be."""
    name = work.told("StackName")
    client = work.client("cloudformation")
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    failed = _first_failed(name, events)
    status = next((each["ResourceStatus"] for each in events if _is_stack(each, name)), "gone")
    account = work.role.split(":")[4]
    place = f"stack {name} in {work.action.region} of account {account} is {status}"
    if failed is None:
        return ActionError(f"{place}; no resource says why", "look at its events")
    what = f"{failed['LogicalResourceId']} ({failed['ResourceType']})"
    reason = failed.get("ResourceStatusReason", "no reason is given").rstrip(".")
    return ActionError(f"{place}; first to fail was {what}: {reason}", _mend(reason, work))


def _first_failed(name: str, events: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the first resource to fail since the stack last began; events come newest first."""
    failed = None
    for each in events:
        if _is_stack(each, name) and each["ResourceStatus"] in BEGINNINGS:
            break
        if each["ResourceStatus"].endswith("_FAILED") and not _is_stack(each, name):
            failed = each
    return failed


def _is_stack(event: Mapping[str, Any], name: str) -> bool:
    return bool(event["LogicalResourceId"] == name)


def _mend(reason: str, work: Work) -> str:
    if found := NOT_ALLOWED.search(reason):
        return f"let the stack's CloudFormation role do {found[1]}"
    template = work.told("TemplatePath", "the template of the stack")
    return f"correct {template} by what is said above, and push again"
