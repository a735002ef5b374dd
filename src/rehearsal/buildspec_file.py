"""Reads a buildspec, version 0.2, into typed data and refuses what the runner would not do.

Source: AWS CodeBuild user guide, "Build specification reference for CodeBuild".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from refusals import RefusalError, nearest

PHASES = ("install", "pre_build", "build", "post_build")
VARIABLE = re.compile(r"(?!CODEBUILD_)[A-Za-z_][A-Za-z0-9_]*")
ELSEWHERE = {"batch", "proxy", "enable-symlinks", "s3-prefix"}
ARTIFACT = ("files", "name", "base-directory", "discard-paths", "exclude-paths")


class SpecError(RefusalError):
    """A buildspec is wrong, or asks for what is not done here."""


@dataclass(frozen=True)
class Phase:
    """What one phase runs; `on_failure` is ABORT, CONTINUE or '' for CodeBuild's own way."""

    name: str
    commands: tuple[str, ...]
    at_last: tuple[str, ...]
    on_failure: str


@dataclass(frozen=True)
class Files:
    """Files to be found after the build: patterns below a directory, and how to keep them."""

    name: str
    patterns: tuple[str, ...]
    excluded: tuple[str, ...]
    base: str
    flat: bool


@dataclass(frozen=True)
class Spec:
    """A buildspec. `unchecked` says what it asks of CodeBuild and a runner does not do."""

    phases: tuple[Phase, ...]
    variables: Mapping[str, str]
    parameters: Mapping[str, str]
    secrets: Mapping[str, str]
    exported: tuple[str, ...]
    reports: tuple[Files, ...]
    artifacts: tuple[Files, ...]
    unchecked: tuple[str, ...]


