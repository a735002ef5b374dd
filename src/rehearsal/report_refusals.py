"""What a refused call lacks, in words: who may not do what, and which template grants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from rehearsal.outcome import Launch, Outcome, Refused

KINDS = {"role": "role ", "assumed-role": "role ", "user": "user "}
KEPT = "; to keep it, add it to what the first line of that file says it is rendered from"
OF_RESOURCE = "\n  Principal:"  # what only a statement in the policy of a resource or a role has


def refusal(refused: Refused) -> str:
    """Return who may not do what."""
    kind = KINDS.get(refused.principal.rpartition(":")[2].partition("/")[0], "")
    account = _account(refused.principal) or refused.account
    elsewhere = f" of account {account}" if account != refused.account else ""
    return f"{kind}{role_name(refused.principal)}{elsewhere} may not call {refused.action}"


def mend(refused: Refused, outcomes: Sequence[Outcome]) -> str:
    """Return what lets a refused call through: where to add the statement, if one helps."""
    if not refused.statement:
        return "another grant would not help; change what denies it"
    if OF_RESOURCE in refused.statement:
        return f"add this statement to the policy of {_kept(refused.resource, '', outcomes)}:"
    stands = _kept(refused.principal, refused.account, outcomes)
    return f"add this statement to the policies of {stands}:"


def _kept(named: str, account: str, outcomes: Sequence[Outcome]) -> str:
    """Return where it stands, and how what is added there stays."""
    stands = home(named, account, outcomes)
    return stands if stands == named else f"{stands}{KEPT}"


def home(named: str, account: str, outcomes: Sequence[Outcome]) -> str:
    """Return where what an ARN or a name means was launched, or the name if it was not.

    The account is for a name that says none.
    """
    names, account = _names(named), _account(named) or account
    for outcome, launch in _launches(outcomes):
        for logical_id, physical_id in launch.resources.items():
            if physical_id in names and account in ("", launch.account):
                place = f"stack {launch.stack} in {launch.region}, account {launch.account}"
                return f"{logical_id} in {_file(outcome, launch)} ({place})"
    return named


def role_name(principal: str) -> str:
    """Return the name of a role or user, which may be given by its ARN."""
    kind, _, name = principal.rpartition(":")[2].partition("/")
    if kind not in KINDS:
        return principal.rpartition("/")[2]
    return name.partition("/")[0] if kind == "assumed-role" else name.rpartition("/")[2]


def _names(named: str) -> set[str]:
    """Return what a resource of that ARN may be called: a role, or a bucket for its object."""
    return {named, role_name(named), named.rpartition(":")[2].partition("/")[0]}


def _launches(outcomes: Sequence[Outcome]) -> Iterator[tuple[Outcome, Launch]]:
    yield from ((outcome, launch) for outcome in outcomes for launch in outcome.launches)


def _file(outcome: Outcome, launch: Launch) -> PurePath:
    """Return a template's file, which stands beside the pipeline's."""
    return PurePath(outcome.path).with_name(PurePath(launch.template).stem).with_suffix(".yaml")


def _account(named: str) -> str:
    parts = named.split(":")
    return parts[4] if len(parts) > 4 else ""  # noqa: PLR2004
