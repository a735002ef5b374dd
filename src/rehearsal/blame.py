"""Finds the refused calls behind a failed action."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from rehearsal.calls import Call, count_calls, missing, read_calls
from rehearsal.clouds import Clouds
from rehearsal.outcome import Refused


class Blame:
    """Remembers where the notes of every partition stood, and looks there when something failed."""

    def __init__(self, clouds: Clouds) -> None:
        self._clouds = clouds
        self._after = {name: count_calls(aws) for name, aws in clouds.by_partition.items()}

    def refused(
        self, why: str, log: Iterable[str], accounts: Collection[str], region: str
    ) -> tuple[Refused, ...]:
        """Return the refused calls behind what was said of the failure of an action."""
        return behind(self._calls(), " ".join([why, *log]), accounts, region)

    def unsaid(self, accounts: Collection[str]) -> tuple[Refused, ...]:
        """Return every refused call of some accounts, of which nobody may have said a word."""
        found = (
            missing(each)
            for each in self._calls()
            if not (each.allowed or each.optional) and _is_of(each, accounts)
        )
        return tuple(dict.fromkeys(found))

    def _calls(self) -> Iterator[Call]:
        clouds = self._clouds.by_partition
        return (each for name in clouds for each in read_calls(clouds[name], self._after[name]))


def behind(
    calls: Iterable[Call], said: str, accounts: Collection[str], region: str
) -> tuple[Refused, ...]:
    """Return the refused calls that a text names, those in the action's region first.

    What goes on in accounts the action has nothing to do with counts only if there is nothing else;
    so do calls on other resources than the text names, as of actions that run beside this one.
    """
    refused = (call for call in calls if not (call.allowed or call.optional))
    named = [call for call in refused if _is_named(call, said)]
    own = [call for call in named if _is_of(call, accounts)]
    counted = own or named
    on_named = [call for call in counted if _names_resource(call, said)]
    ordered = sorted(on_named or counted, key=lambda call: call.region != region)
    return tuple(dict.fromkeys(missing(call) for call in ordered))


def _is_of(call: Call, accounts: Collection[str]) -> bool:
    """Return whether a call is of one of some accounts: made there, or by somebody of it."""
    return bool({call.account, *call.principal.split(":")[4:5]} & {*accounts})


def _names_resource(call: Call, said: str) -> bool:
    """Return whether a text names what a call was refused on, by an ARN."""
    named = re.search(rf"{re.escape(call.resource)}(?![\w/])", said)
    return call.resource.startswith("arn:") and named is not None


def _is_named(call: Call, said: str) -> bool:
    """Return whether a text names a call: as IAM does, or as the AWS command line does."""
    _service, _, operation = call.action.partition(":")
    as_iam = re.search(rf"{re.escape(call.action)}(?!\w)", said)
    return as_iam is not None or f"calling the {operation} operation" in said
