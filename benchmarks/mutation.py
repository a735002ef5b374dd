"""Tests the rehearsal: takes one thing at a time away from the templates, and rehearses them.

A rehearsal that is worth its time goes red, and names what is missing. What it need not miss is
explained, in the template or in `verdicts`; anything else that stays green has survived.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path

from benchmarks.mutants import KINDS, Mutant, find_mutants
from benchmarks.trials import (
    SETTINGS,
    Heard,
    Setting,
    document_of,
    hear,
    open_stage,
    try_out,
)
from benchmarks.verdicts import Trial, Verdict, explain
from refusals import RefusalError
from rehearsal.actions.work import Scene

DONE, FAILED, FOUND = 0, 1, 2
LAUNCHED = (
    *("multi-region-pipeline", "artifact-store", "global-china-pipeline"),
    *("global-china-service-roles", "cross-account-role", "china-access", "access-key-rotation"),
)
HOME = "us-east-1"
UNTIL_A_NEW_CLOUD = 12  # rehearsals: what is noted of each slows those after it
EXIT_PRIORITY = 10
SHOWN = 400  # characters of what a rehearsal says
Plain = Mapping[Setting, Heard]


@dataclass(frozen=True)
class _Stage:
    """Where a process rehearses."""

    scene: Scene
    folder: Path


_stage: list[_Stage] = []


def _open() -> None:
    """Start the clouds of a process; they end when it does."""
    running = ExitStack()
    folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="mutation-")))
    _stage.append(_Stage(running.enter_context(open_stage(folder)), folder))
    Finalize(None, running.close, exitpriority=EXIT_PRIORITY)


def _hear(numbered: tuple[int, Setting]) -> tuple[Setting, Heard]:
    number, setting = numbered
    return setting, hear(_stage[0].scene, _stage[0].folder, number, setting)


def _try(plain: Plain, numbered: tuple[int, Mutant]) -> Trial:
    number, mutant = numbered
    return try_out(_stage[0].scene, _stage[0].folder, number, mutant, plain)


def try_all(chosen: Sequence[Mutant], workers: int) -> Iterator[Trial]:
    """Yield the trial of each mutant as it ends; those that are explained are not rehearsed."""
    explained = {each: explain(each, document_of(each.template)) for each in chosen}
    yield from (Trial(each, Verdict.EXPLAINED, why) for each, why in explained.items() if why)
    asked = [each for each, why in explained.items() if not why]
    settings = [each for each in SETTINGS if _is_needed(each, asked)]
    if not settings:
        return
    with get_context("spawn").Pool(workers, _open, maxtasksperchild=UNTIL_A_NEW_CLOUD) as pool:
        plain = dict(pool.imap_unordered(_hear, enumerate(settings)))
        _refuse_red(plain)
        yield from pool.imap_unordered(partial(_try, plain), enumerate(asked, len(settings)))
        pool.close()
        pool.join()


def _is_needed(setting: Setting, asked: Iterable[Mutant]) -> bool:
    """Return whether a mutant is tried with this kind of source: the usual one if that will do."""
    usual = Setting(setting.topology, SETTINGS[0].source)
    return any(setting.has(each) and (setting == usual or not usual.has(each)) for each in asked)


def _refuse_red(plain: Plain) -> None:
    """Refuse to go on where a rehearsal is red without any mutant."""
    for setting, heard in plain.items():
        if heard.said:
            raise RefusalError(
                f"topologies/{setting.topology}.toml: its rehearsal is red with whole templates: "
                f"{heard.said[0]}; mend that first"
            )


def all_mutants() -> tuple[Mutant, ...]:
    """Return the mutants of every template that a rehearsal launches."""
    return tuple(each for name in LAUNCHED for each in find_mutants(name, document_of(name), HOME))


def choose(only: str, sample: int, seed: int) -> tuple[Mutant, ...]:
    """Return the mutants whose names match a pattern, or so many of them by chance."""
    found = tuple(each for each in all_mutants() if fnmatch.fnmatchcase(each.name, only))
    chosen = random.Random(seed).sample(found, min(sample, len(found))) if sample else found  # noqa: S311
    return tuple(chosen)


def as_line(trial: Trial) -> str:
    """Return what came of a mutant, in a line."""
    said = " ".join(trial.why.split())[:SHOWN]
    return f"{trial.verdict:19} {trial.seconds:5.1f} s  {trial.mutant.name}: {said}"


def as_table(trials: Sequence[Trial]) -> str:
    """Return how many mutants came to what, by template and by kind."""
    rows = [f"{'':32}{''.join(f'{each:>21}' for each in Verdict)}{'all':>7}"]
    templates = dict.fromkeys(each.mutant.template for each in trials)
    groups = [(name, [t for t in trials if t.mutant.template == name]) for name in templates]
    groups += [(kind, [t for t in trials if t.mutant.kind == kind]) for kind in KINDS]
    for name, its in [*groups, ("all", trials)]:
        counted = Counter(each.verdict for each in its)
        cells = "".join(f"{counted[each]:21}" for each in Verdict)
        rows += [f"{name:32}{cells}{len(its):7}"] if its else []
    return "\n".join(rows)


def as_score(trials: Sequence[Trial]) -> str:
    """Return the share of what a rehearsal must miss that it missed by its name."""
    counted = Counter(each.verdict for each in trials)
    explained = Counter(each.why for each in trials if each.verdict is Verdict.EXPLAINED)
    needed = len(trials) - counted[Verdict.EXPLAINED]
    lines = [f"{number:5}  not missed: {why}" for why, number in explained.most_common()]
    share = 100 * counted[Verdict.NAMED] / needed if needed else 100
    killed = f"{counted[Verdict.NAMED] + counted[Verdict.UNNAMED]} killed"
    lines.append(
        f"score: of {needed} that a rehearsal must miss, {killed}, {counted[Verdict.NAMED]} of "
        f"them by name ({share:.1f} %), {counted[Verdict.SURVIVED]} survived"
    )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try mutants out, tell of each, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", default="*", metavar="PATTERN", help="mutants by name, as '*Boundary*'"
    )
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="N of them by chance")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of that chance")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")
    options = parser.parse_args(arguments)
    chosen = choose(options.only, options.sample, options.seed)
    if not chosen:
        print(f"--only {options.only}: no mutant has such a name", file=sys.stderr)
        return FAILED
    print(f"{len(chosen)} mutants; rehearsing without any of them first", flush=True)
    began, trials = time.monotonic(), []
    try:
        for trial in try_all(chosen, options.workers):
            trials.append(trial)
            print(as_line(trial), flush=True)
    except RefusalError as error:
        print(f"mutation: {error}", file=sys.stderr)
        return FAILED
    print(f"\n{as_table(trials)}\n\n{as_score(trials)}, {time.monotonic() - began:.0f} s")
    return FOUND if any(each.verdict is Verdict.SURVIVED for each in trials) else DONE


if __name__ == "__main__":
    sys.exit(main())
