"""Finds the refused calls behind a failed action."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rehearsal.calls import Call, count_calls, missing, read_calls
from rehearsal.clouds import Clouds
from rehearsal.outcome import Refused


class Blame:
    """Remembers where the notes of every partition stood, and looks there when something failed."""

    def __init__(self, clouds: Clouds) -> None:
        self._clouds = clouds
        self._after = {name: count_calls(aws) for name, aws in clouds.by_partition.items()}

    def refused(self, why: str, log: Iterable[str]) -> tuple[Refused, ...]:
        """Return the refused calls that what was said of a failure names, the first first."""
        said = " ".join([why, *log])
        found = [call for call in self._calls() if not (call.allowed or call.optional)]
        named = [call for call in found if _is_named(call, said)]
        return tuple(dict.fromkeys(missing(call) for call in named))

    def _calls(self) -> Sequence[Call]:
        clouds = self._clouds.by_partition
        return [each for name, aws in clouds.items() for each in read_calls(aws, self._after[name])]


def _is_named(call: Call, said: str) -> bool:
    """Return whether a text names a call: as IAM does, or as the AWS command line does."""
    _service, _, operation = call.action.partition(":")
    return call.action in said or f"calling the {operation} operation" in said
