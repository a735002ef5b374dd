"""Reads what services look like without the words on it: half the memory, and half the time.

botocore makes an OrderedDict of each part, from the time when others had no order.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader

WORDS = "documentation"


class BriefLoader(JSONFileLoader):  # type: ignore[misc] # botocore has no types
    """Loads a file of a service as botocore does, its documentation left empty."""

    def load_file(self, file_path: str) -> Any:
        """Return what a file holds, None if there is none; its name is given without its ending."""
        plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            return _read(plain.read_bytes())
        return _read(gzip.decompress(packed.read_bytes())) if packed.is_file() else None


def _read(content: bytes) -> Any:
    return json.loads(content, object_hook=_brief)


def _brief(part: dict[str, Any]) -> dict[str, Any]:
    if isinstance(part.get(WORDS), str):  # a member of that name is none
        part[WORDS] = ""
    return part
