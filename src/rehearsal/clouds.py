"""The embedded partitions that a pipeline and its targets lie in, started and stopped as one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operate.regions import global_region, partition_of
from rehearsal.embedded_aws import EmbeddedAws, EmbeddedAwsError, root, start
from rehearsal.errors import RehearsalError


@dataclass(frozen=True)
class Clouds:
    """Embedded partitions by their names."""

    by_partition: Mapping[str, EmbeddedAws]

    def of(self, region: str) -> EmbeddedAws:
        """Return the partition a region lies in. Raise `RehearsalError` if it does not run."""
        partition = partition_of(region, "region")
        if partition not in self.by_partition:
            running = ", ".join(sorted(self.by_partition)) or "none"
            raise RehearsalError(
                f"{region}: lies in {partition}, and what runs is {running}; start that one, too"
            )
        return self.by_partition[partition]

    def client(self, service: str, region: str, account: str) -> Any:
        """Return a client of an account's root."""
        return self.of(region).client(service, region, root(account))


@contextmanager
def start_clouds(partitions: Collection[str], folder: Path) -> Iterator[Clouds]:
    """Run partitions until the block ends, each with a folder of its own below `folder`.

    They start side by side. Raises `RehearsalError` if one does not start, or ends before it is
    told to; the others are stopped.
    """
    with _told_in_a_line(), ExitStack() as running:

        def begin(partition: str) -> EmbeddedAws:
            region = global_region(partition)
            return running.enter_context(start(partition, region, folder / partition, folder))

        with ThreadPoolExecutor() as pool:
            begun = {each: pool.submit(begin, each) for each in partitions}
        yield Clouds({each: _started(one, folder / each) for each, one in begun.items()})


def _started(one: Future[EmbeddedAws], folder: Path) -> EmbeddedAws:
    try:
        return one.result()
    except OSError as error:
        raise EmbeddedAwsError(f"{folder.name}: {error}") from None


@contextmanager
def _told_in_a_line() -> Iterator[None]:
    try:
        yield
    except EmbeddedAwsError as error:
        mend = "make room and end what else runs here, then try again"
        raise RehearsalError(f"{error}; {mend}") from None
