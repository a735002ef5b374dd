"""What is said of a version that is there: that it is the latest, or that nobody should use it."""

from __future__ import annotations

import json

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from publishing import House, Perform, listed, sound

pytestmark = pytest.mark.slow


@pytest.fixture
def two(house: House) -> House:
    """Return a house that has published 1.0.0, 1.1.0 and a pre-release of 2.0.0."""
    house.done("publish")
    for version in ("1.1.0", "2.0.0-rc.1"):
        house.clone.write(version, ("alerts", "costs"))
        house.done("publish")
    return house


def test_promoting_is_one_write_and_may_go_back(two: House) -> None:
    assert two.told("promote", "1.0.0")["before"] is None
    two.requests.clear()
    told = two.told("promote", "1.1.0")
    assert (told["status"], told["before"], told["back"]) == ("promoted", "1.0.0", False)
    assert told["page"] == f"https://{two.bucket}.s3.us-east-1.amazonaws.com/latest/index.html"
    assert two.puts == ["latest/index.html"]
    assert two.read("latest/index.html") == two.read("1.1.0/index.html")
    assert "promoted   1.0.0, back from 1.1.0, which is newer" in two.done("promote", "1.0.0")
    assert two.read("latest/index.html") == two.read("1.0.0/index.html")
    two.requests.clear()
    assert two.told("promote", "1.0.0")["status"] == "unchanged"
    assert two.puts == []


def test_what_is_not_for_everybody_is_not_promoted(two: House) -> None:
    two.done("yank", "1.1.0", "--reason", "it loses messages")
    two.put("3.0.0/manifest.json", b"{}")
    two.put("3.0.0/index.html", b"")
    for version, words in (
        ("2.0.0-rc.1", "is a pre-release, and the latest is for everybody; mend: publish 2.0.0"),
        ("1.1.0", "1.1.0: is yanked (it loses messages); mend: promote another version"),
        ("3.0.0", "3.0.0 is not listed there as whole"),
        ("1.1.1", "1.1.1 is not listed there as whole (did you mean 1.1.0?); mend: publish it, "),
        ("v1.0.0", "VERSION: 'v1.0.0' is no version; write one like 1.4.0"),
        ("latest", "VERSION: 'latest' is no version"),
    ):
        assert words in two.run("promote", version).line
    assert "latest/index.html" not in two.contents()


def test_a_yanked_version_stays_and_says_why(two: House) -> None:
    before = two.contents()
    told = two.told("yank", "1.0.0", "--reason", "it loses \n messages")
    assert told["status"] == "yanked"
    after = two.contents()
    assert {key for key in after if after[key] != before.get(key)} == {"index.json"}
    assert before.keys() == after.keys()
    assert {version: each["yanked"] for version, each in listed(after).items()} == {
        "2.0.0-rc.1": None,
        "1.1.0": None,
        "1.0.0": "it loses messages",
    }
    two.done("yank", "1.0.0", "--reason", "it loses every message")
    assert listed(two.contents())["1.0.0"]["yanked"] == "it loses every message"
    two.requests.clear()
    again = two.told("yank", "1.0.0", "--reason", "it loses every message")
    assert (again["status"], two.puts) == ("unchanged", [])
    assert sound(two.contents())


def test_the_latest_is_not_yanked_before_another_is(two: House) -> None:
    two.done("promote", "1.1.0")
    line = two.run("yank", "1.1.0", "--reason", "it loses messages").line
    assert "1.1.0: is the latest; mend: promote 1.0.0, and then yank this one" in line
    two.done("promote", "1.0.0")
    two.done("yank", "1.1.0", "--reason", "it loses messages")
    line = two.run("yank", "1.0.0", "--reason", "it loses messages, too").line
    assert "1.0.0: is the latest; mend: publish a new version, promote it, and then yank" in line
    assert listed(two.contents())["1.0.0"]["yanked"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("1.0.0", "--reason", "  "), "--reason: is empty; say in a line why"),
        (("1.2.0", "--reason", "x"), "1.2.0 is not listed there as whole"),
        (("1.0", "--reason", "x"), "VERSION: '1.0' is no version; write one like 1.4.0"),
    ],
)
def test_what_cannot_be_yanked_is_refused(
    two: House, arguments: tuple[str, ...], words: str
) -> None:
    before = two.history()
    assert words in two.run("yank", *arguments).line
    assert two.history() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "index.json: is no list of versions"),
        (b"[]", "index.json: is no list of versions"),
        (b'{"format": 2, "versions": []}', "index.json: is of another format; use a newer"),
        (b'{"format": 1, "versions": [{}]}', "index.json: is no list of versions"),
        (b'{"format": 1, "versions": [{"version": "x"}]}', "index.json: 'x' is no version"),
        (b"\xff", "index.json: is no list of versions"),
    ],
)
def test_a_list_that_is_none_stops_everything_before_it_begins(
    house: House, text: bytes, words: str
) -> None:
    house.put("index.json", text)
    before = house.history()
    for call in (("publish",), ("promote", "1.0.0"), ("yank", "1.0.0", "--reason", "x")):
        assert words in house.run(*call).line
    assert house.history() == before


def test_a_manifest_that_is_none_is_named(house: House) -> None:
    house.put("1.0.0/manifest.json", b"\xff{")
    line = house.run("publish").line
    assert f"s3://{house.bucket}/1.0.0/manifest.json: is no manifest" in line
    assert list(house.contents()) == ["1.0.0/manifest.json"]


def test_whoever_changes_the_list_at_once_loses_nothing(two: House) -> None:
    """A yank and a promotion are answered late, when somebody else has written meanwhile."""
    written: list[str] = []

    def late(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        if request.method == "PUT" and not written:
            written.append(request.url)
            index = json.loads(two.read("index.json"))
            index["versions"][1]["yanked"] = "by somebody else"
            two.put("index.json", json.dumps(index).encode())
        return perform()

    two.wire = late
    two.done("yank", "1.0.0", "--reason", "by us")
    reasons = {version: each["yanked"] for version, each in listed(two.contents()).items()}
    assert reasons == {"2.0.0-rc.1": None, "1.1.0": "by somebody else", "1.0.0": "by us"}


def test_two_promotions_at_once_do_not_overwrite_each_other(two: House) -> None:
    two.done("promote", "1.0.0")
    written: list[str] = []

    def late(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        if request.method == "PUT" and not written:
            written.append(request.url)
            page = two.read("2.0.0-rc.1/index.html")
            two.put("latest/index.html", page, Metadata={"version": "1.0.5"})
        return perform()

    two.wire = late
    line = two.run("promote", "1.1.0").line
    assert "somebody else promoted 1.0.5 just now; mend: run it again if 1.1.0 is still" in line
    assert two.read("latest/index.html") == two.read("2.0.0-rc.1/index.html")


def test_an_answer_that_is_lost_is_no_conflict(two: House) -> None:
    """S3 has written, and the SDK asks again as it never heard of it: 412, and all is well."""

    def twice(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        if request.method == "PUT":
            perform()
            request.reset_stream()
        return perform()

    two.wire = twice
    assert two.told("promote", "1.0.0")["status"] == "promoted"
    two.clone.write("1.2.0", ("alerts",))
    assert two.told("publish")["status"] == "published"
    two.done("yank", "1.2.0", "--reason", "it loses messages")
    contents = two.contents()
    assert sound(contents)
    assert list(listed(contents)) == ["2.0.0-rc.1", "1.2.0", "1.1.0", "1.0.0"]
    assert listed(contents)["1.2.0"]["yanked"] == "it loses messages"
