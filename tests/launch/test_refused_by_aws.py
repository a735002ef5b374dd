"""What AWS refuses, and in which words people hear of it: one line, with the mend.

What the embedded AWS can refuse it does; what it cannot is answered on the wire.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from embedded import CHINA_REGION
from key_desk import Raw
from publishing import House, Perform, Wire

from rehearsal.embedded_aws import root

pytestmark = pytest.mark.slow

ON_THE_WIRE = "answers of AWS, by ones written on the wire (tests/launch/test_refused_by_aws.py)"
COMMANDS = (
    ("publish",),
    ("promote", "1.0.0"),
    ("yank", "1.0.0", "--reason", "x"),
    ("verify", "1.0.0"),
    ("release",),
)


@pytest.fixture
def nobody() -> Iterator[str]:
    """Return the URL of a port of this machine on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def refuse(code: str, message: str, status: int = 400, method: str = "GET", **headers: str) -> Wire:
    """Return a wire on which requests of a method are answered with an error of S3."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()

    def wire(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        if request.method != method:
            return perform()
        return AWSResponse(request.url, status, headers, Raw(body))

    return wire


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each[0])
def test_every_command_says_that_there_are_no_credentials(
    house: House, command: tuple[str, ...]
) -> None:
    house.add_profile("nobody")
    line = house.run(*command, "--profile", "nobody").line
    assert "us-east-1: no credentials" in line
    assert "mend: log in, or name a profile with --profile" in line


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each[0])
def test_every_command_says_that_there_is_no_such_bucket(
    house: House, command: tuple[str, ...]
) -> None:
    house.s3.delete_bucket(Bucket=house.bucket)
    line = house.run(*command).line
    assert f"us-east-1: there is no bucket arn:aws:s3:::{house.bucket}; mend: launch" in line
    assert "templates/launch-bucket.yaml there, or name another with --bucket" in line


def test_credentials_of_another_partition_are_told_apart(house: House) -> None:
    china = house.clouds.china
    iam = house.clouds.home.client("iam", "us-east-1", root(house.account))
    iam.create_user(UserName="abroad")
    key = iam.create_access_key(UserName="abroad")["AccessKey"]
    china.client("s3", CHINA_REGION, root(house.account)).create_bucket(
        Bucket=house.bucket, CreateBucketConfiguration={"LocationConstraint": CHINA_REGION}
    )
    house.add_profile(
        "abroad",
        region=CHINA_REGION,
        endpoint_url=china.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    line = house.run("publish", "--profile", "abroad").line
    assert "cn-north-1: AWS does not know the credentials used there: they are of another" in line
    assert "mend: name others with --profile" in line


def test_a_bucket_in_another_region_is_told_with_the_region(house: House) -> None:
    name = f"{house.bucket}-eu"
    house.s3.create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    house.bucket = name
    house.add_user(name, ("s3:*",))
    line = house.run("publish").line
    assert f"--region: {name} lies in eu-west-1, not us-east-1; mend: --region eu-west-1" in line
    assert house.contents() == {}
    page = house.told("publish", "--region", "eu-west-1")["page"]
    assert page == f"https://{name}.s3.eu-west-1.amazonaws.com/1.0.0/index.html"


@pytest.mark.parametrize(
    ("rights", "action", "command"),
    [
        ((), "s3:ListBucket", "publish"),
        (("s3:ListBucket",), "s3:GetObject", "publish"),
        (("s3:ListBucket", "s3:GetObject"), "s3:PutObject", "publish"),
    ],
)
def test_a_missing_right_is_named_with_what_it_is_for(
    house: House, rights: tuple[str, ...], action: str, command: str
) -> None:
    house.open_bucket(rights or ("s3:GetBucketTagging",))
    if rights == ("s3:ListBucket",):
        house.put("1.0.0/manifest.json", b"{}")
    before = house.contents()
    line = house.run(command).line
    assert f"us-east-1: no right to {action} on arn:aws:s3:::{house.bucket}" in line
    assert f"mend: grant {action} on it" in line
    assert house.contents() == before


def test_a_secret_that_is_wrong_is_told(house: House) -> None:
    key = house.clouds.home.client("iam", "us-east-1", root(house.account)).create_access_key(
        UserName=house.bucket
    )["AccessKey"]
    house.add_profile("wrong", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key="x" * 40)
    line = house.run("publish", "--profile", "wrong").line
    assert "us-east-1: the secret of the credentials used there is wrong; mend: set them" in line


def test_nobody_who_answers_is_told(house: House, nobody: str) -> None:
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "x"}
    house.add_profile("nowhere", endpoint_url=nobody, **keys)
    line = house.run("publish", "--profile", "nowhere").line
    assert "us-east-1: Could not connect to the endpoint URL" in line
    assert "mend: look at the network and the proxy" in line


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (refuse("ExpiredToken", "?"), "us-east-1: the credentials used there have expired; mend"),
        (refuse("InvalidToken", "?"), "us-east-1: the credentials used there have expired; mend"),
        (
            refuse("RequestTimeTooSkewed", "The difference is too large.", 403),
            "us-east-1: the clock of this machine is wrong, says AWS (The difference is too large)",
        ),
        (refuse("SlowDown", "?", 503), "us-east-1: AWS asks for patience (SlowDown); mend: run it"),
        (refuse("InternalError", "?", 500), "ListObjectsV2 on arn:aws:s3:::launch-"),
        (
            refuse("PermanentRedirect", "Use the endpoint.", 301),
            "lies in another region (Use the endpoint); mend: name that one with --region",
        ),
        (refuse("AccessDenied", "Access Denied", 403), "no right to s3:ListBucket on arn:aws:s3::"),
        (refuse("AccessDenied", "Access Denied", 403, "PUT"), "no right to s3:PutObject on arn:"),
        (refuse("403", "", 403, "HEAD"), "no right to s3:ListBucket on arn:aws:s3:::launch-"),
    ],
    ids=range(9),
)
def test_what_aws_refuses_has_a_sentence(
    house: House, wire: Wire, words: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("stood in for", ON_THE_WIRE)
    house.wire = wire
    assert words in house.run("publish").line
    assert house.contents() == {}


def test_a_bucket_of_another_account_is_not_written_to(
    house: House, record_property: Callable[[str, object], None]
) -> None:
    """The embedded AWS does not look at the account that is expected; the request has it."""
    record_property("stood in for", ON_THE_WIRE)
    seen: set[Any] = set()

    def wire(request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        seen.add(request.headers.get("x-amz-expected-bucket-owner"))
        return perform()

    house.wire = wire
    house.done("publish", "--account", "123456789012")
    house.done("promote", "1.0.0", "--account", "123456789012")
    assert {each.decode() if isinstance(each, bytes) else each for each in seen} == {"123456789012"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--bucket", "Launch_Bucket"), "--bucket: 'Launch_Bucket' is no name of a launch bucket"),
        (("--bucket", "launch.example.com"), "with a dot its URLs have no certificate"),
        (("--bucket", "s3://launch-example"), "is no name of a launch bucket; write 3 to 63"),
        (("--region", "eu-west-9"), "--region: 'eu-west-9' is not an AWS region"),
        (("--profile", "nobody"), "--profile: The config profile (nobody) could not be found"),
        (("--account", "12345"), "--account: '12345' is no account; write twelve digits"),
        (("--also", "launch-cn"), "--also: 'launch-cn' is no launch bucket; write BUCKET@REGION"),
        (("--also", "launch-cn@cn-north-9"), "--also: 'cn-north-9' is not an AWS region"),
        (("--also", "Launch@cn-north-1"), "--also: 'Launch' is no name of a launch bucket"),
        (("--also", "launch-eu@eu-west-1"), "us-east-1 is of aws, too; name one of them"),
        (
            ("--also", "launch-a@cn-north-1", "--also", "launch-b@cn-northwest-1"),
            "launch-a@cn-north-1 is of aws-cn, too; name one of them",
        ),
        (("--format", "yaml"), "invalid choice: 'yaml'"),
    ],
)
def test_a_wrong_option_is_named(house: House, arguments: tuple[str, ...], words: str) -> None:
    try:
        line = house.run("publish", *arguments).line
    except SystemExit:
        line = house.capture.readouterr().err
    assert words in line
    assert house.contents() == {}


def test_without_a_region_it_asks_for_one(house: House) -> None:
    house.add_profile("regionless", region="")
    line = house.run("publish", "--profile", "regionless").line
    assert "--region: is not said, and the profile has none; name the bucket's" in line
