"""The report for programs."""

from __future__ import annotations

import json
from typing import Any

from outcomes import GREEN, OTHER, OUTCOMES, RED, STATEMENT

from rehearsal.report import show

KEYS = {
    "format green verdict problems",
    "pipelines pipeline template launches executions stood_in not_shown seconds",
    "grants_measured unused_grants",
    "stack account region outputs resources",
    "title id wanted status actions seen",
    "stage action provider attempt began said why mend refused log",
    "holds sentence principal resource reason statement because role",
    "execution says grants embedded commands whole",
    "RoleName CloudFormationRole BuildRole",
}


def keys(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*map(keys, node.values()))
    return set().union(*map(keys, node)) if isinstance(node, list) else set()


def test_keys_are_those_that_were_promised() -> None:
    data = json.loads(show(OUTCOMES["red"], "json"))
    assert data["format"] == 1
    assert keys(data) == {key for line in KEYS for key in line.split()}


def test_the_facts_are_those_of_the_outcomes() -> None:
    data = json.loads(show((RED, OTHER), "json"))
    assert data["green"] is False
    assert [each["green"] for each in data["pipelines"]] == [False, True]
    first, *_others = data["problems"]
    assert (first["action"], first["grants"][0]["statement"]) == ("Deploy.ap-south-1", STATEMENT)
    executions = data["pipelines"][0]["executions"]
    assert [each["status"] for each in executions] == ["Succeeded", "Failed"]
    assert [len(each["actions"]) for each in executions] == [5, 5]
    denied = executions[1]["actions"][-1]
    assert (denied["region"], denied["said"]) == ("ap-south-1", None)
    assert denied["refused"][0]["action"] == "ec2:RunInstances"
    assert [each["because"] is None for each in data["pipelines"][0]["unused_grants"]] == [
        *(False, True)
    ]
    assert len(data["pipelines"][0]["launches"]) == len(RED.launches)


def test_green_is_green_and_nothing_is_not() -> None:
    data = json.loads(show((GREEN,), "json"))
    assert (data["green"], data["problems"]) == (True, [])
    assert json.loads(show((), "json"))["green"] is False
