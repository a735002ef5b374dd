"""Two embedded partitions for tests: `aws` and `aws-cn`, with accounts nobody has used before."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.desk import Desk
from rehearsal.embedded_aws import EmbeddedAws, root, start

HOME_REGION = "us-east-1"
CHINA_REGION = "cn-north-1"
_BUILDS = itertools.count(1)
WHAT_IT_IS = "AWS, by MiniStack with IAM enforced (src/rehearsal/embedded_server.py)"


@dataclass(frozen=True)
class Clouds:
    """The partition the pipeline lives in, and one no role of it reaches into."""

    home: EmbeddedAws
    china: EmbeddedAws
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(100_000_000_001))

    def account(self) -> str:
        """Return the id of an account in which nothing is yet, in either partition."""
        return str(next(self._numbers))


def clouds(folder: Path) -> Iterator[Clouds]:
    """Run both partitions."""
    with ExitStack() as running:
        home = running.enter_context(start("aws", HOME_REGION, folder / "aws", folder))
        china = running.enter_context(start("aws-cn", CHINA_REGION, folder / "aws-cn", folder))
        yield Clouds(home, china)


@dataclass(frozen=True)
class Account:
    """An account of one of them, in which everything is done as its root."""

    aws: EmbeddedAws
    account: str

    def client(self, service: str, region: str = HOME_REGION) -> Any:
        """Return a client of the root."""
        return self.aws.client(service, region, root(self.account))

    def desk(self, region: str = HOME_REGION) -> Desk:
        """Return the desk of a region."""
        return Desk(self.aws, self.account, region)

    def build(self, region: str = HOME_REGION) -> str:
        """Make an image under a name of its own; return its id."""
        name = f"built {next(_BUILDS)}"
        image: str = self.client("ec2", region).register_image(Name=name)["ImageId"]
        return image
