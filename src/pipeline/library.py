"""Which templates there are: found among the stack modules and the topologies, listed nowhere.

A module `KIND_pipeline` makes a kind of pipeline. It and every other module named `KIND_…` is drawn
for each topology of that kind and named after it; the other modules make one template each. A
module may name functions as `REFUSALS`, which raise `InputError` for a topology it cannot draw.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from troposphere import Template

from pipeline import stacks
from pipeline.errors import InputError
from pipeline.limits import refuse_long_policies
from pipeline.partitions import partition_of
from pipeline.render import render_json, render_yaml
from pipeline.topology import Topology
from pipeline.topology_file import read_topology
from pipeline.unrehearsed import note
from refusals import nearest, quoted

PIPELINE = "-pipeline"


@dataclass(frozen=True)
class Entry:
    """One template of the library: its name and what it is built from."""

    name: str
    module: ModuleType
    topology: Topology | None

    @property
    def sources(self) -> str:
        """The files a person changes to change this template."""
        module = f"src/pipeline/stacks/{self.module.__name__.rpartition('.')[2]}.py"
        return f"topologies/{self.topology.name}.toml and {module}" if self.topology else module

    @property
    def purpose(self) -> str:
        """The first line of the docstring of the module that builds it."""
        return (self.module.__doc__ or "").partition("\n")[0]

    def build(self) -> Template:
        """Return the template; `InputError` for a topology its module or IAM refuses."""
        built = self._build()
        note(built)
        return built

    def _build(self) -> Template:
        if self.topology is None:
            alone: Template = self.module.build()
            return alone
        try:
            for refuse in getattr(self.module, "REFUSALS", ()):
                refuse(self.topology)
            built: Template = self.module.build(self.topology)
            refuse_long_policies(built, partition_of(self.topology.home.name).name)
        except InputError as error:
            raise InputError(f"topologies/{self.topology.name}.toml: {error}") from None
        return built


def render(entry: Entry, format_: str = "yaml") -> str:
    """Return a template's text as `yaml` or `json`."""
    return (
        render_json(entry.build())
        if format_ == "json"
        else render_yaml(entry.build(), header(entry))
    )


def header(entry: Entry) -> str:
    """Return the comment a rendered file begins with."""
    return (
        f"Rendered from {entry.sources}.\n"
        "Do not edit: change those, run `make templates`, and commit both."
    )


def find_entries(folder: Path) -> list[Entry]:
    """Return every template there is, by name; `folder` holds the topologies.

    Raises `InputError` for a topology that cannot be read or drawn, and for one that is missing.
    """
    modules = {_name(module): module for module in _modules()}
    kinds = [name.removesuffix(PIPELINE) for name in modules if name.endswith(PIPELINE)]
    topologies = {path.stem: read_topology(path) for path in sorted(folder.glob("*.toml"))}
    drawn = [
        entry
        for topology in topologies.values()
        for entry in _entries_of_kind(folder, topology, modules, kinds)
    ]
    others = [
        _other_entry(folder, name, module, topologies)
        for name, module in modules.items()
        if not name.startswith(tuple(f"{kind}-" for kind in kinds))
    ]
    return sorted([*drawn, *others], key=lambda entry: entry.name)


def choose(entries: Sequence[Entry], names: Iterable[str]) -> list[Entry]:
    """Return the entries of those names, all where none is named; `InputError` for others."""
    known = {entry.name: entry for entry in entries}
    for name in names:
        if name not in known:
            mend = "`generate.py list` shows the templates there are"
            raise InputError(f"{quoted(name)} is not a template{nearest(name, known)}; {mend}")
    return [known[name] for name in dict.fromkeys(names)] or list(entries)


def _modules() -> list[ModuleType]:
    found = pkgutil.iter_modules(stacks.__path__, prefix=f"{stacks.__name__}.")
    return [importlib.import_module(each.name) for each in found]


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2].replace("_", "-")


def _entries_of_kind(
    folder: Path, topology: Topology, modules: dict[str, ModuleType], kinds: Sequence[str]
) -> list[Entry]:
    """Return what a topology makes: a template for each module named after its kind."""
    kind = topology.pipeline
    if kind not in kinds:
        mend = f"{nearest(kind, kinds)}; use one of {', '.join(kinds)}"
        place = f"{folder / topology.name}.toml: pipeline"
        raise InputError(f"{place}: {quoted(kind)} is no kind of pipeline{mend}")
    return [
        Entry(topology.name + name.removeprefix(kind), module, topology)
        for name, module in modules.items()
        if name.startswith(f"{kind}-")
    ]


def _other_entry(
    folder: Path, name: str, module: ModuleType, topologies: dict[str, Topology]
) -> Entry:
    drawn_from = getattr(module, "TOPOLOGY", None)
    if drawn_from is None:
        return Entry(name, module, None)
    if drawn_from not in topologies:
        path = folder / f"{drawn_from}.toml"
        raise InputError(f"{path}: {name} is drawn from this file, and it is missing; restore it")
    return Entry(name, module, topologies[drawn_from])
