"""Compares our verdicts on running stacks with those of AWS CDK's cloudformation-diff.

Both judge the single changes of tests/review/verdicts. Where they differ, the table says why.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from verdict_table import Case, cases

from review.diff import stacks
from review.diff.change import Change

FOLDER = Path(__file__).parent / "cdk_diff"
TABLES = ("callers", "stacks")
# What each verdict is called there, the least first. It knows no resource that may come or go.
IMPACTS = {
    "add": "WILL_CREATE",
    "may add": "WILL_CREATE",
    "update": "WILL_UPDATE",
    "policy dropped": "WILL_UPDATE",
    "may replace": "MAY_REPLACE",
    "replace": "WILL_REPLACE",
    "remove": "WILL_DESTROY",
    "may remove": "WILL_DESTROY",
    "keep": "WILL_ORPHAN",
    "rename": "WILL_DESTROY",
}
Impacts = Mapping[str, str]


def main() -> int:
    """Print where the two differ and why; 1 if a difference has no reason, or a reason none."""
    if shutil.which("node") is None or not (FOLDER / "node_modules").exists():
        print(f"node or its packages are missing; mend: npm ci --prefix {FOLDER}", file=sys.stderr)
        return 1
    table = [each for name in TABLES for each in cases(name)]
    theirs = theirs_of(table)
    lines = {each.name: difference(ours_of(each), theirs[each.name]) for each in table}
    differing = [each for each in table if lines[each.name]]
    for each in differing:
        print(f"{each.name}: {lines[each.name]}\n  {each.cdk or 'WHY? the table does not say'}")
    print(f"{len(table)} changes, {len(table) - len(differing)} judged alike")
    return int(any(bool(lines[each.name]) != bool(each.cdk) for each in table))


def ours_of(case: Case) -> Impacts:
    """Return what we say of each resource, in their words; the gravest where there are several."""
    order = [*IMPACTS]
    found = (each for each in stacks.changes(case.before, case.after) if isinstance(each, Change))
    said = sorted(found, key=lambda each: order.index(each.what))
    new = {each.after: IMPACTS["add"] for each in said if each.what == "rename"}
    return {**new, **{each.where: IMPACTS[each.what] for each in said}}


def theirs_of(table: Iterable[Case]) -> Mapping[str, Impacts]:
    """Return what CDK says of each resource of each case."""
    pairs = {
        each.name: {"before": each.before.document, "after": each.after.document} for each in table
    }
    done = subprocess.run(
        ["node", "compare.mjs"],  # noqa: S607 - whichever node is installed
        cwd=FOLDER,
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=True,
    )
    found: Mapping[str, Impacts] = json.loads(done.stdout)
    return found


def difference(ours: Impacts, theirs: Impacts) -> str:
    """Return of which resources the two say another thing, and what; '' if of none."""
    names = dict.fromkeys([*ours, *theirs])
    return ", ".join(
        f"{name} {ours.get(name, 'nothing')}, there {theirs.get(name, 'nothing')}"
        for name in names
        if ours.get(name) != theirs.get(name)
    )


if __name__ == "__main__":
    sys.exit(main())
