"""Links that anybody may follow until they expire, signed on this machine and taken apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from generate import main

KEY = "AKIAEXAMPLE000000000"
SIGNED = "links", "artifact-store", "--bucket", "launch-1@us-east-1", "--region", "eu-west-1"


@pytest.fixture
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s" * 40)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


@pytest.mark.usefixtures("_key")
def test_a_link_is_signed_for_the_bucket_s_own_host(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SIGNED, "--expires", "3600", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    url = urlsplit(row["templateUrl"])
    said = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.scheme, url.netloc) == ("https", "launch-1.s3.us-east-1.amazonaws.com")
    assert url.path.endswith("/artifact-store.yaml")
    assert said["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert said["X-Amz-Credential"].split("/")[::2] == [KEY, "us-east-1", "aws4_request"]
    signed = datetime.strptime(said["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert datetime.fromisoformat(row["expires"]) - signed == timedelta(hours=1)
    assert row["temporaryCredentials"] is False
    filled = parse_qs(urlsplit(row["url"]).fragment.partition("?")[2])
    assert filled["templateURL"] == [row["templateUrl"]]


@pytest.mark.usefixtures("_key")
def test_china_signs_for_its_own_hosts(capsys: pytest.CaptureFixture[str]) -> None:
    where = "--bucket", "launch-2@cn-north-1", "--region", "cn-northwest-1"
    assert main(["links", "artifact-store", *where, "--expires", "60", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert urlsplit(row["templateUrl"]).netloc == "launch-2.s3.cn-north-1.amazonaws.com.cn"


@pytest.mark.usefixtures("_key")
@pytest.mark.parametrize("style", ["text", "md"])
def test_people_are_told_until_when(capsys: pytest.CaptureFixture[str], style: str) -> None:
    assert main([*SIGNED, "--expires", "604800", "--format", style]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1].startswith("Whoever has a link can read its template until ")
    assert out.endswith(" UTC.\n")
    assert "launch-stack.svg" not in out


@pytest.mark.usefixtures("_key")
def test_temporary_credentials_end_earlier(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t" * 200)
    assert main([*SIGNED, "--expires", "60"]) == 0
    assert "and ends with them if that is earlier." in capsys.readouterr().out


@pytest.mark.usefixtures("_key")
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--expires", "0"], "--expires: 0 seconds; S3 takes 1 to 604800, which is 7 days"),
        (["--expires", "604801"], "--expires: 604801 seconds; S3 takes 1 to 604800"),
        (["--expires", "60", "--bucket", "l-2@cn-north-1"], "--expires: credentials are of one"),
        (["--expires", "60", "--profile", "nobody"], "--profile: The config profile (nobody)"),
    ],
)
def test_what_cannot_be_signed(
    capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    assert main([*SIGNED, *more]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err


def test_without_credentials_nothing_is_signed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SIGNED, "--expires", "60"]) == 1
    assert "--expires: no credentials to sign with; name a profile" in capsys.readouterr().err


@pytest.mark.usefixtures("_key")
def test_a_link_longer_than_the_console_takes_is_refused_and_its_token_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t" * 900)
    assert main([*SIGNED, "--expires", "60"]) == 1
    said = capsys.readouterr().err
    assert "artifact-store in eu-west-1: its template's URL has " in said
    assert "tttt" not in said and "ssss" not in said
