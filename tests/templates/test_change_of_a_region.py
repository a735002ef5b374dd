"""Changing one region in the topology changes what a reviewer expects, and nothing else."""

from __future__ import annotations

import difflib

from templates.committed import PROJECT

from pipeline.render import render_yaml
from pipeline.stacks import multi_region_pipeline
from pipeline.topology_file import parse_topology

TOPOLOGY = (PROJECT / "topologies" / "multi-region.toml").read_text()
LITERAL = TOPOLOGY.replace('parameter = "OtherRegion1"\n', "").replace('"asked"', '"named"')


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that differ, marked - and +, without their place."""
    diff = difflib.ndiff(rendered(before), rendered(after))
    return [line for line in diff if line[0] in "+-"]


def rendered(topology: str) -> list[str]:
    """Return the lines of the pipeline a topology renders to."""
    template = multi_region_pipeline.build(parse_topology(topology, name="orders"))
    return render_yaml(template, header="test").splitlines()


def test_a_region_that_is_asked_for_changes_its_default_and_examples() -> None:
    lines = changed_lines(TOPOLOGY, TOPOLOGY.replace("us-east-2", "eu-west-1"))
    assert [line[2:].split(":")[0].strip() for line in lines[::2]] == [
        "Description",
        "Default",
        "Description",
        "Description",
    ]


def test_a_region_that_is_written_down_changes_only_lines_that_name_it() -> None:
    lines = changed_lines(LITERAL, LITERAL.replace("us-east-2", "eu-west-1"))
    assert lines
    for line in lines:
        wanted = (
            ("us-east-2", "UsEast2", "useast2")
            if line[0] == "-"
            else ("eu-west-1", "EuWest1", "euwest1")
        )
        assert any(word in line for word in wanted), line
