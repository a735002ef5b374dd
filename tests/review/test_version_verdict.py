"""What a change asks of the version, before and after 1.0.0."""

from __future__ import annotations

import pytest

from review.diff.change import Bump
from review.version_verdict import judge_version, next_version
from semantic_version import Version, read_version


def version(text: str) -> Version | None:
    return read_version(text, "test") if text else None


@pytest.mark.parametrize(
    ("before", "bump", "wanted"),
    [
        ("1.2.3", Bump.NONE, "1.2.3"),
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("0.2.3", Bump.PATCH, "0.2.4"),
        ("0.2.3", Bump.MINOR, "0.2.4"),
        ("0.2.3", Bump.MAJOR, "0.3.0"),
    ],
)
def test_the_least_version(before: str, bump: Bump, wanted: str) -> None:
    assert str(next_version(read_version(before, "test"), bump)) == wanted


@pytest.mark.parametrize(
    ("before", "after", "bump", "failed", "words"),
    [
        ("1.2.3", "1.2.3", Bump.MAJOR, True, "set it to 2.0.0 or more"),
        ("1.2.3", "1.9.0", Bump.MAJOR, True, "set it to 2.0.0 or more"),
        ("1.2.3", "2.0.0", Bump.MAJOR, False, "far enough"),
        ("1.2.3", "2.0.0-rc.1", Bump.MAJOR, False, "far enough"),
        ("1.2.3", "1.2.3", Bump.MINOR, False, "set it to 1.3.0 or more"),
        ("1.2.3", "1.2.2", Bump.NONE, False, "set it to 1.2.3 or more"),
        ("1.2.3", "", Bump.MAJOR, False, "not judged: the change says no version"),
        ("", "1.2.3", Bump.MAJOR, False, "not judged: the base says no version"),
    ],
)
def test_what_is_said_of_the_version(
    before: str, after: str, bump: Bump, failed: bool, words: str
) -> None:
    said = judge_version(bump, version(before), version(after), released=True)
    assert said.failed is failed
    assert words in said.words


def test_before_the_first_release_any_version_will_do() -> None:
    said = judge_version(Bump.MAJOR, version("0.1.0"), version("0.1.0"), released=False)
    assert not said.problem
    assert "nothing has been released" in said.words
