"""Publishing as people do it: what is in the bucket then, and what is never written again."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from key_desk import Raw
from publishing import Clone, House, Perform, listed, make_clone, obey, sound

from launch.bucket import Where, open_bucket
from launch.errors import LaunchError
from launch.publish import publish
from launch.releasing import prepare

WHOLE = [
    "1.0.0/manifest.json",
    "1.0.0/alerts.yaml",
    "1.0.0/backups.yaml",
    "1.0.0/costs.yaml",
    "1.0.0/launch-stack.svg",
    "1.0.0/index.html",
    "index.json",
]


def test_a_version_is_published_whole_and_listed_last(house: House) -> None:
    told = house.told("publish")
    assert told["status"] == "published"
    assert told["written"] == WHOLE
    assert told["commit"] == house.clone.git("rev-parse", "HEAD").strip()
    assert told["page"] == f"https://{house.bucket}.s3.us-east-1.amazonaws.com/1.0.0/index.html"
    contents = house.contents()
    assert sound(contents)
    assert sorted(contents) == sorted(WHOLE)
    assert (house.puts[0], house.puts[-1]) == (WHOLE[0], WHOLE[-1])
    for name in ("alerts", "backups", "costs"):
        committed = (house.clone.folder / "templates" / f"{name}.yaml").read_bytes()
        assert contents[f"1.0.0/{name}.yaml"] == committed
    manifest = contents["1.0.0/manifest.json"]
    assert json.loads(contents["index.json"]) == {
        "format": 1,
        "versions": [
            {
                "version": "1.0.0",
                "commit": told["commit"],
                "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
                "yanked": None,
            }
        ],
    }


def test_every_object_says_what_it_is_and_how_long_it_may_be_kept(house: House) -> None:
    house.done("publish")
    house.done("promote", "1.0.0")
    heads = {
        key: house.s3.head_object(Bucket=house.bucket, Key=key, ChecksumMode="ENABLED")
        for key in house.contents()
    }
    assert {key.rpartition(".")[2] + " " + each["ContentType"] for key, each in heads.items()} == {
        "html text/html; charset=utf-8",
        "json application/json",
        "svg image/svg+xml",
        "yaml text/plain; charset=utf-8",
    }
    for key, each in heads.items():
        kept = "max-age=31536000, immutable" if key.startswith("1.0.0/") else "no-cache"
        assert each["CacheControl"] == kept, key
        assert each["ChecksumSHA256"], key
    assert heads["latest/index.html"]["Metadata"] == {"version": "1.0.0"}


def test_the_same_again_transfers_nothing(house: House) -> None:
    house.done("publish")
    before = house.history()
    house.requests.clear()
    told = house.told("publish")
    assert (told["status"], told["written"]) == ("unchanged", [])
    assert house.puts == []
    assert house.history() == before


def test_another_commit_with_the_same_templates_is_the_same(house: House) -> None:
    first = house.told("publish")["commit"]
    house.clone.commit("Something else")
    told = house.told("publish")
    assert (told["status"], told["commit"]) == ("unchanged", first)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harm", "named"),
    [
        ("changed", "costs.yaml;"),
        ("added", "deploys.yaml;"),
        ("removed", "costs.yaml;"),
        ("notes", "the notes in CHANGELOG.md;"),
        ("also", "the buckets (there: launch-"),
    ],
)
def test_other_content_under_a_published_version_is_refused(
    house: House, harm: str, named: str
) -> None:
    house.done("publish")
    before = house.history()
    path = house.clone.folder / "templates" / "costs.yaml"
    if harm == "changed":
        path.write_text(path.read_text().replace("news", "costs"))
    elif harm == "added":
        path.with_stem("deploys").write_text(path.read_text())
    elif harm == "removed":
        path.unlink()
    elif harm == "notes":
        changelog = house.clone.folder / "CHANGELOG.md"
        changelog.write_text(changelog.read_text().replace("It is there", "It was there"))
    house.clone.commit("Change what is published")
    also = ("--also", "launch-cn@cn-north-1") if harm == "also" else ()
    line = house.run("publish", *also).line
    assert "1.0.0 is published there with other content, and nothing was changed; what " in line
    assert f"differs: {named}" in line
    assert "mend: raise the version in setup.cfg, make templates, and publish that" in line
    assert house.history() == before


def test_an_object_that_is_not_ours_is_named_and_nothing_is_written(house: House) -> None:
    house.put("1.0.0/costs.yaml", b"somebody else's")
    house.put("1.0.0/index.html", b"somebody else's")
    before = house.history()
    line = house.run("publish").line
    assert "what differs: costs.yaml, index.html; mend" in line
    assert house.history() == before


@pytest.mark.slow
def test_what_is_missing_is_put_again(house: House) -> None:
    house.done("publish")
    house.done("yank", "1.0.0", "--reason", "it is broken")
    whole = house.contents()
    house.s3.delete_object(Bucket=house.bucket, Key="1.0.0/costs.yaml")
    told = house.told("publish")
    assert told["written"] == ["1.0.0/costs.yaml"]
    assert told["yanked"] == "it is broken"
    assert house.contents() == whole


def test_a_dry_run_says_what_it_would_write_and_writes_nothing(house: House) -> None:
    told = house.told("publish", "--dry-run")
    assert (told["status"], told["written"]) == ("planned", WHOLE)
    assert "would put  1.0.0/costs.yaml" in house.done("publish", "--dry-run")
    assert (house.contents(), house.puts) == ({}, [])


def test_the_page_is_told_of_the_buckets_of_other_partitions(house: House) -> None:
    house.done("publish", "--also", "launch-cn@cn-northwest-1")
    manifest = json.loads(house.read("1.0.0/manifest.json"))
    assert manifest["buckets"] == [
        {"name": house.bucket, "region": "us-east-1"},
        {"name": "launch-cn", "region": "cn-northwest-1"},
    ]


@pytest.mark.slow
def test_versions_are_listed_newest_first(house: House) -> None:
    for version in ("1.10.0", "1.9.0", "2.0.0-rc.1", "1.10.0-rc.2"):
        house.clone.write(version, ("alerts",))
        house.done("publish")
    versions = list(listed(house.contents()))
    assert versions == ["2.0.0-rc.1", "1.10.0", "1.10.0-rc.2", "1.9.0"]


@pytest.mark.slow
def test_two_hundred_templates_are_published_and_a_second_time_nothing(house: House) -> None:
    house.clone.write("1.1.0", [f"topic-{number:03}" for number in range(200)])
    assert len(house.told("publish")["written"]) == 204
    assert sound(house.contents())
    house.requests.clear()
    assert house.told("publish")["written"] == []
    assert house.puts == []


@pytest.mark.slow
def test_publishers_of_one_version_at_once_make_it_once(house: House) -> None:
    def go(_: int) -> None:
        bucket = open_bucket(Where(house.bucket, house.bucket))
        ready = prepare(house.clone.folder, (bucket.at,))
        publish(bucket, ready.manifest, ready.sources)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(go, range(4)))
    assert sound(house.contents())
    assert len(house.history()) == len(WHOLE)


@pytest.mark.slow
def test_publishers_of_different_versions_at_once_are_all_listed(
    house: House, tmp_path: Path
) -> None:
    clones = [make_clone(tmp_path / f"clone{number}") for number in range(6)]
    for number, clone in enumerate(clones):
        clone.write(f"1.{number}.0", ("alerts",))

    def go(clone: Clone) -> None:
        bucket = open_bucket(Where(house.bucket, house.bucket))
        ready = prepare(clone.folder, (bucket.at,))
        publish(bucket, ready.manifest, ready.sources)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(go, clones))
    contents = house.contents()
    assert sound(contents)
    assert list(listed(contents)) == [f"1.{number}.0" for number in reversed(range(6))]


@pytest.mark.slow
def test_publishers_of_different_content_at_once_never_mix(house: House, tmp_path: Path) -> None:
    clones = [make_clone(tmp_path / f"clone{number}") for number in range(6)]
    for number, clone in enumerate(clones):
        clone.write("1.0.0", (f"topic-{number}", "alerts"), notes=f"- By {number}.")

    def go(clone: Clone) -> bool:
        bucket = open_bucket(Where(house.bucket, house.bucket))
        ready = prepare(clone.folder, (bucket.at,))
        try:
            publish(bucket, ready.manifest, ready.sources)
        except LaunchError as error:
            assert "1.0.0" in str(error)
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(go, clones))
    assert won.count(True) == 1
    contents = house.contents()
    assert sound(contents)
    topics = [key for key in contents if key.startswith("1.0.0/topic-")]
    assert topics == [f"1.0.0/topic-{won.index(True)}.yaml"]


def test_an_interruption_says_what_to_do(house: House) -> None:
    def stop(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        if request.url.endswith("/index.json") and request.method == "PUT":
            raise KeyboardInterrupt
        return perform()

    house.wire = stop
    line = house.run("publish").line
    assert "interrupted; no list names a version that is not whole; mend: run it again" in line
    house.wire = obey
    assert house.told("publish")["written"] == ["index.json"]


@pytest.mark.slow
def test_a_write_that_fails_on_the_way_is_told_and_the_next_run_completes_it(house: House) -> None:
    def fail(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        if request.url.endswith("/costs.yaml") and request.method == "PUT":
            body = b"<Error><Code>InternalError</Code><Message>We failed</Message></Error>"
            return AWSResponse(request.url, 500, {}, Raw(body))
        return perform()

    house.wire = fail
    assert "PutObject on arn:aws:s3:::launch-" in house.run("publish").line
    assert "index.json" not in house.contents()
    house.wire = obey
    assert "1.0.0/costs.yaml" in house.told("publish")["written"]
    assert sound(house.contents())


@pytest.mark.slow
@pytest.mark.parametrize("same", [True, False])
def test_what_somebody_puts_meanwhile_is_looked_at(house: House, same: bool) -> None:
    """Between reading what is there and writing; S3 refuses our write, whatever the content."""
    committed = (house.clone.folder / "templates" / "costs.yaml").read_bytes()

    put: list[str] = []

    def meanwhile(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        if request.method == "PUT" and request.url.endswith("/costs.yaml") and not put:
            put.append(request.url)
            house.put("1.0.0/costs.yaml", committed if same else b"else")
        return perform()

    house.wire = meanwhile
    answer = house.run("publish")
    assert answer.code == (0 if same else 1)
    assert ("somebody else has put other content there just now" in answer.err) is not same
    contents = house.contents()
    assert sound(contents)
    assert ("index.json" in contents) is same


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 9])
def test_a_conflict_with_nothing_there_is_tried_again_a_few_times(house: House, times: int) -> None:
    left = [times] * times
    body = b"<Error><Code>ConditionalRequestConflict</Code><Message>Wait</Message></Error>"

    def conflict(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        if request.method == "PUT" and request.url.endswith("/costs.yaml") and left:
            left.pop()
            return AWSResponse(request.url, 409, {}, Raw(body))
        return perform()

    house.wire = conflict
    if times == 1:
        assert house.told("publish")["status"] == "published"
    else:
        line = house.run("publish").line
        assert "costs.yaml: others write it, too; mend: run it again after them" in line
    assert sound(house.contents())
