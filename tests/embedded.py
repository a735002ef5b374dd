"""Two embedded partitions for tests: `aws` and `aws-cn`, with accounts nobody has used before."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.embedded_aws import EmbeddedAws, start

HOME_REGION = "us-east-1"
CHINA_REGION = "cn-north-1"
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
        home = running.enter_context(start("aws", HOME_REGION, folder / "aws"))
        china = running.enter_context(start("aws-cn", CHINA_REGION, folder / "aws-cn"))
        yield Clouds(home, china)
