"""CloudFormation actions: stacks and change sets, created, replaced, executed and deleted.

As in AWS each call is made by the role that acts, in the action's region, and names the role that
CloudFormation itself takes on.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.actions.stack_failures import explain
from rehearsal.actions.stack_template import read_template
from rehearsal.actions.work import ActionError, Done, Work
from rehearsal.artifacts import Location

PAUSE = 0.01
UNDER_REVIEW = "REVIEW_IN_PROGRESS"
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
FAILED = (
    *("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"),
    *("UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"),
)
NOTHING_CHANGES = ("No updates are to be performed", "didn't contain changes")


def change_stack(work: Work) -> Done:
    """Do what the action's mode says."""
    return MODES[work.told("ActionMode")](work)


def _create_update(work: Work) -> Done:
    stack = _stack(work)
    given = {**read_template(work), "RoleARN": work.told("RoleArn")}
    client = work.client("cloudformation")
    if stack is None or stack["StackStatus"] == UNDER_REVIEW:
        client.create_stack(StackName=work.told("StackName"), **given)
    else:
        try:
            client.update_stack(StackName=work.told("StackName"), **given)
        except ClientError as error:
            if NOTHING_CHANGES[0] not in str(error):
                raise
            return _outcome(work, stack, "nothing changes")
    return _outcome(work, _await(work))


def _replace_on_failure(work: Work) -> Done:
    stack = _stack(work)
    if stack is not None and stack["StackStatus"] in FAILED:
        _delete(work)
    return _create_update(work)


def _delete_only(work: Work) -> Done:
    if _stack(work) is None:
        return Done("there is no such stack")
    _delete(work)
    return Done("deleted")


def _replace_change_set(work: Work) -> Done:
    client, named = work.client("cloudformation"), _named(work)
    stack = _stack(work)
    is_new = stack is None or stack["StackStatus"] == UNDER_REVIEW
    if not is_new or stack:
        client.delete_change_set(**named)
    client.create_change_set(
        **named,
        **read_template(work),
        RoleARN=work.told("RoleArn"),
        ChangeSetType="CREATE" if is_new else "UPDATE",
    )
    found = client.describe_change_set(**named)
    while found["Status"].endswith(("PENDING", "IN_PROGRESS")):
        time.sleep(PAUSE)
        found = client.describe_change_set(**named)
    if found["Status"] == "FAILED":
        why = found.get("StatusReason", "no reason is given")
        if NOTHING_CHANGES[1] not in why:
            raise ActionError(f"change set {named['ChangeSetName']} cannot be made: {why}")
    return Done(f"change set of {len(found['Changes'])} changes")


def _execute_change_set(work: Work) -> Done:
    client, named = work.client("cloudformation"), _named(work)
    found = client.describe_change_set(**named)
    if found["Status"] == "FAILED" and NOTHING_CHANGES[1] in found.get("StatusReason", ""):
        return _outcome(work, _await(work), "nothing changes")
    client.execute_change_set(**named)
    return _outcome(work, _await(work))


def _named(work: Work) -> dict[str, str]:
    return {"StackName": work.told("StackName"), "ChangeSetName": work.told("ChangeSetName")}


def _stack(work: Work) -> dict[str, Any] | None:
    """Return the stack as the acting role sees it, None if there is none."""
    client = work.client("cloudformation")
    try:
        found: dict[str, Any] = client.describe_stacks(StackName=work.told("StackName"))
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
    stack: dict[str, Any] = found["Stacks"][0]
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def _await(work: Work) -> dict[str, Any]:
    """Return the stack once nothing is under way in it."""
    while True:
        stack = _stack(work)
        if stack is None or not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack or {"StackStatus": "DELETE_COMPLETE"}
        if stack["StackStatus"] == UNDER_REVIEW:
            return stack
        time.sleep(PAUSE)


def _delete(work: Work) -> None:
    client = work.client("cloudformation")
    client.delete_stack(StackName=work.told("StackName"), RoleARN=work.told("RoleArn"))
    if _await(work)["StackStatus"] != "DELETE_COMPLETE":
        raise explain(work)


def _outcome(work: Work, stack: Mapping[str, Any], said: str = "") -> Done:
    """Return what the stack gives, which are its outputs; raise if it is not as it should be.

    How it ended before does not matter where nothing was done, of which something is `said`.
    """
    status = stack["StackStatus"]
    if not said and status not in DONE:
        raise explain(work)
    given = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    return Done(said or status, given, _file_of_outputs(work, given))


def _file_of_outputs(work: Work, given: Mapping[str, str]) -> dict[str, Location]:
    if not (work.action.outputs and work.told("OutputFileName")):
        return {}
    (artifact,) = work.action.outputs
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(work.told("OutputFileName"), json.dumps(given))
    return {artifact: work.stores.put(work.who, artifact, work.action.region, packed.getvalue())}


MODES = {
    "CREATE_UPDATE": _create_update,
    "REPLACE_ON_FAILURE": _replace_on_failure,
    "CHANGE_SET_REPLACE": _replace_change_set,
    "CHANGE_SET_EXECUTE": _execute_change_set,
    "DELETE_ONLY": _delete_only,
}
