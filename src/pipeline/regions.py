"""The regions a launch template lets people choose, and what must hold between them."""

from __future__ import annotations

from troposphere import Ref, Template

from pipeline.names import label
from pipeline.parameters import Assertion, Question, add_rule, all_differ, none_of, one_of, text
from pipeline.partitions import partition_of
from pipeline.topology import Topology


def questions(topology: Topology) -> tuple[Question, ...]:
    """Return one question for each region that is a parameter: a list of its partition's."""
    others = [region for region in topology.every_region if region != topology.home]
    return tuple(
        text(
            region.parameter,
            f"Target region {at}",
            f"Region to deploy to beside the one this stack is launched in, for example "
            f"{region.name}.",
            default=region.name,
            **one_of(partition_of(region.name).regions),
        )
        for at, region in enumerate(others, start=1)
        if region.parameter
    )


def prepare(template: Template, topology: Topology) -> None:
    """Add that no two regions are one; those written in the template are known to differ."""
    add_rule(template, "RegionsDiffer", _assertions(topology))


def _assertions(topology: Topology) -> list[Assertion]:
    asked = [region for region in topology.other_regions if region.parameter]
    written = [region.name for region in topology.other_regions if not region.parameter]
    home = ("The region of this stack", Ref("AWS::Region"))
    chosen = [home, *((label(region), Ref(region.parameter)) for region in asked)]
    mend = "choose regions that differ."
    return [
        *all_differ(chosen, mend),
        *(none_of(each, written, mend) for each in chosen if written),
    ]
