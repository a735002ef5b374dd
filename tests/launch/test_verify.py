"""Verifying a version of this very project: published from a copy of it, made anew from git."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from publishing import CHANGES, House, make_clone
from templates.committed import NAMES, PROJECT

COPIED = ("generate.py", "setup.cfg", "src", "buildspecs", "topologies", "templates")
VERSION = "0.1.0"


@pytest.fixture
def published(house: House) -> House:
    """Return a house that has released a copy of this project, whose tests find nothing."""
    folder = house.clone.folder.with_name("project")
    house.clone = make_clone(folder)
    for name in COPIED:
        source = PROJECT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    (folder / ".gitignore").write_text("__pycache__/\n")
    (folder / "Makefile").write_text("test:\n\t@true\n")
    setup = folder / "setup.cfg"
    setup.write_text(re.sub("(?m)^version = .*$", f"version = {VERSION}", setup.read_text()))
    section = f"\n## [{VERSION}] - 2026-11-22\n\n- All of it.\n"
    (folder / "CHANGELOG.md").write_text(CHANGES + section)
    house.clone.commit("Release it")
    house.done("release")
    return house


@pytest.mark.slow
def test_what_is_published_is_what_its_commit_renders(published: House) -> None:
    published.clone.commit("Go on")
    told = published.told("verify", VERSION)
    assert (told["status"], told["listed"]) == ("same", True)
    expected = {f"{VERSION}/{name}.yaml" for name in NAMES}
    others = {"manifest.json", "index.html", "launch-stack.svg"}
    expected |= {f"{VERSION}/{name}" for name in others} | {"latest/index.html"}
    assert {each["key"] for each in told["objects"]} == expected
    assert not any(each["problem"] for each in told["objects"])


@pytest.mark.slow
def test_whatever_is_not_as_published_is_found(published: House) -> None:
    published.put(f"{VERSION}/service-roles.yaml", b"Resources: {}\n")
    published.put(f"{VERSION}/index.html", b"<a href='https://example.com'>Launch</a>")
    published.put(f"{VERSION}/more.yaml", b"Resources: {}\n")
    published.put("latest/index.html", b"else", Metadata={"version": VERSION})
    published.s3.delete_object(Bucket=published.bucket, Key=f"{VERSION}/artifact-store.yaml")
    index = json.loads(published.read("index.json"))
    index["versions"][0]["manifest_sha256"] = "0" * 64
    published.put("index.json", json.dumps(index).encode())
    answer = published.run("verify", VERSION, "--format", "json")
    assert answer.code == 2
    problems = {
        each["key"]: each["problem"]
        for each in json.loads(answer.out)["objects"]
        if each["problem"]
    }
    rendered = "differs from what the commit renders"
    assert problems == {
        f"{VERSION}/artifact-store.yaml": "is not in the bucket",
        f"{VERSION}/index.html": rendered,
        f"{VERSION}/manifest.json": "its SHA-256 is not the one that was published",
        f"{VERSION}/more.yaml": "the commit has no such object",
        f"{VERSION}/service-roles.yaml": f"its SHA-256 is not the one that was published; "
        f"{rendered}",
        "latest/index.html": "differs from the page that the commit renders",
    }


@pytest.mark.slow
def test_a_template_that_was_changed_by_hand_is_found(published: House) -> None:
    """Publishing does not render; so a version can be whole and not what its commit renders."""
    folder = published.clone.folder
    for path in (*(folder / "templates").iterdir(), folder / "setup.cfg", folder / "CHANGELOG.md"):
        path.write_text(path.read_text().replace(VERSION, "0.1.1"))
    path = folder / "templates" / "artifact-store.yaml"
    path.write_text(path.read_text().replace("AWSTemplate", "# Mine.\nAWSTemplate", 1))
    published.clone.commit("Change a template by hand")
    published.done("publish")
    answer = published.run("verify", "0.1.1")
    assert answer.code == 2
    words = "differs    0.1.1/artifact-store.yaml: differs from what the commit renders"
    assert words in answer.out
    assert "same       0.1.1/launch-stack.svg" in answer.out


@pytest.mark.slow
def test_a_version_that_is_not_listed_is_found(published: House) -> None:
    published.s3.delete_object(Bucket=published.bucket, Key="index.json")
    answer = published.run("verify", VERSION)
    assert answer.code == 2
    assert answer.out.splitlines()[-1] == "incomplete it is not listed; mend: publish it again"


def test_a_version_that_is_not_there_is_named(house: House) -> None:
    line = house.run("verify", "1.0.0").line
    assert f"s3://{house.bucket}/1.0.0/manifest.json: is not there; mend: name a published" in line


def test_a_commit_that_the_clone_lacks_is_named_with_the_way_to_it(
    house: House, tmp_path: Path
) -> None:
    commit = house.told("publish")["commit"]
    original = house.clone
    house.clone = make_clone(tmp_path / "other")
    assert f"has no commit {commit}; mend: git fetch --all" in house.run("verify", "1.0.0").line
    original.commit("Go on")
    original.git("clone", "--quiet", "--depth=1", original.folder.as_uri(), str(tmp_path / "new"))
    house.clone.folder = tmp_path / "new"
    words = f"has no commit {commit}; mend: git fetch --unshallow"
    assert words in house.run("verify", "1.0.0").line


def test_a_commit_that_is_none_never_reaches_git(house: House) -> None:
    house.done("publish")
    manifest = json.loads(house.read("1.0.0/manifest.json"))
    told = json.dumps({**manifest, "commit": "--output=/tmp/x"})
    house.put("1.0.0/manifest.json", told.encode())
    assert "'--output=/tmp/x' is no id of a commit; mend" in house.run("verify", "1.0.0").line


def test_a_commit_that_renders_nothing_is_told(house: House) -> None:
    house.done("publish")
    assert "its commit does not render here: " in house.run("verify", "1.0.0").line


def test_without_git_nothing_is_published_or_verified(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.done("publish")
    monkeypatch.setenv("PATH", "")
    for call in (("publish",), ("verify", "1.0.0")):
        assert "git: is not installed; mend: install it" in house.run(*call).line


def test_what_is_no_clone_is_not_published(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    shutil.copytree(house.clone.folder, folder, ignore=shutil.ignore_patterns(".git"))
    house.clone.folder = folder
    line = house.run("publish").line
    assert "not a git repository" in line
    assert "mend: run it in a clone, made by git clone" in line
    make_clone(tmp_path)
    assert f"{folder}: is a folder of another repository" in house.run("publish").line
    assert house.contents() == {}
