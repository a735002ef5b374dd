"""Which rules a resource says it breaks on purpose, in its Metadata, each with the reason.

Metadata:
  Meridian:
    Suppress:
      MR101: Its log group is another stack's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from template_reader.file import LIBRARY
from template_reader.nodes import below

KEY = "Suppress"


def suppressed(resource: Any) -> Mapping[str, Any]:
    """Return what a resource says of rules, {} where it says nothing."""
    found = below(resource, "Metadata", LIBRARY, KEY)
    return found if isinstance(found, Mapping) else {}
