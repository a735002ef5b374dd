"""Launches all that a topology's pipeline needs, and the pipeline, as the README says people do.

It reads the topology and the templates and nothing else. Accounts are invented, but those that a
topology names by their digits; every value that one stack asks of another is that stack's output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from refusals import nearest, quoted
from rehearsal import estate_multi_account, estate_multi_region
from rehearsal.errors import RehearsalError
from rehearsal.estate_access import StoredKey, open_all
from rehearsal.estate_deployments import Deployment, read_deployments
from rehearsal.estate_ground import Ground, number
from rehearsal.estate_topology import Destination, Site, read_site
from rehearsal.launching import Launcher
from rehearsal.outcome import Launch
from template_reader.file import PIPELINE

Kind = Callable[[Ground], tuple[Launch, ...]]
KINDS: Mapping[str, tuple[Kind, str]] = {
    "multi-account": (estate_multi_account.launch, estate_multi_account.ACCESS),
    "multi-region": (estate_multi_region.launch, estate_multi_region.ACCESS),
}


@dataclass(frozen=True)
class Target:
    """Where the stack of an application will stand, and its name."""

    stage: str
    region: str
    account: str
    stack: str


@dataclass(frozen=True)
class Estate:
    """What stands when everything is launched.

    `account` and `region` are the pipeline's, `stack` and `pipeline` its names, `template` the file
    it is from, `accounts` the ids by how the topology names them, `keys` the users' pairs kept at
    home, `given` what the pipeline's template was told beside what other stacks answered.
    """

    name: str
    account: str
    region: str
    stack: str
    pipeline: str
    template: Path
    repository: str
    accounts: Mapping[str, str]
    launches: tuple[Launch, ...]
    targets: tuple[Target, ...]
    keys: tuple[StoredKey, ...]
    given: Mapping[str, str]


def needed_partitions(topology: Path) -> tuple[str, ...]:
    """Return the partitions a topology works in, home first. Raise `RehearsalError`."""
    site = read_site(topology)
    return tuple(dict.fromkeys([site.partition, *(to.partition for to in site.destinations)]))


def launch_estate(
    topology: Path, launcher: Launcher, accounts: Iterator[str], given: Mapping[str, str]
) -> Estate:
    """Launch all of a topology, and tell of each stack that stands.

    `given` are values of parameters, for every template that asks for them. Raises
    `RehearsalError` for what cannot be read, and with the first thing that fails.
    """
    site = read_site(topology)
    launch, access = _kind(site)
    ground = Ground(site, launcher, number(site, accounts), given)
    _refuse_unasked(ground)
    launches = launch(ground)
    name = _pipeline(ground, launches[-1])
    deployed = _deployments(ground, name)
    opened = open_all(ground, access, [deployed[each] for each in site.crossings])
    return Estate(
        name=site.name,
        account=ground.account,
        region=site.home,
        stack=ground.stack,
        pipeline=name,
        template=ground.template.path,
        repository=ground.project,
        accounts=ground.numbers,
        launches=(*launches, *(one for each in opened for one in each.launches)),
        targets=tuple(Target(*each.place, each.stack) for each in deployed.values()),
        keys=tuple(each.key for each in opened if each.key),
        given=ground.launcher.taken(ground.pipeline, ground.known),
    )


def _kind(site: Site) -> tuple[Kind, str]:
    if site.kind not in KINDS:
        mend = nearest(site.kind, KINDS) or f"; use one of {', '.join(KINDS)}"
        place = f"{site.path}: pipeline"
        raise RehearsalError(f"{place}: {quoted(site.kind)} is no kind of pipeline{mend}")
    return KINDS[site.kind]


def _refuse_unasked(ground: Ground) -> None:
    """Refuse a parameter that the pipeline's template does not ask for."""
    asked = ground.template.section("Parameters")
    for name in sorted(ground.given.keys() - asked.keys()):
        mend = nearest(name, asked) or "; leave it out"
        raise RehearsalError(f"--param {name}: {ground.template.path} has no such parameter{mend}")


def _pipeline(ground: Ground, launch: Launch) -> str:
    """Return the name CodePipeline knows the pipeline by."""
    (logical_id,) = ground.template.resources(PIPELINE)
    if logical_id not in launch.resources:
        why = "is not made by a launch with what the topology says"
        raise RehearsalError(f"{ground.template.path}: {logical_id} {why}; look at its Condition")
    return launch.resources[logical_id]


def _deployments(ground: Ground, pipeline: str) -> dict[Destination, Deployment]:
    """Return what the pipeline deploys to each destination of the topology."""
    site = ground.site
    found = read_deployments(ground.launcher.clouds, ground.account, site.home, pipeline)
    there = {each: (each.stage, each.region, ground.account_of(each)) for each in site.destinations}
    for to, place in there.items():
        if place not in found:
            raise RehearsalError(
                f"{ground.template.path}: no action of stage {to.stage} deploys to {to.region}, "
                f"account {place[2]}, as {site.path} says; `make templates` renders it anew"
            )
    return {to: found[place] for to, place in there.items()}
