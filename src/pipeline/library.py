"""Which templates there are: found among the stack modules and the topologies, listed nowhere."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from troposphere import Template

from pipeline import stacks
from pipeline.errors import InputError, nearest, quoted
from pipeline.limits import refuse_long_policies
from pipeline.partitions import partition_of
from pipeline.render import render_json, render_yaml
from pipeline.topology import Topology
from pipeline.topology_file import read_topology

PIPELINE = "-pipeline"
FORMATS = ("yaml", "json")


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
        """Return the template; `InputError` for a topology whose roles IAM would refuse."""
        if self.topology is None:
            alone: Template = self.module.build()
            return alone
        built: Template = self.module.build(self.topology)
        try:
            refuse_long_policies(built, partition_of(self.topology.home.name).name)
        except InputError as error:
            raise InputError(f"topologies/{self.topology.name}.toml: {error}") from None
        return built


def render(entry: Entry, format_: str = "yaml") -> str:
    """Return a template's text in one of `FORMATS`."""
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
    topologies = {path.stem: read_topology(path) for path in sorted(folder.glob("*.toml"))}
    pipelines = [_pipeline_entry(folder, each, modules) for each in topologies.values()]
    others = [
        _other_entry(folder, name, module, topologies)
        for name, module in modules.items()
        if not name.endswith(PIPELINE)
    ]
    return sorted([*pipelines, *others], key=lambda entry: entry.name)


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


def _pipeline_entry(folder: Path, topology: Topology, modules: dict[str, ModuleType]) -> Entry:
    kinds = [name.removesuffix(PIPELINE) for name in modules if name.endswith(PIPELINE)]
    if topology.pipeline not in kinds:
        mend = f"{nearest(topology.pipeline, kinds)}; use one of {', '.join(kinds)}"
        place = f"{folder / topology.name}.toml: pipeline"
        raise InputError(f"{place}: {quoted(topology.pipeline)} is no kind of pipeline{mend}")
    module = modules[topology.pipeline + PIPELINE]
    return Entry(topology.name + PIPELINE, module, topology)


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
