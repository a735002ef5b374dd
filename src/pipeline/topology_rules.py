"""What AWS would refuse later of a topology as a whole, refused as soon as it is read.

The limits are those of the CodePipeline pipeline structure reference, less what the pipeline itself
needs: five stages stand before the first that deploys.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.topology import ArtifactStores, Region, Topology

STAGES_BEFORE_DEPLOY = ("Source", "StaticAnalysis", "SecurityAnalysis", "Build", "CopyImage")
MOST_STAGES = 50
MOST_ACTIONS = 1_000
# Ours: n regions to choose make n * n rules, which cfn-lint weighs for half a minute here.
MOST_ASKED_REGIONS = 10


def refuse_what_aws_would(topology: Topology) -> None:
    """Raise `InputError` for the first thing AWS would refuse; it names the key, not the file."""
    for refuse in _REFUSALS:
        refuse(topology)


def _refuse_doubled_names(topology: Topology) -> None:
    """Stage names become stack names, where case makes no difference."""
    holders = {name.lower(): "a stage of every pipeline" for name in STAGES_BEFORE_DEPLOY}
    for at, stage in enumerate(topology.stages, start=1):
        if stage.name.lower() in holders:
            why = f"{stage.name!r} names {holders[stage.name.lower()]}, whatever the case"
            raise InputError(f"stage[{at}].name: {why}; choose another name")
        holders[stage.name.lower()] = f"stage[{at}]"


def _refuse_two_spellings(topology: Topology) -> None:
    """One region, one parameter: else two parameters could come to mean the same store."""
    by_name: dict[str, Region] = {}
    by_parameter: dict[str, Region] = {}
    for place, region in _target_regions(topology):
        first = by_name.setdefault(region.name, region)
        if first != region:
            why = f"{region.name} is given {first.parameter or 'no parameter'} before this"
            raise InputError(f"{place}.parameter: {why}; write the same here")
        first = by_parameter.setdefault(region.parameter or region.name, region)
        if first != region:
            why = f"{region.parameter} stands for {first.name} before this"
            raise InputError(f"{place}.parameter: {why}; choose another name")


def _target_regions(topology: Topology) -> Iterator[tuple[str, Region]]:
    for at, stage in enumerate(topology.stages, start=1):
        for number, target in enumerate(stage.targets, start=1):
            yield f"stage[{at}].target[{number}]", target.region


def _refuse_what_codepipeline_refuses(topology: Topology) -> None:
    most_stages = MOST_STAGES - len(STAGES_BEFORE_DEPLOY)
    most_targets = MOST_ACTIONS - len(STAGES_BEFORE_DEPLOY)
    targets = sum(len(stage.targets) for stage in topology.stages)
    if len(topology.stages) > most_stages:
        stages = len(topology.stages)
        raise InputError(f"stage: {stages} stages, and {most_stages} fit; make a second topology")
    if targets > most_targets:
        raise InputError(
            f"stage: {targets} targets, and {most_targets} fit; make a second topology"
        )


def _refuse_what_no_form_can_ask(topology: Topology) -> None:
    asked = sum(
        bool(region.parameter) for region in topology.every_region if region != topology.home
    )
    stores = len(topology.regions)
    if asked > MOST_ASKED_REGIONS:
        why = f"{asked} regions are asked for, and {MOST_ASKED_REGIONS} fit"
        raise InputError(f"stage.target.parameter: {why}; leave it out at the others")
    if topology.artifact_stores is not ArtifactStores.NAMED and stores > MOST_ASKED_REGIONS:
        why = f"the stores of {stores} regions are asked for, and {MOST_ASKED_REGIONS} fit"
        # Stores that are stored are so because other accounts need the ids of their keys.
        stored = topology.artifact_stores is ArtifactStores.STORED
        mend = (
            "name the others in a second topology" if stored else 'write artifact_stores = "named"'
        )
        raise InputError(f"artifact_stores: {why}; {mend}")


_REFUSALS = (
    _refuse_doubled_names,
    _refuse_two_spellings,
    _refuse_what_codepipeline_refuses,
    _refuse_what_no_form_can_ask,
)
