"""Rules about the regions a pipeline acts in, and the artifact stores it needs there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from aws_reference.regions import partition_by_region
from refusals import nearest
from review.pipeline_case import STORE, TWIN, of_action, of_pipeline
from review.pipeline_values import Value
from review.pipeline_view import Pipeline, home_of
from review.rule import Found, rule
from template_reader.text import line_of_key

GUIDE = "CodePipeline user guide, add a cross-Region action"
ONLY_STORE = f"ArtifactStores: null, {STORE}"
# Of which stores' regions an action's region differs for sure where it is written otherwise.
COMPARABLE = {
    "literal": {"literal", "own"},
    "own": {"parameter"},
    "parameter": {"own", "parameter"},
}


@rule(
    judges=Pipeline,
    id="MP101",
    sentence="An action acts in a region that has an artifact store.",
    mend="add an artifact store in that region, or let the action act in another",
    reason="Artifacts go through a bucket in the action's region; CodePipeline refuses the rest.",
    source=GUIDE,
    passes=of_pipeline(f"ArtifactStores: [{{Region: ap-south-1, {STORE}}}]"),
    fails=of_action("Deploy.Twin", "Region: ap-south-1"),
)
def action_without_store(pipeline: Pipeline) -> Iterator[Found]:
    """Yield actions in a region without a store, where regions can be told apart."""
    there = [each.region for each in pipeline.stores]
    if not (there and pipeline.stores_known and _are_fit(there)):
        return
    main = _main_partition(pipeline)
    for action in pipeline.actions:
        is_near = partition_by_region().get(action.region.text or "", main) == main
        if action.region_given and is_near and _is_none_of(action.region, there):
            words = f"{action.place} acts in {action.region.shown}, where no artifact store is"
            yield Found(action.line("Region"), words)


@rule(
    judges=Pipeline,
    id="MP103",
    sentence="Artifact stores and actions name regions that AWS has.",
    mend="write the region as AWS does",
    reason="CodePipeline refuses a region it does not know.",
    passes=of_action("Deploy.Home", "Region: us-east-1"),
    fails=of_action("Deploy.Twin", "Region: eu-wset-1"),
)
def unknown_region(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the regions that no partition has."""
    for line, place, region in _regions(pipeline):
        if region.text is not None and region.text not in partition_by_region():
            near = nearest(region.text, partition_by_region())
            yield Found(line, f"{place}: {region.shown} is no AWS region{near}")


@rule(
    judges=Pipeline,
    id="MP105",
    sentence="A pipeline acts in the regions of one partition.",
    mend="deploy there from a build, or from a pipeline of that partition",
    reason="Neither roles nor buckets reach across partitions, as from aws to aws-cn.",
    passes=of_pipeline(f"ArtifactStores: [{{Region: ap-south-1, {STORE}}}]"),
    fails=of_pipeline(f"ArtifactStores: [{{Region: cn-north-1, {STORE}}}]"),
)
def other_partition(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the regions of another partition than most."""
    main = _main_partition(pipeline)
    for line, place, region in _regions(pipeline):
        partition = partition_by_region().get(region.text or "")
        if partition not in {None, main}:
            words = f"{place}: {region.shown} is of {partition}, other regions are of {main}"
            yield Found(line, words)


@rule(
    judges=Pipeline,
    id="MP106",
    sentence="A pipeline that acts in several regions has ArtifactStores.",
    mend="write ArtifactStores, with one for each region",
    reason="ArtifactStore is that of the pipeline's region; actions elsewhere are refused.",
    source=GUIDE,
    passes=of_pipeline(f"ArtifactStores: [{{{TWIN}}}]"),
    fails=of_pipeline(ONLY_STORE),
)
def one_store_for_several_regions(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the only store of a pipeline whose actions name regions that differ."""
    given = [each.region for each in pipeline.actions if each.region_given]
    literal = {each.text for each in given if each.text in partition_by_region()}
    has_own = any(each.is_own_region for each in given)
    others = {each.shown for each in given if has_own and _kind(each) == "parameter"}
    different = {*literal, *others, *(["the pipeline's own"] if has_own else [])}
    if pipeline.store and "ArtifactStores" not in pipeline.node and len(different) > 1:
        words = f"has only one ArtifactStore for {', '.join(sorted(map(str, different)))}"
        yield Found(pipeline.line("ArtifactStore"), words)


@rule(
    judges=Pipeline,
    id="MP107",
    sentence="Sources, approvals and actions of other providers act in the pipeline's region.",
    mend="leave its Region out",
    reason="CodePipeline has no cross-region actions of these kinds.",
    source=GUIDE,
    passes=of_action("Deploy.Approve", "Region: us-east-1"),
    fails=of_action("Deploy.Approve", "Region: eu-west-1"),
)
def action_that_stays_elsewhere(pipeline: Pipeline) -> Iterator[Found]:
    """Yield actions that cannot leave the pipeline's region, as far as that is known."""
    staying = [
        each
        for each in pipeline.actions
        if each.kind[1].text in {"Custom", "ThirdParty"} or (each.type and not each.type.elsewhere)
    ]
    named = (each.region.text for each in staying if each.region.text in partition_by_region())
    home = home_of(pipeline) or next(named, None)
    for action in staying:
        if action.region.text in partition_by_region() and action.region.text != home:
            words = f"{action.place} cannot act in {action.region.shown}; the pipeline is in {home}"
            yield Found(action.line("Region"), words)


def _regions(pipeline: Pipeline) -> Iterator[tuple[int, str, Value]]:
    """Yield line, place and region of every store and every action that names one."""
    for store in pipeline.stores:
        yield line_of_key(store.node, "Region"), "ArtifactStores", store.region
    for action in pipeline.actions:
        if action.region_given:
            yield action.line("Region"), action.place, action.region


def _main_partition(pipeline: Pipeline) -> str | None:
    found = (partition_by_region().get(region.text or "") for *_, region in _regions(pipeline))
    return next((name for name, _ in Counter(filter(None, found)).most_common()), None)


def _are_fit(stores: list[Value]) -> bool:
    """Return whether each store's region is another, and none is misspelt."""
    literal = {each.text for each in stores if each.text is not None}
    is_known = literal <= partition_by_region().keys()
    return is_known and len({each.written for each in stores}) == len(stores)


def _is_none_of(region: Value, stores: list[Value]) -> bool:
    """Return whether a region is for sure that of no store; False where nobody can tell."""
    is_there = region.written in {each.written for each in stores}
    return not is_there and {_kind(each) for each in stores} <= COMPARABLE.get(_kind(region), set())


def _kind(region: Value) -> str:
    if region.text is not None:
        return "literal" if region.text in partition_by_region() else "misspelt"
    if region.is_own_region:
        return "own"
    is_reference = len(region.names) == 1 and re.fullmatch(r"\w+", region.names[0])
    return "parameter" if is_reference and not region.known else "other"
