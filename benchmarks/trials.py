"""Rehearses templates from which one thing was taken away, each in accounts of its own.

Grants that are unused without any mutant, too, are not held against one.
"""

from __future__ import annotations

import itertools
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.mutants import OUTPUT, STATEMENT, Mutant, without
from benchmarks.verdicts import (
    NEVER_USED,
    NOT_MADE,
    Trial,
    Verdict,
    complaints,
    is_named,
    is_unused,
    unused,
)
from refusals import RefusalError
from rehearsal.actions.work import Scene
from rehearsal.course import Order
from rehearsal.estate_topology import read_site
from rehearsal.grants import read_statements
from rehearsal.outcome import ActionResult, Launch, Seen
from rehearsal.rehearsal import rehearse
from rehearsal.rehearse import APPLICATIONS, open_scene
from rehearsal.stand_ins import stand_ins
from template_reader.file import read_template

PROJECT = Path(__file__).resolve().parents[1]
TEMPLATES = PROJECT / "templates"
PARTITIONS = ("aws", "aws-cn")
SOURCE = "SourceIs"
FIRST_ACCOUNT, ACCOUNTS = 200_000_000_000, 100  # that one rehearsal may take


@dataclass(frozen=True)
class Setting:
    """A rehearsal into which mutants are put: of a topology, with a kind of source."""

    topology: str
    source: str

    def has(self, mutant: Mutant) -> bool:
        """Return whether the source is such that what is taken away is there."""
        return all(
            holds == (name == f"{SOURCE}{self.source}")
            for name, holds in mutant.conditions
            if name.startswith(SOURCE)
        )


TOPOLOGIES, SOURCES = ("multi-region", "global-china"), ("CodeCommit", "CodeConnections", "S3")
SETTINGS = tuple(itertools.starmap(Setting, itertools.product(TOPOLOGIES, SOURCES)))


@dataclass
class Ear:
    """Hears of stacks, and of nothing else."""

    heard: list[Launch] = field(default_factory=list)

    def launched(self, launch: Launch) -> None:
        """Note a stack that stands."""
        self.heard.append(launch)

    def execution_began(self, title: str) -> None:
        """Hear nothing."""

    def action_began(self, stage: str, name: str, account: str, region: str) -> None:
        """Hear nothing."""

    def action_ended(self, result: ActionResult) -> None:
        """Hear nothing."""

    def saw(self, seen: Seen) -> None:
        """Hear nothing."""


@dataclass(frozen=True)
class Heard:
    """What a rehearsal complains of, the grants nothing used, and the stacks that stood.

    `statements` are those that roles and users had, by template, logical id and Sid.
    """

    said: tuple[str, ...]
    unused: tuple[str, ...]
    launches: tuple[Launch, ...]
    statements: frozenset[tuple[str, str, str]] = frozenset()

    def makes(self, mutant: Mutant) -> bool:
        """Return whether what a mutant lacks was made."""
        its = [each for each in self.launches if each.template == mutant.template]
        if not any(mutant.kind == OUTPUT or mutant.holder in each.resources for each in its):
            return False
        holder = (mutant.template, mutant.holder)
        has_policies = any(each[:2] == holder for each in self.statements)
        return (
            mutant.kind != STATEMENT
            or not has_policies
            or (*holder, mutant.label) in self.statements
        )


@contextmanager
def open_stage(folder: Path) -> Iterator[Scene]:
    """Yield where rehearsals go on, one after the other."""
    with open_scene(folder, PARTITIONS, stand_ins(), ()) as scene:
        yield scene


def document_of(template: str) -> dict[str, Any]:
    """Return a committed template as plain data."""
    read = read_template(TEMPLATES / f"{template}.yaml").document
    document: dict[str, Any] = json.loads(json.dumps(read))
    return document


def hear(
    scene: Scene, folder: Path, number: int, setting: Setting, mutant: Mutant | None = None
) -> Heard:
    """Rehearse a setting, with a mutant if there is one; no other of it has that number."""
    templates = folder / f"templates-{number}"
    shutil.copytree(TEMPLATES, templates)
    if mutant:
        changed = without(document_of(mutant.template), mutant.place)
        (templates / f"{mutant.template}.yaml").write_text(json.dumps(changed, indent=1))
    ear = Ear()
    unique = number * len(SETTINGS) + SETTINGS.index(setting)
    accounts = map(str, itertools.count(FIRST_ACCOUNT + ACCOUNTS * unique))
    try:
        outcome = rehearse(_order(templates, setting), scene, ear, accounts)
        found = read_statements(scene.clouds, outcome.launches, templates)
    except RefusalError as error:
        return Heard((str(error),), (), tuple(ear.heard))
    finally:
        shutil.rmtree(templates)
    statements = frozenset((each.template, str(each.holder), str(each.sid)) for each in found)
    return Heard(complaints(outcome), unused(outcome), outcome.launches, statements)


def _order(templates: Path, setting: Setting) -> Order:
    topology = PROJECT / "topologies" / f"{setting.topology}.toml"
    application = PROJECT / "examples" / APPLICATIONS[read_site(topology).kind]
    return Order(topology, templates, application, (), {"SourceType": setting.source})


def settings_for(mutant: Mutant, plain: Mapping[Setting, Heard]) -> tuple[Setting, ...]:
    """Return where a mutant is tried: once for each topology that makes what it is of."""
    found: dict[str, Setting] = {}
    for setting, heard in plain.items():
        if setting.has(mutant) and heard.makes(mutant):
            found.setdefault(setting.topology, setting)
    return tuple(found.values())


def try_out(
    scene: Scene, folder: Path, number: int, mutant: Mutant, plain: Mapping[Setting, Heard]
) -> Trial:
    """Rehearse a mutant where it is tried until that goes red; return the verdict."""
    began = time.monotonic()
    settings = settings_for(mutant, plain)
    if not settings:
        return Trial(mutant, Verdict.EXPLAINED, NOT_MADE)
    if all(is_unused(mutant, plain[each].unused) for each in settings):
        return Trial(mutant, Verdict.SURVIVED, NEVER_USED)
    for setting in settings:
        heard = hear(scene, folder / setting.topology, number, setting, mutant)
        more = (each for each in heard.unused if each not in plain[setting].unused)
        said = "; ".join([*heard.said, *more])
        if said:
            named = is_named(mutant, said, heard.launches)
            verdict = Verdict.NAMED if named else Verdict.UNNAMED
            return Trial(mutant, verdict, said, time.monotonic() - began)
    return Trial(mutant, Verdict.SURVIVED, "nothing was said", time.monotonic() - began)
