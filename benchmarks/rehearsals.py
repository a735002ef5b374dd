"""Measures rehearsals: time, memory, what one more region costs, and whose the time is.

Each figure is of whole processes, run in turn so that a busy moment meets them all. Nothing is
asserted: the numbers are for people to compare.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.processes import Measured, measure

PROJECT = Path(__file__).resolve().parents[1]
RUNS = 3
FIRST, SECOND = "multi-region-pipeline", "global-china-pipeline"
PARTS = ("generate.py", "src", "templates", "topologies", "buildspecs", "examples", "setup.cfg")
MORE = ("eu-west-1", "eu-central-1", "ap-southeast-2", "ca-central-1")
TARGET = '\n[[stage.target]]\nregion = "{}"\nparameter = "OtherRegion{}"\n'


def main() -> None:
    """Print what rehearsals take."""
    with tempfile.TemporaryDirectory() as folder:
        wider = _wider(Path(folder))
        rehearsals: Mapping[str, tuple[Path, Sequence[str]]] = {
            "first seed": (PROJECT, [FIRST]),
            f"with {len(MORE)} regions more": (wider, [FIRST]),
            "second seed": (PROJECT, [SECOND]),
            "both, side by side": (PROJECT, []),
        }
        measured: dict[str, list[Measured]] = {name: [] for name in rehearsals}
        for weigh in [False] * RUNS + [True]:
            for name, (place, pipelines) in rehearsals.items():
                command: list[str | Path] = [
                    sys.executable,
                    place / "generate.py",
                    "rehearse",
                    *pipelines,
                ]
                measured[name].append(measure(command, place, weigh=weigh))
    print(f"medians of {RUNS} runs; processor seconds of all processes, and in a run of its own")
    print("the megabytes that they held at most (PSS)\n")
    heads = f"{'embedded AWS':>14}{'own code':>10}{'builds':>8}"
    print(f"{'':24}{'seconds':>9}{'processor':>11}{'MB':>7}{heads}")
    for name, (*runs, weighed) in measured.items():
        print(_row(name, runs, weighed.megabytes))
    narrow, wide = (_median(measured[name][:-1], "seconds") for name in [*rehearsals][:2])
    print(f"\none more region costs {(wide - narrow) / len(MORE):.2f} s, in three executions")


def _wider(folder: Path) -> Path:
    """Return a copy of the project whose first seed has more regions, rendered."""
    for part in PARTS:
        copy = shutil.copytree if (PROJECT / part).is_dir() else shutil.copy
        copy(PROJECT / part, folder / part)
    topology = folder / "topologies/multi-region.toml"
    more = (TARGET.format(region, number) for number, region in enumerate(MORE, start=3))
    topology.write_text(topology.read_text() + "".join(more))
    command: list[str | Path] = [sys.executable, folder / "generate.py", "render"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - our own
    return folder


def _row(name: str, runs: Sequence[Measured], megabytes: float) -> str:
    whole, embedded, own = (_median(runs, each) for each in ("processor", "embedded", "own"))
    shares = (embedded / whole, own / whole, 1 - (embedded + own) / whole)
    return (
        f"{name:24}{_median(runs, 'seconds'):9.1f}{whole:11.1f}{megabytes:7.0f}"
        f"{shares[0]:14.0%}{shares[1]:10.0%}{shares[2]:8.0%}"
    )


def _median(runs: Sequence[Measured], what: str) -> float:
    return statistics.median(float(getattr(each, what)) for each in runs)


if __name__ == "__main__":
    main()
