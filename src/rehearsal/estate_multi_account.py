"""Launches a multi-account pipeline: stores, roles, what each other account needs, the pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal.estate_ground import Ground
from rehearsal.estate_stores import answers, launch_stores, needed_stores
from rehearsal.launching import Order, output
from rehearsal.outcome import Launch

ACCESS = "china-access"
INSIDE = "cross-account-role"


def launch(ground: Ground) -> tuple[Launch, ...]:
    """Launch what the pipeline needs and the pipeline, which is the last that is returned."""
    launcher, home = ground.launcher, ground.site.home
    needed = needed_stores(ground.template, home)
    readers = dict.fromkeys(ground.account_of(each) for each in ground.site.at_home if each.account)
    stores = launch_stores(launcher, needed, ground.account, home, readers)
    known = ground.known | ground.source() | answers(needed, stores)
    name = f"{ground.site.name}-service-roles"
    given = launcher.taken(name, known)
    stack = f"{ground.project}-roles"
    roles = launcher.launch(Order(name, stack, ground.account, home, given))
    pipeline = launcher.taken(ground.pipeline, known)
    orders = (
        *_inside(ground, {each.region: each for each in stores}, roles),
        Order(ground.pipeline, ground.stack, ground.account, home, pipeline),
    )
    return (*stores, roles, *launcher.launch_all(orders))


def _inside(ground: Ground, stores: dict[str, Launch], roles: Launch) -> Iterator[Order]:
    """Yield what the account of each stage launches, once for all its regions."""
    others = [each for each in ground.site.at_home if each.account]
    for stage in dict.fromkeys(each.stage for each in others):
        its = [each for each in others if each.stage == stage]
        read = [stores[each.region] for each in its]
        given = {
            "ProjectName": ground.project,
            "StageName": stage.lower(),
            "PipelineRoleArn": output(roles, "CodePipelineServiceRoleArn"),
            "ReviewerRoleArn": roles.outputs.get("ReviewServiceRoleArn", ""),
            "ArtifactArns": ",".join(output(each, "ArtifactArns") for each in read),
            "ArtifactKeyArns": ",".join(output(each, "KeyArn") for each in read),
        }
        stack = f"{ground.project}-{stage.lower()}-access"
        yield Order(INSIDE, stack, ground.account_of(its[0]), ground.site.home, given)
