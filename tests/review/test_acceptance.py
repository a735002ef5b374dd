"""What people get wrong in a list of accepted changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from comparing import REPLACED

from review.acceptance import AcceptanceError, Accepted, accepted_by, read_acceptances

WRITTEN = """\
[[accept]]
template = "store.yaml"
change = "replace"
where = "Bucket"
reason = "It is empty."
"""


def read(tmp_path: Path, text: str) -> tuple[Accepted, ...]:
    path = tmp_path / "accepted.toml"
    path.write_text(text, encoding="utf-8")
    return read_acceptances(path)


def test_what_is_accepted(tmp_path: Path) -> None:
    found = read(tmp_path, WRITTEN)
    assert found == (Accepted("store.yaml", "replace", "Bucket", "It is empty."),)
    assert accepted_by(found, "store.yaml", REPLACED) is found[0]
    assert accepted_by(found, "other.yaml", REPLACED) is None


def test_nothing_is_accepted_by_an_empty_file(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[accept]", "is no TOML: "),
        ("accept = 3", "holds more than [[accept]] tables"),
        ("[accepted]\n", "holds more than [[accept]] tables"),
        ("accept = [3]", "accept[1].template: is missing"),
        (WRITTEN.replace("where", "were"), "accept[1].were: is no key of it (did you mean where?)"),
        (WRITTEN.replace('"It is empty."', '" "'), "accept[1].reason: is missing"),
        (WRITTEN.replace('"Bucket"', "3"), "accept[1].where: is missing; write it as a text"),
        (f"{WRITTEN}\n[[accept]]\n", "accept[2].template: is missing"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(AcceptanceError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AcceptanceError, match=r"cannot be read.*--accept"):
        read_acceptances(tmp_path / "nowhere.toml")
