"""Measures rendering: time and memory of the library, and how both grow with a topology.

Each figure is the median over whole processes, run in turn so that a busy moment meets them all.
Nothing is asserted: the numbers are for people to compare.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
RUNS = 7
TARGETS = (3, 20, 200)
MEGABYTE = 1024  # ru_maxrss counts kilobytes
REGIONS = (
    *("us-east-2", "us-west-1", "us-west-2", "ca-central-1", "eu-west-1", "eu-west-2"),
    *("eu-west-3", "eu-central-1", "eu-north-1", "eu-south-1", "ap-south-1", "ap-northeast-1"),
    *("ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "sa-east-1"),
    *("af-south-1", "il-central-1", "me-central-1"),
)
RENDER_ONE = """
import sys, time
from pathlib import Path
from pipeline.render import render_yaml
from pipeline.stacks import multi_region_pipeline
from pipeline.topology_file import read_topology
start = time.perf_counter()
text = render_yaml(multi_region_pipeline.build(read_topology(Path(sys.argv[1]))), "bench")
print(time.perf_counter() - start, len(text))
"""


@dataclass(frozen=True)
class Run:
    """One process: seconds by the wall, megabytes at its peak, and what it printed."""

    seconds: float
    megabytes: float
    output: str


def run(command: Sequence[str | Path]) -> Run:
    """Run a command to its end and measure it; it must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None  # noqa: S101 - asked for above
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit {process.returncode}")
    return Run(seconds, usage.ru_maxrss / MEGABYTE, output)


def topology(targets: int) -> str:
    """Return a topology of so many targets: stages of twenty regions each."""
    places = islice(product(range(1, targets), REGIONS), targets)
    lines = ['pipeline = "multi-region"', 'description = "Bench."', 'home = "us-east-1"']
    stage = 0
    for number, region in places:
        if number != stage:
            stage = number
            lines += ["[[stage]]", f'name = "Stage{number}"']
        lines += ["[[stage.target]]", f'region = "{region}"']
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print what rendering takes."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        library: list[str | Path] = [
            sys.executable,
            PROJECT / "generate.py",
            "render",
            "--out",
            out,
        ]
        files = {targets: Path(folder) / f"t{targets}.toml" for targets in TARGETS}
        for targets, file in files.items():
            file.write_text(topology(targets))
        run(library)
        whole, each = [], {targets: list[Run]() for targets in TARGETS}
        for _ in range(RUNS):
            whole.append(run(library))
            for targets, file in files.items():
                each[targets].append(run([sys.executable, "-c", RENDER_ONE, file]))
    print(f"medians of {RUNS} runs; seconds and megabytes of the whole process\n")
    print(f"{'':24}{'seconds':>10}{'MB':>8}{'rendering alone':>18}{'KB of YAML':>12}")
    print(f"{'whole library, warm':24}{_seconds(whole):10.3f}{_megabytes(whole):8.1f}")
    for targets, runs in each.items():
        size = int(runs[0].output.split()[1]) / 1000
        print(
            f"{f'{targets} targets':24}{_seconds(runs):10.3f}{_megabytes(runs):8.1f}"
            f"{_alone(runs):18.4f}{size:12.0f}"
        )
    few, many = each[20], each[200]
    print(
        f"\n200 targets take {_seconds(many) / _seconds(few):.1f} times the time of 20 "
        f"as a process, {_alone(many) / _alone(few):.1f} times as rendering alone, "
        f"and {_megabytes(many) / _megabytes(few):.1f} times the memory"
    )


def _seconds(runs: Sequence[Run]) -> float:
    return statistics.median(each.seconds for each in runs)


def _megabytes(runs: Sequence[Run]) -> float:
    return statistics.median(each.megabytes for each in runs)


def _alone(runs: Sequence[Run]) -> float:
    return statistics.median(float(each.output.split()[0]) for each in runs)


if __name__ == "__main__":
    main()
