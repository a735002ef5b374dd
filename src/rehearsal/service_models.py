"""Reads what services look like without the words on it: half the memory, and half the time.

botocore makes an OrderedDict of each part, from the time when others had no order.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader

WORDS = "documentation"
HEAD = re.compile(r'"metadata"\s*:\s*')


class BriefLoader(JSONFileLoader):  # type: ignore[misc] # botocore has no types
    """Loads a file of a service as botocore does, its documentation left empty."""

    def load_file(self, file_path: str) -> Any:
        """Return what a file holds, None if there is none; its name is given without its ending."""
        text = _text(file_path)
        return None if text is None else json.loads(text, object_hook=_brief)


class HeadLoader(JSONFileLoader):  # type: ignore[misc] # the same
    """Loads what stands at the head of a file of a service: its protocol, and the like."""

    def load_file(self, file_path: str) -> Any:
        """Return the metadata in a file, None if there is none."""
        text = _text(file_path)
        found = HEAD.search(text) if text is not None else None
        if text is None or found is None:
            return None
        return {"metadata": json.JSONDecoder().raw_decode(text, found.end())[0]}


def _text(path: str) -> str | None:
    plain, packed = Path(f"{path}.json"), Path(f"{path}.json.gz")
    if plain.is_file():
        return plain.read_text(encoding="utf-8")
    return gzip.decompress(packed.read_bytes()).decode() if packed.is_file() else None


def _brief(part: dict[str, Any]) -> dict[str, Any]:
    if isinstance(part.get(WORDS), str):  # a member of that name is none
        part[WORDS] = ""
    return part