class _Words(yaml.SafeLoader):
    """Leaves every scalar as it is written: 3.10 is no number here, and `no` is a word."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as PyYAML declares it


@dataclass(frozen=True)
class _Part:
    """A mapping of the buildspec and where it stands; hands out its values by type."""

    place: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def fail(self, key: str, message: str) -> NoReturn:
        raise SpecError(f"buildspec: {self.at(key)}: {message}")

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def only(self, *known: str) -> _Part:
        """Refuse every other key."""
        for key in self.values.keys() - set(known):
            if key in ELSEWHERE:
                self.fail(key, "is CodeBuild's, but is not done here; leave it out")
            self.fail(key, f"is not a key{nearest(key, known)}; known here: {', '.join(known)}")
        return self

    def word(self, key: str, default: str = "", among: tuple[str, ...] = ()) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            self.fail(key, "is not one word; quote it, or write it on one line")
        if among and value != default and value not in among:
            self.fail(key, f"'{value}' is not done here; use {' or '.join(among)}")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        values = self.values.get(key) or []
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            self.fail(key, "is not a list of texts; put each behind a dash, quoted if it has ': '")
        return tuple(values)

    def table(self, key: str) -> _Part:
        value = self.values.get(key) or {}
        if not isinstance(value, dict):
            self.fail(key, "is not a mapping; write one 'key: value' to a line, indented")
        return _Part(self.at(key), value)

    def tables(self) -> Iterator[tuple[str, _Part]]:
        for key in self.values:
            yield key, self.table(key)

    def variables(self, key: str) -> dict[str, str]:
        """Return names of variables with their words."""
        table = self.table(key)
        for name in table.values:
            if not VARIABLE.fullmatch(name):
                table.fail(name, "is no name for a variable; use letters, digits and _ only")
        return {name: table.word(name) for name in table.values}


def read_spec(text: str) -> Spec:
    """Return a buildspec. Raise `SpecError`."""
    top = _Part("", _mapping(text))
    top.only("version", "run-as", "env", "phases", "reports", "artifacts", "cache", *ELSEWHERE)
    if top.word("version") != "0.2":
        top.fail("version", "is not 0.2, which is all that is run here; write version: 0.2")
    top.only("version", "run-as", "env", "phases", "reports", "artifacts", "cache")
    env = _environment(top)
    phases = top.table("phases").only(*PHASES)
    if not phases.values:
        top.fail("phases", "is missing; write at least one of " + ", ".join(PHASES))
    return Spec(
        phases=tuple(_phase(name, phases.table(name)) for name in PHASES if name in phases.values),
        variables=env.variables("variables"),
        parameters=env.variables("parameter-store"),
        secrets=env.variables("secrets-manager"),
        exported=env.words("exported-variables"),
        reports=tuple(_report(name, each) for name, each in top.table("reports").tables()),
        artifacts=tuple(_artifacts(top.table("artifacts"))),
        unchecked=tuple(_unchecked(top, phases)),
    )


def _mapping(text: str) -> Mapping[str, Any]:
    try:
        found = _Words(text).get_single_data()
    except yaml.YAMLError as error:
        raise SpecError("buildspec: is no YAML: " + " ".join(str(error).split())) from None
    if not isinstance(found, dict):
        raise SpecError("buildspec: is no mapping; begin with version: 0.2")
    return found


def _environment(top: _Part) -> _Part:
    env = top.table("env").only(
        *("shell", "variables", "parameter-store", "secrets-manager"),
        *("exported-variables", "git-credential-helper"),
    )
    if env.word("shell") != "bash":
        env.fail("shell", "is not bash, which is all that is run here; write shell: bash")
    for name in env.words("exported-variables"):
        if name.startswith("AWS_"):
            env.fail("exported-variables", f"{name}: CodeBuild exports nothing that begins so")
    return env


def _phase(name: str, part: _Part) -> Phase:
    known = ("run-as", "on-failure", "commands", "finally")
    part.only(*known, *(["runtime-versions"] if name == "install" else []))
    commands = part.words("commands")
    if not commands and "runtime-versions" not in part.values:
        part.fail("commands", "is missing; write what the phase runs, or leave the phase out")
    return Phase(
        name=name,
        commands=commands,
        at_last=part.words("finally"),
        on_failure=part.word("on-failure", among=("ABORT", "CONTINUE")),
    )


def _report(name: str, part: _Part) -> Files:
    part.only("files", "file-format", "base-directory", "discard-paths")
    if part.word("file-format", "JUNITXML").upper() != "JUNITXML":
        part.fail("file-format", "is not JUNITXML, which is all that is read here")
    return _files(name, part)


def _artifacts(part: _Part) -> Iterator[Files]:
    """Yield what is to be kept: the secondary artifacts, where there are any, or the only one."""
    part.only(*ARTIFACT, "secondary-artifacts")
    others = part.table("secondary-artifacts")
    if part.values and not others.values:
        yield _files(part.word("name"), part)
    for name, each in others.tables():
        each.only(*ARTIFACT)
        yield _files(name, each)


def _files(name: str, part: _Part) -> Files:
    patterns = part.words("files")
    if not patterns:
        part.fail("files", "is missing; write at least one pattern, such as '**/*'")
    flat = part.word("discard-paths", "no", among=("no", "yes")) == "yes"
    return Files(
        name=name,
        patterns=patterns,
        excluded=part.words("exclude-paths"),
        base=part.word("base-directory", "."),
        flat=flat,
    )


def _unchecked(top: _Part, phases: _Part) -> Iterator[str]:
    for part in (top, *(each for _name, each in phases.tables())):
        if user := part.word("run-as"):
            yield f"{part.at('run-as')}: {user} (everything runs as the user who started it)"
        for runtime, version in part.table("runtime-versions").values.items():
            yield f"runtime {runtime} {version} (what is on the path is taken)"
    if top.table("env").word("git-credential-helper", "no") == "yes":
        yield "git-credential-helper (git is left as it is)"
    if "cache" in top.values:
        yield "cache (nothing is kept from one build to the next)"
