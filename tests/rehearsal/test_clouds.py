"""Partitions that run as one: side by side, each in a folder of its own, and all are stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from embedded import CHINA_REGION, HOME_REGION, Clouds

from rehearsal import clouds as clouds_module
from rehearsal.clouds import start_clouds
from rehearsal.embedded_aws import EmbeddedAws, EmbeddedAwsError, root
from rehearsal.errors import RehearsalError


def test_a_region_leads_to_its_partition(clouds: Clouds) -> None:
    both = clouds.both
    assert (both.of(HOME_REGION).partition, both.of(CHINA_REGION).partition) == ("aws", "aws-cn")
    account = clouds.account()
    arns = {
        both.client("sts", region, account).get_caller_identity()["Arn"].split(":")[1]
        for region in (HOME_REGION, CHINA_REGION)
    }
    assert arns == {"aws", "aws-cn"}


def test_callers_share_a_client_and_call_as_themselves(clouds: Clouds) -> None:
    accounts = (clouds.account(), clouds.account())
    clients = [clouds.both.client("sts", HOME_REGION, each) for each in accounts]
    assert len({id(each.meta.events) for each in clients}) == 1
    assert tuple(each.get_caller_identity()["Account"] for each in clients) == accounts


def test_callers_share_a_client_and_call_where_they_are(clouds: Clouds) -> None:
    account, regions = clouds.account(), (HOME_REGION, "ap-south-1")
    clients = {each: clouds.both.client("ssm", each, account) for each in regions}
    for region, client in clients.items():
        client.put_parameter(Name="/region", Value=region, Type="String")
    for region, client in clients.items():
        found = client.get_parameter(Name="/region")["Parameter"]
        assert (found["Value"], found["ARN"].split(":")[3]) == (region, region)


def test_a_url_is_signed_by_whom_the_client_was_asked_for(clouds: Clouds) -> None:
    account = clouds.account()
    s3 = clouds.home.client("s3", "eu-west-1", root(account))
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "a-bucket", "Key": "a"})
    assert f"AWSAccessKeyId={account}&" in url


def test_a_bucket_of_another_region_is_found_there(clouds: Clouds) -> None:
    account = clouds.account()
    away = clouds.home.client("s3", "eu-west-1", root(account))
    name = f"away-{account}"
    away.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    home = clouds.home.client("s3", HOME_REGION, root(account))
    assert home.list_objects_v2(Bucket=name)["KeyCount"] == 0


def test_a_partition_that_does_not_run_is_named(clouds: Clouds) -> None:
    with pytest.raises(RehearsalError, match=r"^us-gov-west-1: lies in aws-us-gov.* aws, aws-cn;"):
        clouds.both.of("us-gov-west-1")


def test_what_ran_is_stopped_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), start_clouds(("aws",), tmp_path) as clouds:
        url = clouds.of(HOME_REGION).url
        assert (tmp_path / "aws" / "embedded-aws.log").is_file()
        raise KeyboardInterrupt
    with pytest.raises(URLError):
        urlopen(f"{url}/_ministack/health", timeout=5)  # noqa: S310 - loopback, http


def test_where_one_does_not_start_the_others_are_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: set[str] = set()

    @contextmanager
    def start(partition: str, region: str, folder: Path, world: Path) -> Iterator[EmbeddedAws]:
        assert folder.parent == world
        if partition == "aws-cn":
            raise EmbeddedAwsError("aws-cn: its last words")
        running.add(partition)
        try:
            yield EmbeddedAws(partition, f"{region} {folder.name}")
        finally:
            running.remove(partition)

    monkeypatch.setattr(clouds_module, "start", start)
    with (
        pytest.raises(RehearsalError, match=r"^aws-cn: its last words; make room .* again$"),
        start_clouds(("aws", "aws-cn", "aws-us-gov"), tmp_path),
    ):
        pytest.fail("it began")
    assert running == set()


def test_a_folder_that_cannot_be_made_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "aws").write_text("a file")
    with (
        pytest.raises(RehearsalError, match=r"^aws: .*File exists.*; make room"),
        start_clouds(("aws",), tmp_path),
    ):
        pytest.fail("it began")
