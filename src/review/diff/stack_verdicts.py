"""What a change of a running stack asks of the version, and of people: one table.

Who runs a stack loses data with a stateful resource, and whoever is outside loses what they know
of a resource by an output, Parameter Store or its name: both are breaking. Another resource that
goes or is replaced asks for a look, for what it is to the stack no registry says.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from review.diff.change import Bump


class Standing(Enum):
    """What a resource is to people."""

    STATEFUL = auto()
    KNOWN_OUTSIDE = auto()
    INSIDE = auto()


Verdict = tuple[Bump, bool]
BREAKS: Verdict = (Bump.MAJOR, True)
ASKS: Verdict = (Bump.MINOR, True)
ADDS: Verdict = (Bump.MINOR, False)
MENDS: Verdict = (Bump.PATCH, False)

# A resource that may go does so in some stacks only: for data that is enough.
VERDICTS: Mapping[str, Mapping[Standing, Verdict]] = {
    "add": dict.fromkeys(Standing, ADDS),
    "may add": dict.fromkeys(Standing, ADDS),
    "update": dict.fromkeys(Standing, MENDS),
    # Nothing happens yet: it is the next removal that costs data.
    "policy dropped": dict.fromkeys(Standing, ASKS),
    # What is kept is there still, but somebody has to look after it, and a second launch collides.
    "keep": dict.fromkeys(Standing, ASKS),
    # A logical id is what scripts, imports and signals name.
    "rename": dict.fromkeys(Standing, BREAKS),
    "may replace": {Standing.STATEFUL: BREAKS, Standing.KNOWN_OUTSIDE: ASKS, Standing.INSIDE: ASKS},
    "may remove": {Standing.STATEFUL: BREAKS, Standing.KNOWN_OUTSIDE: ASKS, Standing.INSIDE: ASKS},
    "replace": {Standing.STATEFUL: BREAKS, Standing.KNOWN_OUTSIDE: BREAKS, Standing.INSIDE: ASKS},
    "remove": {Standing.STATEFUL: BREAKS, Standing.KNOWN_OUTSIDE: BREAKS, Standing.INSIDE: ASKS},
}
