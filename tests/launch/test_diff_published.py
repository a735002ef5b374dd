"""What has changed since a published version: read from its bucket, each file as it was claimed."""

from __future__ import annotations

import pytest
from publishing import House


@pytest.fixture
def released(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Return a house that has published 1.0.0 and has a template less since."""
    house.clone.write("1.0.0", ["queue", "topic"])
    house.done("publish")
    (house.clone.folder / "templates" / "queue.yaml").unlink()
    monkeypatch.chdir(house.clone.folder)
    return house


def test_a_published_version_is_compared_with_the_work_tree(released: House) -> None:
    answer = released.run("diff", "1.0.0")
    assert "1.0.0 compared with the work tree: 1 template differs, 1 the same." in answer.out
    assert "! template removed" in answer.out


def test_what_is_not_as_published_is_refused(released: House) -> None:
    released.put("1.0.0/topic.yaml", b"Resources: {}\n")
    answer = released.run("diff", "1.0.0")
    assert answer.code == 1
    assert f"s3://{released.bucket}/1.0.0/topic.yaml: is not what was published" in answer.err


@pytest.mark.parametrize(
    ("version", "words"),
    [("1.9.0", "is not there; mend: name a published version"), ("one", "'one' is no version")],
)
def test_a_version_that_is_not_there(released: House, version: str, words: str) -> None:
    answer = released.run("diff", version)
    assert (answer.code, answer.out) == (1, "")
    assert words in answer.err
