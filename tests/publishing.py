"""A house that publishes: a clone of its own, launch buckets in two partitions, and the command.

The command runs as people run it, as a user who has the rights its help names and no others; the
network below botocore is looked at, and bent where a test says so.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from embedded import HOME_REGION, Clouds
from key_desk import Answer

from generate import main
from rehearsal.embedded_aws import root

SEND = URLLib3Session.send
NUMBERS = itertools.count(1)
RIGHTS = ("s3:ListBucket", "s3:GetObject", "s3:PutObject")
TEMPLATE = """\
AWSTemplateFormatVersion: '2010-09-09'
Description: A topic of its own, {name}.
Metadata:
  Meridian:
    Version: {version}
    Partitions: [aws, aws-cn]
Parameters:
  Subject:
    Type: String
    Default: news
    Description: What the topic is about, for example news.
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Subject
"""
CHANGES = "# Changelog\n\n## [Unreleased]\n\n- What comes next.\n"
Perform = Callable[[], AWSResponse]
Wire = Callable[[AWSPreparedRequest, Perform], AWSResponse]


def obey(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
    """Let AWS do as asked."""
    return perform()


@dataclass
class Clone:
    """A clone with templates of one version, everything committed."""

    folder: Path

    def write(self, version: str, names: Sequence[str], notes: str = "- It is there.") -> None:
        """Write templates of a version, tell of it in the changelog, and commit both."""
        templates = self.folder / "templates"
        templates.mkdir(exist_ok=True)
        for each in templates.iterdir():
            each.unlink()
        for name in names:
            text = TEMPLATE.format(name=name, version=version)
            (templates / f"{name}.yaml").write_text(text)
        section = f"\n## [{version}] - 2026-11-22\n\n{notes}\n"
        (self.folder / "CHANGELOG.md").write_text(CHANGES + section)
        self.commit(f"Release {version}")

    def commit(self, message: str) -> str:
        """Commit everything there is; return the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *words: str) -> str:
        """Run git as somebody whose settings nobody has made."""
        who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
        where = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(  # noqa: S603 - git, our own words
            ["git", *who, "-C", self.folder, *words],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
            env=where,
        )
        return done.stdout


def make_clone(folder: Path) -> Clone:
    """Return a clone in which nothing is yet."""
    folder.mkdir(parents=True, exist_ok=True)
    clone = Clone(folder)
    clone.git("init", "--quiet")
    return clone


@dataclass
class House:
    """Who publishes; `wire` is what becomes of requests, `requests` are those there were."""

    clouds: Clouds
    clone: Clone
    config: Path
    account: str
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    bucket: str = ""
    wire: Wire = obey
    requests: list[tuple[str, str]] = field(default_factory=list)

    @property
    def s3(self) -> Any:
        """A client of S3 that may do everything."""
        return self.clouds.home.client("s3", HOME_REGION, root(self.account))

    def open_bucket(self, rights: Sequence[str] = RIGHTS) -> str:
        """Make a launch bucket, and the profile of a user who has these rights to it."""
        name = f"launch-{self.account}-{next(NUMBERS)}"
        self.s3.create_bucket(Bucket=name)
        versioned = {"Status": "Enabled"}
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioned)
        self.bucket = name
        self.add_user(name, rights)
        return name

    def add_user(self, name: str, rights: Sequence[str]) -> None:
        """Make a user who has rights to the bucket, and a profile of the same name."""
        iam = self.clouds.home.client("iam", HOME_REGION, root(self.account))
        iam.create_user(UserName=name)
        arn = f"arn:aws:s3:::{self.bucket}"
        statement = {"Effect": "Allow", "Action": list(rights), "Resource": [arn, f"{arn}/*"]}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=name, PolicyName="publish", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.add_profile(
            name,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )

    def add_profile(self, name: str, **settings: str) -> None:
        """Add a profile that tries once; without other settings it leads to this AWS."""
        given = {"region": HOME_REGION, "endpoint_url": self.clouds.home.url, "max_attempts": "1"}
        lines = [f"{key} = {value}" for key, value in {**given, **settings}.items()]
        with self.config.open("a", encoding="utf-8") as config:
            config.write("\n".join([f"[profile {name}]", *lines, ""]))

    def arguments(self, command: str, *arguments: str) -> list[str]:
        """Return the words of a command on the bucket; an option may be given again."""
        return [command, "--bucket", self.bucket, "--profile", self.bucket, *arguments]

    def run(self, command: str, *arguments: str) -> Answer:
        """Run a command on the bucket."""

        def send(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
            self.requests.append((request.method, urlsplit(request.url).path))
            return self.wire(request, lambda: SEND(session, request))

        with self.patch.context() as patch:
            patch.setattr("generate.PROJECT", self.clone.folder)
            patch.setattr(URLLib3Session, "send", send)
            code = main(self.arguments(command, *arguments))
        seen = self.capture.readouterr()
        return Answer(code, seen.out, seen.err)

    def done(self, command: str, *arguments: str) -> str:
        """Run a command that ends well; return what it prints."""
        answer = self.run(command, *arguments)
        assert answer.code == 0, answer
        return answer.out

    def told(self, command: str, *arguments: str) -> dict[str, Any]:
        """Run a command that ends well; return what it tells programs."""
        facts: dict[str, Any] = json.loads(self.done(command, *arguments, "--format", "json"))
        return facts

    @property
    def puts(self) -> list[str]:
        """The keys that were put, in order."""
        return [path.split("/", 2)[2] for method, path in self.requests if method == "PUT"]

    def contents(self, bucket: str = "") -> dict[str, bytes]:
        """Return what is in a bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket or self.bucket)
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return {key: self.read(key, bucket) for key in keys}

    def read(self, key: str, bucket: str = "") -> bytes:
        """Return the content of an object."""
        content: bytes = self.s3.get_object(Bucket=bucket or self.bucket, Key=key)["Body"].read()
        return content

    def history(self) -> list[tuple[str, str]]:
        """Return every version of every object."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket)
        return [(each["Key"], each["VersionId"]) for page in pages for each in page["Versions"]]

    def put(self, key: str, content: bytes, **more: Any) -> None:
        """Put an object by hand."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content, **more)


def listed(contents: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return what index.json says of each version, {} where there is none."""
    if "index.json" not in contents:
        return {}
    return {each["version"]: each for each in json.loads(contents["index.json"])["versions"]}


def sound(contents: Mapping[str, bytes]) -> bool:
    """Return whether every version that is listed is whole, and the latest is one of them."""
    versions = listed(contents)
    for version, entry in versions.items():
        manifest = contents[f"{version}/manifest.json"]
        assert hashlib.sha256(manifest).hexdigest() == entry["manifest_sha256"]
        told = json.loads(manifest)
        for each in told["templates"]:
            content = contents[f"{version}/{each['name']}.yaml"]
            assert hashlib.sha256(content).hexdigest() == each["sha256"]
            assert len(content) == each["size"]
        assert f"{version}/index.html" in contents
        assert f"{version}/launch-stack.svg" in contents
    pages = {contents[f"{version}/index.html"] for version in versions}
    assert contents.get("latest/index.html") in {None, *pages}
    return True


def make_house(
    clouds: Clouds,
    folder: Path,
    patch: pytest.MonkeyPatch,
    capture: pytest.CaptureFixture[str],
) -> House:
    """Return a house with a bucket, in an account of its own, and a clone with nothing in it."""
    config = folder / "config"
    patch.setenv("AWS_CONFIG_FILE", str(config))
    house = House(clouds, make_clone(folder / "clone"), config, clouds.account(), patch, capture)
    house.open_bucket()
    return house
