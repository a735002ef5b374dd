"""A topology: where a pipeline lives, from what it starts, and where it deploys, stage by stage.

The dataclasses are what every template is built from. They hold no template object and no rule:
`topology_file` reads them from TOML and refuses what cannot work, so whoever holds a `Topology`
holds one that does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SourceType(StrEnum):
    """Where a pipeline may start; the words are the ones a launch template offers."""

    CODE_COMMIT = "CodeCommit"
    CODE_CONNECTIONS = "CodeConnections"
    S3 = "S3"


class ArtifactStores(StrEnum):
    """How the template knows the artifact store of each region.

    NAMED: by the names `artifact-store.yaml` gives when its defaults are left alone.
    ASKED: bucket and key of each region are parameters.
    """

    NAMED = "named"
    ASKED = "asked"


@dataclass(frozen=True)
class Region:
    """A region and how a template speaks of it.

    `parameter` is '' where the template holds the name itself, and otherwise what is referred to
    for it: `AWS::Region` for the home region, or the template parameter that asks for it (the
    name is then the parameter's default).
    """

    name: str
    parameter: str = ""

    @property
    def text(self) -> str:
        """The region as it stands inside `Fn::Sub`: 'us-east-2' or '${OtherRegion1}'."""
        return f"${{{self.parameter}}}" if self.parameter else self.name


@dataclass(frozen=True)
class Target:
    """One place a stage deploys to."""

    region: Region


@dataclass(frozen=True)
class Stage:
    """Targets that are deployed together: in parallel, none waiting for another."""

    name: str
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Topology:
    """Everything a pipeline template is built from.

    `name` is the stem of its file, `pipeline` the kind of pipeline: the stack module that draws it.
    """

    name: str
    pipeline: str
    description: str
    home: Region
    stages: tuple[Stage, ...]
    sources: tuple[SourceType, ...]
    artifact_stores: ArtifactStores

    @property
    def target_regions(self) -> tuple[Region, ...]:
        """The regions deployed to, each once, in the order the stages name them."""
        return tuple(dict.fromkeys(to.region for stage in self.stages for to in stage.targets))

    @property
    def other_regions(self) -> tuple[Region, ...]:
        """The regions deployed to, without home."""
        return tuple(region for region in self.target_regions if region != self.home)

    @property
    def regions(self) -> tuple[Region, ...]:
        """Every region the pipeline works in: home first, then the others."""
        return (self.home, *self.other_regions)
