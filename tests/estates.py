"""Estates for tests: launched from the committed topologies, or from changed ones drawn anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from embedded import Clouds
from templates.committed import PROJECT, TEMPLATES

from pipeline.library import find_entries, render
from rehearsal.estate import Estate, launch_estate
from rehearsal.launching import Launcher
from rehearsal.outcome import ActionResult, Launch, Seen

TOPOLOGIES = PROJECT / "topologies"


@dataclass
class Ear:
    """Hears of stacks, and of nothing else."""

    heard: list[Launch] = field(default_factory=list)

    def launched(self, launch: Launch) -> None:
        """Note a stack that stands."""
        self.heard.append(launch)

    def execution_began(self, title: str) -> None:
        """Nothing is executed here."""

    def action_began(self, stage: str, name: str, account: str, region: str) -> None:
        """Nothing is executed here."""

    def action_ended(self, result: ActionResult) -> None:
        """Nothing is executed here."""

    def saw(self, seen: Seen) -> None:
        """Nothing is looked at here."""


@dataclass(frozen=True)
class Tree:
    """A folder of topologies and the templates drawn from them, to be changed at will."""

    folder: Path

    @property
    def templates(self) -> Path:
        """The folder of its templates."""
        return self.folder / "templates"

    def topology(self, name: str) -> Path:
        """Return the file of one of its topologies."""
        return self.folder / "topologies" / f"{name}.toml"

    def change(self, name: str, words: Mapping[str, str], more: str = "") -> None:
        """Put other words into a topology, and more at its end; its templates stay as they are."""
        path = self.topology(name)
        path.write_text(_with(path.read_text(), words) + more)

    def change_template(self, name: str, words: Mapping[str, str]) -> None:
        """Put other words into a template."""
        path = self.templates / f"{name}.yaml"
        path.write_text(_with(path.read_text(), words))

    def draw(self, name: str) -> None:
        """Draw the templates of a topology anew."""
        for entry in find_entries(self.folder / "topologies"):
            if entry.topology and entry.topology.name == name:
                (self.templates / f"{entry.name}.yaml").write_text(render(entry))

    def launch(
        self,
        name: str,
        clouds: Clouds,
        ear: Ear | None = None,
        accounts: Iterator[str] | None = None,
    ) -> Estate:
        """Launch the estate of a topology, in new accounts if none are given."""
        return launch_estate(
            self.topology(name),
            Launcher(self.templates, clouds.both, ear or Ear()),
            accounts or numbers(clouds),
            {},
        )


def numbers(clouds: Clouds) -> Iterator[str]:
    """Yield accounts in which nothing is yet."""
    while True:
        yield clouds.account()


def tree(folder: Path) -> Tree:
    """Return a copy of what is committed."""
    for source in (TOPOLOGIES, TEMPLATES):
        shutil.copytree(source, folder / source.name)
    return Tree(folder)


def committed() -> Tree:
    """Return what is committed, which nobody changes."""
    return Tree(PROJECT)


def outputs(estate: Estate, template: str, account: str) -> Mapping[str, str]:
    """Return the outputs of the first stack of a template in an account."""
    return next(
        each.outputs
        for each in estate.launches
        if (each.template, each.account) == (template, account)
    )


def _with(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        assert old in text, old
        text = text.replace(old, new)
    return text
