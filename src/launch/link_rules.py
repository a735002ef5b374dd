"""What must hold of a link before anybody is given it: its regions, and the values it presets.

The console says nothing of a parameter it does not know, or may not show: it leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from launch.consoles import partition
from launch.errors import LaunchError
from launch.links import bucket_for
from launch.manifest import Bucket
from refusals import nearest
from review.fitness import Fitness, fitness
from template_reader.file import LIBRARY, Template
from template_reader.values import complaint, is_secret


@dataclass(frozen=True)
class Offer:
    """A template, and the regions that have all it uses."""

    template: Template
    fitness: Fitness

    @property
    def name(self) -> str:
        """The template's name."""
        return self.template.path.stem


def offer(template: Template) -> Offer:
    """Return a template with its regions. Raise `LaunchError` if it names no partition."""
    if not template.partitions:
        where = f"{template.path}: Metadata.{LIBRARY}.Partitions"
        raise LaunchError(f"{where}: names no partition; write those it is meant for")
    return Offer(template, fitness(template.document))


def all_regions(offered: Offer, buckets: Sequence[Bucket]) -> tuple[str, ...]:
    """Return every region the template can be launched in from these buckets."""
    return tuple(each for each in offered.fitness.regions if bucket_for(each, buckets))


def unlaunchable(offered: Offer, region: str, buckets: Sequence[Bucket]) -> str:
    """Return why a template cannot be launched in a region, and the mend; '' if it can."""
    own, meant = partition(region), ", ".join(offered.template.partitions)
    if own not in offered.template.partitions:
        return f"{offered.name} is not meant for {own}; choose a region of {meant}"
    if lacking := offered.fitness.unfit.get(region):
        fit = offered.fitness.regions
        near = nearest(region, fit) or (f", such as {fit[0]}" if fit else "")
        return f"it has no {lacking}, which {offered.name} uses; choose a region that has{near}"
    if region not in offered.fitness.regions:
        return f"nothing is known of what it has for {offered.name}; choose another region"
    if not bucket_for(region, buckets):
        return (
            f"no launch bucket of {own} is given, and a template's URL leads into no other "
            "partition; add --bucket BUCKET@REGION of one there"
        )
    return ""


def preset(offered: Sequence[Offer], given: Mapping[str, str]) -> None:
    """Raise `LaunchError` for a value the console would leave out, or the template refuses."""
    known = {name: each for each in offered for name in each.template.section("Parameters")}
    for name, value in given.items():
        if name not in known:
            where = " or ".join(each.name for each in offered)
            near = nearest(name, known) or "; leave it out"
            raise LaunchError(f"--param {name}: {where} has no such parameter{near}")
        for each in offered:
            _check_value(each.template, name, value)


def values_of(offered: Offer, given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the values that are the template's, in the order they are given."""
    own = offered.template.section("Parameters")
    return tuple((name, value) for name, value in given.items() if name in own)


def _check_value(template: Template, name: str, value: str) -> None:
    parameter = template.section("Parameters").get(name)
    if parameter is None:
        return
    place = f"{template.path}: Parameters.{name}"
    if not isinstance(parameter, Mapping) or not isinstance(parameter.get("Type"), str):
        raise LaunchError(f"{place}: has no Type; write one, such as String")
    if is_secret(parameter):
        raise LaunchError(
            f"--param {name}: is a secret (NoEcho), which the console leaves out of a link; "
            "leave it out, and type it there"
        )
    try:
        wrong = complaint(parameter, value)
    except (TypeError, ValueError):
        raise LaunchError(f"{place}: is not written as CloudFormation wants it") from None
    if wrong:
        raise LaunchError(f"--param {name}: {wrong}")


def regions_asked(
    offered: Sequence[Offer], asked: Sequence[str], buckets: Sequence[Bucket]
) -> dict[str, tuple[str, ...]]:
    """Return the regions of each template's links: those asked for, all it is fit for if none is.

    Raises `LaunchError` for a region in which none of the templates can be launched.
    """
    for region in asked:
        reasons = [unlaunchable(each, region, buckets) for each in offered]
        if all(reasons):
            raise LaunchError(f"--region {region}: {_together(offered, reasons)}")
    return {each.name: _regions(each, asked, buckets) for each in offered}


def nowhere(offered: Offer) -> str:
    """Return what is said of a template that none of the buckets launches where it is wanted."""
    meant = ", ".join(offered.template.partitions)
    return (
        f"{offered.name}: is meant for {meant}, and none of the buckets or regions given is "
        "where it can be launched; add --bucket BUCKET@REGION of one there"
    )


def _regions(offered: Offer, asked: Sequence[str], buckets: Sequence[Bucket]) -> tuple[str, ...]:
    launchable = all_regions(offered, buckets)
    return tuple(each for each in asked if each in launchable) if asked else launchable


def _together(offered: Sequence[Offer], reasons: Sequence[str]) -> str:
    if len(offered) == 1:
        return reasons[0]
    return f"no template can be launched there; {offered[0].name}, for one: {reasons[0]}"
