"""An access key of an IAM user: read from what people have, judged by its form, and never shown.

Every id that IAM gives a user's key has 20 characters and begins with AKIA, every secret has 40.
No text raised here holds a part of what was given, for it may be a secret in the wrong place.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from operate.errors import OperateError

ACCESS_KEY = re.compile(r"AKIA[A-Z0-9]{16}")
SECRET_KEY = re.compile(r"[A-Za-z0-9/+]{40}")
SECRET_LENGTH = 40
ENDING = 4
HEADER = ("access key id", "secret access key")
LIKE_A_KEY = re.compile(r"A[KS]IA[A-Z0-9]{12,}|[A-Za-z0-9/+]{36,}")
NO_NAME = re.compile("(?!)")
NAMES = {"--prefix": re.compile("/"), "--key-id": re.compile("(arn:.*:)?alias/")}
FORMS = "give two lines, the id and the secret, or the CSV file that the IAM console gives"


@dataclass(frozen=True)
class KeyPair:
    """The id of an access key and its secret. Neither is in its `repr`."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    @property
    def ending(self) -> str:
        """The last characters of the id, by which people know it."""
        return ending(self.access_key)

    def hide(self, text: str) -> str:
        """Return a text without this secret and without any id, should somebody have quoted one."""
        without_secret = text.replace(self.secret_key, "(the secret)")
        return ACCESS_KEY.sub(lambda found: f"(the id ending {ending(found[0])})", without_secret)


def ending(access_key: str) -> str:
    """Return the last four characters of the id of a key."""
    return access_key[-ENDING:]


def judge_access_key(word: str) -> str:
    """Return the id of a key without the blanks around it; `OperateError` if it is none."""
    word = word.strip()
    if not word:
        raise OperateError("no access key id was given, and nothing is stored")
    if word.startswith("ASIA"):
        raise OperateError(
            "the id begins with ASIA: that key is temporary and would expire in a build; "
            "make one for the IAM user, its id begins with AKIA"
        )
    if SECRET_KEY.fullmatch(word):
        raise OperateError("the id has the form of a secret; give the id first, then the secret")
    if not ACCESS_KEY.fullmatch(word):
        raise OperateError(
            "the id is not that of an IAM user's access key: AKIA and 16 capital letters or "
            f"digits, but {len(word)} characters were given; copy it anew"
        )
    return word


def judge_secret_key(word: str) -> str:
    """Return a secret without the blanks around it; `OperateError` if it cannot be one."""
    word = word.strip()
    if not word:
        raise OperateError("no secret access key was given, and nothing is stored")
    if ACCESS_KEY.fullmatch(word):
        raise OperateError("the secret has the form of an id; give the id first, then the secret")
    if len(word) != SECRET_LENGTH:
        raise OperateError(
            f"the secret has {len(word)} characters where AWS gives {SECRET_LENGTH}; copy it anew"
        )
    if not SECRET_KEY.fullmatch(word):
        raise OperateError(
            "the secret has a character that no secret of AWS has (they are letters, digits, "
            "/ and +); copy it anew"
        )
    return word


def parse(text: str) -> KeyPair:
    """Read a pair from two lines or from the IAM console's CSV; `OperateError` if it is not there.

    Blanks or a comma in one line part the id from the secret as well, so that what
    `aws iam create-access-key --output text --query` prints may be piped.
    """
    words = _of_csv(text) or re.split(r"[\s,]+", text.strip())
    if words == [""]:
        raise OperateError(f"nothing is on standard input, and nothing is stored; {FORMS}")
    if len(words) != len(HEADER):
        raise OperateError(
            f"standard input holds not two words, an id and a secret, but {len(words)}; {FORMS}"
        )
    return KeyPair(judge_access_key(words[0]), judge_secret_key(words[1]))


def _of_csv(text: str) -> list[str]:
    """Return id and secret of the one key in a CSV with a header, nothing if there is no header."""
    lines = [line for line in text.splitlines() if line.strip(" ,")]
    rows = list(csv.reader(lines, quoting=csv.QUOTE_MINIMAL, skipinitialspace=True))
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if not set(HEADER) <= set(header):
        return []
    if len(rows) != len(HEADER):
        raise OperateError(f"the CSV file holds {len(rows) - 1} keys where one belongs; {FORMS}")
    row = rows[1] + [""] * len(header)
    return [row[header.index(title)] for title in HEADER]


def refuse_keys(arguments: Sequence[str]) -> None:
    """Raise `OperateError` if an argument looks like a key and is not a long name instead."""
    for before, argument in zip(("", *arguments), arguments, strict=False):
        option, _, value = argument.rpartition("=")
        is_name = NAMES.get(option or before, NO_NAME).match(value)
        if not is_name and LIKE_A_KEY.search(argument):
            raise OperateError(
                "an argument looks like an access key. Arguments stay in the shell's history, and "
                "every process sees them: delete that key, make another, and give it at the prompt "
                "or on standard input"
            )
