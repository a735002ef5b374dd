"""Takes secrets and control characters out of what builds print and calls answer.

What looks like a secret access key, a session token or a signed token is masked, and what a name
such as SecretAccessKey or a password in a URL says is one. Access key ids, commits and ARNs stay.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

MASK = "****"
NAME = r"(?:secret_?(?:access_?)?key|(?:session|security)[_-]?token|password|x-amz-signature)"
SEPARATOR = r"(?:\\?[\"'])?(?:\s*[:=>]\s*|\s+(?=[\w/+]{16}))(?:\\?[\"'])?"
NAMED = re.compile(rf"(?i)({NAME}{SEPARATOR})[^\s\"'<>&,\\]+")
IN_URL = re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)")
SIGNED = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
LONGEST_NAME = 100  # characters; a session token has more, and nothing that is to be read has
CANDIDATE = re.compile(
    r"(?P<arn>\barn:aws[\w-]*:[\w:/.*{}-]+)"
    rf"|(?<![\w/+=-])(?:(?P<key>[A-Za-z0-9/+]{{40}})|[A-Za-z0-9/+]{{{LONGEST_NAME},}})(?![\w/+-])=*"
)
COMMIT = re.compile(r"[0-9a-fA-F]+")
TERMINAL_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")

Shown = TypeVar("Shown")


def masked(text: str) -> str:
    """Return a text with a mask for every secret in it, and nothing that moves a cursor."""
    plain = TERMINAL_SEQUENCE.sub("", text).expandtabs().replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(
        each if each.isprintable() or each == "\n" else repr(each)[1:-1] for each in plain
    )
    plain = IN_URL.sub(rf"\1{MASK}", NAMED.sub(rf"\1{MASK}", plain))
    return CANDIDATE.sub(_mask, SIGNED.sub(MASK, plain))


def without_secrets(shown: Shown) -> Shown:
    """Return typed data with every text in it masked."""
    cleaned: Any = shown
    if dataclasses.is_dataclass(shown) and not isinstance(shown, type):
        fields = {each.name: getattr(shown, each.name) for each in dataclasses.fields(shown)}
        cleaned = dataclasses.replace(
            shown, **{name: without_secrets(value) for name, value in fields.items()}
        )
    elif isinstance(shown, Mapping):
        cleaned = {name: _value(name, value) for name, value in shown.items()}
    elif isinstance(shown, tuple):
        cleaned = tuple(without_secrets(each) for each in shown)
    elif isinstance(shown, str) and not isinstance(shown, StrEnum):
        cleaned = masked(shown)
    return cleaned  # type: ignore[no-any-return]


def _value(name: str, value: Any) -> Any:
    return MASK if re.search(f"(?i){NAME}", name) else without_secrets(value)


def _mask(found: re.Match[str]) -> str:
    word, key = found[0], found["key"]
    mixed = word.upper() != word != word.lower()
    return word if found["arn"] or (key and (COMMIT.fullmatch(key) or not mixed)) else MASK
