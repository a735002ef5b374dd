"""Stands in for Packer: reads the template and makes the calls of EC2 that its build would make.

It calls an embedded AWS alone, the one that AWS_ENDPOINT_URL names; without it, it refuses.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from refusals import RefusalError
from rehearsal.errors import RehearsalError
from rehearsal.stand_ins.packer_log import Log
from rehearsal.stand_ins.packer_template import Source, read_body, read_sources

ENDPOINT = "AWS_ENDPOINT_URL"
VERSION = "PACKER_VERSION"


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Do what a command line asks; return the exit code."""
    command, *rest = arguments or [""]
    try:
        if command == "version":
            print(f"Packer v{environment.get(VERSION, '')}")
        elif command == "init":
            read_body(Path(rest[-1] if rest else ""), environment)
        elif command == "validate":
            _read(rest, environment)
            print("The configuration is valid.")
        elif command == "build":
            return _build(_read(rest, environment), environment)
        else:
            raise RehearsalError(f"packer: nothing stands in for 'packer {command}'")
    except RefusalError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def _read(words: Sequence[str], environment: Mapping[str, str]) -> list[Source]:
    """Return the sources that options and a template name."""
    given, rest, left = {}, [], list(words)
    while left:
        word = left.pop(0)
        if word == "-var" and left:
            name, _, value = left.pop(0).partition("=")
            given[name] = value
        elif word != "-machine-readable":
            rest.append(word)
    if len(rest) != 1:
        raise RehearsalError(f"packer: one template and -var is all that is taken, not {rest}")
    path = Path(rest[0])
    return read_sources(path, read_body(path, environment), given, Path.cwd())


def _build(sources: Sequence[Source], environment: Mapping[str, str]) -> int:
    """Build from each source; return 0 if each made an image."""
    url = environment.get(ENDPOINT)
    if not url:
        raise RehearsalError(f"packer: it calls an embedded AWS only; set {ENDPOINT} to one")
    made = [_make(url, each, Log(each.name, _print)) for each in sources]
    return 0 if all(made) else 1


def _print(line: str) -> None:
    print(line, flush=True)


def _make(url: str, source: Source, log: Log) -> bool:
    # Not before they are needed: they take longer to load than all else here takes to run.
    from rehearsal.shared_clients import client  # noqa: PLC0415
    from rehearsal.stand_ins.packer_builder import FAILURES, Builder, caller  # noqa: PLC0415
    from rehearsal.stand_ins.packer_calls import make_image  # noqa: PLC0415

    region = source.settings["region"]
    try:
        ec2 = client(url, "ec2", region, caller())
        log.artifact(region, make_image(Builder(ec2, source.settings, log)))
    except (*FAILURES, RefusalError) as error:
        log.error(str(error))
        log.end_badly(str(error))
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], os.environ))
