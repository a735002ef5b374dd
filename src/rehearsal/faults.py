"""Faults on demand: what `--fault` asks for, and how the embedded AWS is told of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from operate.regions import partition_of
from refusals import nearest
from rehearsal.clouds import Clouds
from rehearsal.desk import Desk, Left
from rehearsal.errors import RehearsalError
from rehearsal.estate import Estate
from rehearsal.estate_topology import Site
from rehearsal.outcome import ActionResult
from template_reader.file import Template

FORM = re.compile(r"(\w+):(.+)=(\w+)")
NO_ROOM = "the rehearsal was asked to let this copy fail"
FUNCTION = "AWS::Lambda::Function"
REPLACED = ("AWS::AutoScaling::AutoScalingGroup", FUNCTION)
LACKS = {
    **dict.fromkeys(("copy", "region"), "nothing in"),
    "approval": "no stage",
    "function": "no function",
}
LAST_CALL = 3  # of a function that is killed: it has begun its work, and not ended it


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and where."""

    kind: str
    where: str
    what: str

    @property
    def words(self) -> str:
        """As it is written on the command line."""
        return f"{self.kind}:{self.where}={self.what}"


@dataclass(frozen=True)
class Place:
    """The accounts of an estate in which faults lie; `accounts` has that of the pipeline first."""

    clouds: Clouds
    accounts: tuple[str, ...]
    estate: Estate

    def desk(self, account: str, region: str) -> Desk:
        """Return the desk of an account in a region."""
        return Desk(self.clouds.of(region), account, region)

    def function(self, title: str) -> str:
        """Return the name of a function by its logical id, which there is."""
        return next(
            each.resources[title] for each in self.estate.launches if title in each.resources
        )


def read_faults(written: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults that KIND:WHERE=WHAT arguments ask for. Raise `RehearsalError`."""
    return tuple(_read(each) for each in written)


def _read(text: str) -> Fault:
    found = FORM.fullmatch(text)
    if not found:
        examples = ", ".join(each.example for each in KINDS.values())
        raise RehearsalError(f"--fault {text}: is not KIND:WHERE=WHAT; write one like {examples}")
    fault = Fault(*found.groups())
    if fault.kind not in KINDS:
        near = nearest(fault.kind, KINDS) or f"; there are {', '.join(KINDS)}"
        raise RehearsalError(f"--fault {text}: there is no fault {fault.kind}{near}")
    kind = KINDS[fault.kind]
    if not re.fullmatch(kind.what, fault.what) or not re.fullmatch(kind.where, fault.where):
        raise RehearsalError(f"--fault {text}: is not written so; write it like {kind.example}")
    if kind.in_region:
        partition_of(fault.where, f"--fault {text}")
    return fault


def arm(faults: Iterable[Fault], place: Place) -> None:
    """Tell the embedded AWS of faults; approvals are answered by whoever runs the pipeline."""
    for fault in faults:
        KINDS[fault.kind].arm(fault, place)


def disarm(place: Place) -> tuple[Left, ...]:
    """Let nothing more go wrong anywhere in an estate; return what was planned and did not."""
    left = []
    for account, region in _everywhere(place):
        desk = place.desk(account, region)
        left.append(desk.end_faults())
        desk.plan_copies(pending=1)
    return tuple(left)


def refuse_misplaced(faults: Iterable[Fault], site: Site, template: Template) -> None:
    """Raise `RehearsalError` for a fault where the pipeline of a topology has nothing."""
    for fault in faults:
        there = sorted(_places(fault, site, template))
        if there and fault.where not in there:
            near = "" if KINDS[fault.kind].in_region else nearest(fault.where, there)
            mend = near or f"; there are {', '.join(there)}, or name another pipeline"
            lacks = f"{template.path.stem} has {LACKS[fault.kind]} {fault.where}"
            raise RehearsalError(f"--fault {fault.words}: {lacks}{mend}")


def _places(fault: Fault, site: Site, template: Template) -> set[str]:
    """Return where a fault of a kind can lie, nothing where that is not known."""
    if KINDS[fault.kind].in_region:
        return {each.region for each in site.destinations}
    if fault.kind == "approval":
        return {each.stage for each in site.destinations}
    return {*template.resources(FUNCTION)} if fault.kind == "function" else set()


def happened(fault: Fault, left: Iterable[Left], failed: Collection[ActionResult]) -> bool:
    """Return whether a fault was met, by what is left of the plans and which actions failed."""
    if fault.kind == "throttle":
        action, times = fault.where.lower(), int(fault.what)
        return any(each.throttled.get(action, 0) < times for each in left if each.throttled)
    if fault.kind == "function":
        return not any(each.kills for each in left)
    if fault.kind == "approval":
        return any(each.stage == fault.where for each in failed)
    return any(fault.where in f"{each.region} {each.why}" for each in failed)


def approver(faults: Iterable[Fault]) -> Callable[[str, str], bool]:
    """Return who answers approvals, by place and text: no once where a fault says so, else yes."""
    refused = [each.where for each in faults if each.kind == "approval"]

    def approves(place: str, _text: str) -> bool:
        stage = place.partition(".")[0]
        if stage in refused:
            refused.remove(stage)
            return False
        return True

    return approves


def _arm_copy(fault: Fault, place: Place) -> None:
    desk = place.desk(place.accounts[0], fault.where)
    desk.plan_copies(pending=1, failure=NO_ROOM)


def _arm_throttle(fault: Fault, place: Place) -> None:
    for account, region in _everywhere(place):
        place.desk(account, region).plan_throttling(fault.where, int(fault.what))


def _everywhere(place: Place) -> set[tuple[str, str]]:
    """Return the accounts and regions in which anything of an estate is."""
    targets = {(each.account, each.region) for each in place.estate.targets}
    return targets | {(each.account, each.region) for each in place.estate.launches}


def _arm_region(fault: Fault, place: Place) -> None:
    for account in place.accounts:
        for type_ in REPLACED:
            place.desk(account, fault.where).plan_refusal(type_)


def _arm_function(fault: Fault, place: Place) -> None:
    desk = place.desk(place.accounts[0], place.estate.region)
    desk.plan_kill(place.function(fault.where), LAST_CALL)


def _nothing(_fault: Fault, _place: Place) -> None:
    """Arm nothing: the fault lies with people."""


@dataclass(frozen=True)
class _Kind:
    """How a kind of fault is written, and armed."""

    example: str
    where: str
    what: str
    arm: Callable[[Fault, Place], None]
    in_region: bool = False


REGION = r"[a-z0-9-]+"
KINDS: Mapping[str, _Kind] = {
    "copy": _Kind(
        *("copy:ap-south-1=failed", REGION, "failed"),
        arm=_arm_copy,
        in_region=True,
    ),
    "throttle": _Kind(
        *("throttle:ec2:CopyImage=3", r"[a-z0-9-]+:\w+", r"[1-9]\d*"),
        arm=_arm_throttle,
    ),
    "approval": _Kind("approval:Prod=rejected", r".+", "rejected", _nothing),
    "region": _Kind(
        *("region:us-east-2=refused", REGION, "refused"),
        arm=_arm_region,
        in_region=True,
    ),
    "function": _Kind(
        *("function:CopyImage=killed", r"[\w-]+", "killed"),
        arm=_arm_function,
    ),
}
