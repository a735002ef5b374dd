"""A multi-region pipeline with targets in other partitions, as tests render it."""

from __future__ import annotations

import functools
import json
import re
from typing import Any

from pipeline.library import Entry
from pipeline.stacks import multi_region_pipeline
from pipeline.topology_file import parse_topology
from topologies import changed, toml

CHINA = {"region": "cn-north-1", "parameter": "ChinaRegion", "account": "ChinaAccountId"}
STAGES: list[dict[str, Any]] = [
    {"name": "Test", "target": [{"region": "us-east-2"}, CHINA]},
    {
        "name": "Live",
        "approval": True,
        "target": [
            {"region": "us-east-1"},
            CHINA,
            {"region": "us-gov-west-1", "account": "111122223333"},
        ],
    },
    {"name": "Late", "approval": True, "target": [{**CHINA, "account": "LateAccountId"}]},
]


@functools.cache
def rendered(access: str = "access-keys") -> Any:
    """Return the template of the stages above, as plain JSON."""
    topology = parse_topology(toml(changed({"stage": STAGES, "access": access})), name="orders")
    entry = Entry("orders-pipeline", multi_region_pipeline, topology)
    return json.loads(json.dumps(entry.build().to_dict()))


def home_side(crossing: str) -> str:
    """Return a template of what a crossing has in the pipeline's stack, but for its project."""
    whole = rendered()
    kept = ("AWS::IAM::Role", "AWS::SSM::Parameter")
    parts = {
        title: each
        for title, each in whole["Resources"].items()
        if title.startswith(crossing) and each["Type"] in kept
    }
    arn = {"Fn::GetAtt": [f"{crossing}CodeBuildServiceRole", "Arn"]}
    sections = {each: whole[each] for each in ("Parameters", "Conditions")}
    return json.dumps({**sections, "Resources": parts, "Outputs": {"Role": {"Value": arn}}})


def variables(project: str) -> dict[str, Any]:
    """Return the variables of a project."""
    listed = rendered()["Resources"][project]["Properties"]["Environment"]["EnvironmentVariables"]
    return {each["Name"]: each["Value"] for each in listed}


def resolve(node: Any, given: dict[str, str]) -> Any:
    """Return a text with its references put in."""
    if isinstance(node, dict) and "Ref" in node:
        return given.get(node["Ref"], node["Ref"])
    if isinstance(node, dict) and "Fn::Sub" in node:
        return re.sub(r"\$\{([^}]+)\}", lambda at: given.get(at[1], at[1]), node["Fn::Sub"])
    return node
