"""What stands in for tools that a newcomer's machine lacks, or that would need the network.

Each stand-in is a script that is found on a build's PATH before anything else. Those that do more
than a line are modules here, which the interpreter of this environment runs; none of them does the
tool's work, and `says` tells what it does instead.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Collection
from dataclasses import dataclass

from refusals import nearest
from rehearsal.errors import RehearsalError

SHEBANG = "#!/usr/bin/env bash\n"
# A build may link a tool by its place in AWS's image; here the link leads to what stands in for it,
# not to a tool of that name which the machine may have.
LINK = """\
here=$(cd "${0%/*}" && pwd)
words=()
for word; do
  [ "${word%/*}" = /usr/bin ] && [ -x "$here/${word##*/}" ] && word=$here/${word##*/}
  words+=("$word")
done
export PATH=${PATH//"$here:"/}
exec ln "${words[@]}"
"""


@dataclass(frozen=True)
class StandIn:
    """What stands in for a command; `says` is a line that tells a reader of the report.

    `module` is what the script has the interpreter run, '' if it is none.
    """

    name: str
    script: str
    says: str
    module: str = ""


def _module(name: str, module: str, says: str) -> StandIn:
    """Return a stand-in that is a module, which finds its name as its first argument."""
    python = shlex.quote(sys.executable)
    path = f"{__name__}.{module}"
    line = f'exec {python} -P -m {path} {name} "$@"\n'
    return StandIn(name, SHEBANG + line, f"{name}: {says}", path)


def _script(name: str, text: str, says: str) -> StandIn:
    return StandIn(name, SHEBANG + text, f"{name}: {says}")


def _refusing(name: str) -> StandIn:
    words = f"{name} is stood in for and installs nothing: no build here should need it"
    return _script(name, f"echo {shlex.quote(words)} >&2\nexit 1\n", "installs nothing and fails")


ALL = (
    _module(
        *("mvn", "maven"),
        "not run; nothing is compiled and no test runs, each is reported as skipped",
    ),
    _module(
        *("packer", "packer"),
        "not run; it makes the calls of its amazon-ebs builder, and no machine boots",
    ),
    _module(
        *("cfn_nag_scan", "scanners"),
        "not run; it judges nothing, its report says that there are no violations",
    ),
    _module(
        *("checkov", "scanners"),
        "not run; it judges nothing, its report says that one check of its own passed",
    ),
    _refusing("dnf"),
    _refusing("gem"),
    _script("ln", LINK, "links what stands in for a tool where its place in /usr/bin is named"),
    _script("sleep", "exit 0\n", "returns at once"),
)


def stand_ins(wanted: Collection[str] | None = None) -> tuple[StandIn, ...]:
    """Return the stand-ins for some commands, or all there are. Raise `RehearsalError`."""
    known = {each.name: each for each in ALL}
    for name in wanted or ():
        if name not in known:
            raise RehearsalError(
                f"stand-ins: nothing stands in for {name}{nearest(name, known)}; "
                f"there are: {', '.join(sorted(known))}"
            )
    return ALL if wanted is None else tuple(known[name] for name in sorted(set(wanted)))
