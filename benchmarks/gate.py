"""Measures the gate: the check of the whole library beside one cfn-lint process per template.

Both lint the same files for the same regions, informational rules included, in turn and on the same
machine, so that a busy moment meets both. Nothing is asserted: the numbers are for people.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rendering import PROJECT
from review.fitness import fitness
from template_reader.file import read_template

RUNS = 3
Command = Sequence[str | Path]


@dataclass(frozen=True)
class Spent:
    """Seconds by the wall, and of the processors together."""

    wall: float
    work: float


def measure(commands: Sequence[Command]) -> Spent:
    """Run commands one after the other; none of them may find anything."""
    start, before = time.perf_counter(), _work()
    for command in commands:
        done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=False)  # noqa: S603
        if done.returncode:
            sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}")
    return Spent(time.perf_counter() - start, _work() - before)


def _work() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def lone_lint(path: Path) -> Command:
    """Return how cfn-lint alone is asked about a template."""
    regions = fitness(read_template(path).document).regions
    lint = Path(sys.executable).with_name("cfn-lint")
    return [lint, "--include-checks", "I", "--regions", *regions, "--", path]


def main() -> None:
    """Print what the gate takes, and what cfn-lint alone."""
    paths = sorted((PROJECT / "templates").glob("*.yaml"))
    gate: list[Command] = [[sys.executable, PROJECT / "generate.py", "check"]]
    lone = [lone_lint(path) for path in paths]
    measure(gate)
    runs = [(measure(gate), measure(lone)) for _ in range(RUNS)]
    print(f"medians of {RUNS} runs; seconds, of the whole library ({len(paths)} templates)\n")
    print(f"{'':34}{'by the wall':>12}{'of processors':>15}")
    gates, lones = ([each[number] for each in runs] for number in (0, 1))
    for title, spent in (("generate.py check", gates), ("cfn-lint, a process each", lones)):
        print(f"{title:34}{_median(spent).wall:12.2f}{_median(spent).work:15.2f}")
    ours, theirs = _median(gates), _median(lones)
    print(
        f"\nthe check takes {ours.wall / theirs.wall:.2f} of the time of cfn-lint alone, "
        f"and {ours.work / theirs.work:.2f} of its work; it renders and judges as well"
    )


def _median(spent: Sequence[Spent]) -> Spent:
    return Spent(
        statistics.median(each.wall for each in spent),
        statistics.median(each.work for each in spent),
    )


if __name__ == "__main__":
    main()
