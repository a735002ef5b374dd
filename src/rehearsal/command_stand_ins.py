"""What stands in for commands, loaded: what it imports, and clients of each embedded AWS."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

from rehearsal.shared_clients import prepare

CALLED = "ec2"
IMPORTED = (
    "rehearsal.stand_ins.packer_calls",
    "rehearsal.stand_ins.packer_template",
    "xml.etree.ElementTree",
    "yaml",
    "zipfile",
)


def load(urls: Iterable[str]) -> None:
    """Load what the modules of stand-ins need, which are themselves run anew for each call."""
    for name in IMPORTED:
        importlib.import_module(name)
    for url in urls:
        prepare(url, CALLED)
