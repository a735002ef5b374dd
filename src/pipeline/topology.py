"""A topology: where a pipeline lives, from what it starts, and where it deploys, stage by stage.

The dataclasses are what every template is built from. They hold no template object and no rule:
`topology_file` reads them from TOML and refuses what cannot work, so whoever holds a `Topology`
holds one that does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.partitions import Partition, partition_of


class SourceType(StrEnum):
    """Where a pipeline may start; the words are the ones a launch template offers."""

    CODE_COMMIT = "CodeCommit"
    CODE_CONNECTIONS = "CodeConnections"
    S3 = "S3"


class ArtifactStores(StrEnum):
    """How the template knows the artifact store of each region.

    NAMED: by the names `artifact-store.yaml` gives when its defaults are left alone.
    ASKED: bucket and key of each region are parameters.
    STORED: Parameter Store of the pipeline's region holds them, under names that are parameters.
    """

    NAMED = "named"
    ASKED = "asked"
    STORED = "stored"


class Access(StrEnum):
    """How a build gets into an account of another partition, where no role can be assumed.

    ACCESS_KEYS: the key pair of an IAM user there, kept in Parameter Store.
    WEB_IDENTITY: a token of the build's role, exchanged there for credentials that expire.
    """

    ACCESS_KEYS = "access-keys"
    WEB_IDENTITY = "web-identity"


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
class Account:
    """An account and how a template speaks of it: by its twelve digits, or by a parameter."""

    id: str
    parameter: str = ""

    @property
    def text(self) -> str:
        """The account as it stands inside `Fn::Sub`: '111122223333' or '${StageAccountId}'."""
        return f"${{{self.parameter}}}" if self.parameter else self.id


@dataclass(frozen=True)
class Target:
    """One place a stage deploys to; `account` is None for the pipeline's own."""

    region: Region
    account: Account | None = None

    @property
    def partition(self) -> Partition:
        """The partition it lies in."""
        return partition_of(self.region.name)


@dataclass(frozen=True)
class Stage:
    """Targets that are deployed together: in parallel, none waiting for another.

    `approval`: a person has to agree before anything of it changes.
    """

    name: str
    targets: tuple[Target, ...]
    approval: bool = False

    def targets_in(self, partition: Partition) -> tuple[Target, ...]:
        """Return the targets in a partition."""
        return tuple(to for to in self.targets if to.partition == partition)


@dataclass(frozen=True)
class Crossing:
    """The target of a stage in one partition other than home's."""

    stage: Stage
    partition: Partition
    account: Account
    region: Region


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
    access: Access = Access.ACCESS_KEYS

    @property
    def partition(self) -> Partition:
        """The partition the pipeline lives in."""
        return partition_of(self.home.name)

    @property
    def every_region(self) -> tuple[Region, ...]:
        """The regions deployed to in any partition, each once, in the order of the stages."""
        return tuple(dict.fromkeys(to.region for stage in self.stages for to in stage.targets))

    @property
    def target_regions(self) -> tuple[Region, ...]:
        """Those of the regions deployed to that lie in home's partition."""
        here = self.partition
        return tuple(each for each in self.every_region if partition_of(each.name) == here)

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """What is deployed where no role of this partition reaches, stage by stage."""
        return tuple(
            Crossing(stage, to.partition, to.account, to.region)
            for stage in self.stages
            for to in stage.targets
            if to.account and to.partition != self.partition
        )

    @property
    def other_regions(self) -> tuple[Region, ...]:
        """The regions of home's partition that are deployed to, without home."""
        return tuple(region for region in self.target_regions if region != self.home)

    @property
    def regions(self) -> tuple[Region, ...]:
        """Every region that needs an artifact store: home first, then the others."""
        return (self.home, *self.other_regions)
