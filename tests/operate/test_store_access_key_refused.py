"""What the command that stores a key pair refuses, in which words, and that nothing is stored then.

Keys are refused by the embedded AWS where it can; what it cannot make is answered on the wire.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from embedded import CHINA_REGION
from key_desk import CALLS, ID, NO_PAIR, SECRET, Desk, Perform, Plan, answer, call_from, refuse

from rehearsal.embedded_aws import Credentials

LATE = "Signature expired: 20261121T100000Z is now earlier than 20261121T110000Z"
ON_THE_WIRE = "answers of AWS, by ones written on the wire (tests/key_desk.py)"
WHOLE = "no build is given half a pair, and running it again completes it"


@pytest.fixture
def wire(desk: Desk, record_property: Callable[[str, object], None]) -> Desk:
    """Return a desk on whose wire a test answers; the end of the run says so."""
    record_property("stood in for", ON_THE_WIRE)
    return desk


@pytest.fixture
def nobody() -> Iterator[str]:
    """Return the URL of a port of this machine on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_a_key_that_does_not_open_the_region_is_not_stored(desk: Desk) -> None:
    iam, key = desk.offices.at_iam, desk.own_key(desk.offices.at_iam)
    unknown = f"AWS does not know the key ending {key.access_key[-4:]} there: it is disabled"
    user = next(
        each["UserName"]
        for each in iam.list_users()["Users"]
        for made in iam.list_access_keys(UserName=each["UserName"])["AccessKeyMetadata"]
        if made["AccessKeyId"] == key.access_key
    )
    names = {"UserName": user, "AccessKeyId": key.access_key}
    mixed = Credentials(desk.key().access_key, key.secret_key)
    assert "cn-north-1: the secret does not belong to the key ending" in desk.store(mixed).line
    iam.update_access_key(**names, Status="Inactive")
    assert unknown in desk.store(key).line
    iam.delete_access_key(**names)
    assert unknown in desk.store(key).line
    assert desk.read() == NO_PAIR
    assert "PutParameter" not in desk.calls


def test_a_key_of_the_partition_of_home_is_told_apart(desk: Desk) -> None:
    line = desk.store(desk.own_key(desk.offices.iam_at_home)).line
    assert f"belongs to partition aws (account {desk.offices.home_account})" in line
    assert "make one in aws-cn" in line
    assert "PutParameter" not in desk.calls


def test_a_key_of_another_account_is_not_stored(desk: Desk) -> None:
    line = desk.store(desk.key(), "--account", "123456789012").line
    assert f"belongs to account {desk.offices.china_account}, not 123456789012" in line
    assert "PutParameter" not in desk.calls


@pytest.mark.parametrize(
    ("arn", "words"),
    [
        ("arn:aws-cn:iam::123456789012:root", "123456789012:root, which is no IAM user"),
        ("arn:aws-cn:sts::123456789012:assumed-role/a/b", "assumed-role/a/b, which is no IAM user"),
        ("arn:aws:iam::123456789012:user/a", "partition aws, not aws-cn; mend: an endpoint"),
    ],
)
def test_a_key_of_nobody_who_deploys_is_not_stored(wire: Desk, arn: str, words: str) -> None:
    wire.plan = call_from(arn)
    assert words in wire.store(wire.key()).line
    assert "PutParameter" not in wire.calls


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (refuse("GetCallerIdentity", "InvalidClientTokenId", "?"), "the credentials used there"),
        (refuse("GetCallerIdentity", "SignatureDoesNotMatch", "?"), "aws configure"),
        (refuse("GetCallerIdentity", "ExpiredToken", "?"), "have expired; mend: log in again"),
        (refuse("GetCallerIdentity", "SignatureDoesNotMatch", LATE), "us-east-1: the clock"),
        (refuse("GetCallerIdentity", "SignatureDoesNotMatch", LATE, 2), "cn-north-1: the clock"),
        (refuse("GetCallerIdentity", "Throttling", "?", 2), "cn-north-1: AWS asks for patience"),
        (refuse("GetParameterHistory", "InternalServerError", "?"), "History on /China/Test"),
        (refuse("PutParameter", "ThrottlingException", "?"), "run it again in a minute"),
        (refuse("PutParameter", "InvalidKeyId", "k is disabled."), "(k is disabled); mend: enable"),
        (refuse("PutParameter", "ParameterMaxVersionLimitExceeded", "?"), "unlabel-parameter"),
        (refuse("PutParameter", "ValidationException", f"'{SECRET}'"), "failed: "),
    ],
    ids=range(11),
)
def test_what_aws_refuses_has_a_sentence(wire: Desk, plan: Plan, words: str) -> None:
    wire.plan = plan
    assert words in wire.store(wire.key()).line
    assert wire.read() == NO_PAIR


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (refuse("LabelParameterVersion", "TooManyUpdates", "?"), "run it again in a minute"),
        (answer("LabelParameterVersion", 200, '{"InvalidLabels": ["?"]}'), "takes no label"),
        (refuse("PutParameter", "TooManyUpdates", "?", 2), "run it again in a minute"),
    ],
    ids=range(3),
)
def test_what_is_refused_half_way_the_next_run_completes(
    wire: Desk, plan: Plan, words: str
) -> None:
    key = wire.key()
    wire.plan = plan
    line = wire.store(key).line
    assert words in line
    assert WHOLE in line
    assert wire.read() == NO_PAIR
    assert wire.store(key).code == 0
    assert wire.read() == (key.access_key, key.secret_key)


def test_an_error_that_quotes_the_secret_is_not_repeated(wire: Desk) -> None:
    key = wire.key()
    said = f"'{key.secret_key}' or {key.access_key} or {ID}\nis not allowed"
    wire.plan = refuse("PutParameter", "ValidationException", said)
    ending = key.access_key[-4:]
    line = wire.store(key).line
    assert f"'(the secret)' or (the id ending {ending}) or (the id ending MPLE)\\nis not" in line


def test_an_answer_that_is_lost_is_no_half_pair(wire: Desk) -> None:
    def lose(operation: str, request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        done = perform()
        if operation == "PutParameter":
            raise ReadTimeoutError(endpoint_url=request.url)
        return done

    wire.plan = lose
    assert "Read timeout on endpoint URL" in (line := wire.store(wire.key()).line)
    assert WHOLE in line


@pytest.mark.parametrize("lacking", CALLS)
def test_a_right_that_is_lacking_is_named(desk: Desk, lacking: str) -> None:
    profile = f"without-{lacking}"
    desk.offices.add_clerk(profile, [call for call in CALLS if call != lacking])
    old = desk.key()
    desk.put_pair(old)
    line = desk.store(desk.key(), "--replace", "--profile", profile).line
    assert f"no right to ssm:{lacking} on {desk.prefix}/User" in line
    assert f"mend: grant ssm:{lacking}" in line
    assert desk.read() == (old.access_key, old.secret_key)


def test_a_parameter_in_the_clear_is_refused(desk: Desk) -> None:
    desk.put("UserAccessKey", ID, "String")
    line = desk.store(desk.key(), "--replace").line
    assert f"{desk.prefix}/UserAccessKey is a String" in line
    assert f"delete-parameter --region us-east-1 --name {desk.prefix}/UserAccessKey" in line


def test_settings_that_lead_nowhere_are_named(desk: Desk, nobody: str) -> None:
    add, key = desk.offices.add_profile, desk.key()
    add("void", endpoint_url=nobody, region="us-east-1")
    add("stranger", endpoint_url="http://sts.example.com")
    add("typo", endpoint_url="sts.example.com")
    add("somebody", endpoint_url=desk.offices.clouds.home.url, region="us-east-1")
    add("half", aws_access_key_id=ID, region="us-east-1")
    add("away", endpoint_url=nobody, region="us-east-1", aws_access_key_id=ID,
        aws_secret_access_key=SECRET)  # fmt: skip
    for option, name, words in (
        (
            "--target-profile",
            "void",
            f'cn-north-1: Could not connect to the endpoint URL: "{nobody}',
        ),
        ("--target-profile", "stranger", "http://sts.example.com: anybody on the way could read"),
        ("--target-profile", "typo", "mend: endpoint_url"),
        ("--target-profile", "home", "belongs to partition aws"),
        ("--profile", "somebody", "home, us-east-1: no credentials"),
        ("--profile", "half", "Partial credentials"),
        ("--profile", "away", "home, us-east-1: Could not connect to the endpoint URL"),
    ):
        given = desk.own_key(desk.offices.iam_at_home) if name == "home" else key
        assert words in desk.store(given, option, name).line, name
    assert "PutParameter" not in desk.calls


def test_a_config_nobody_can_read_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = desk.offices.config.with_name("broken")
    broken.write_text("[profile")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    assert "broken" in desk.store(desk.key()).line


def test_what_is_written_on_the_wire_is_what_the_sdk_reads() -> None:
    plan = refuse("PutParameter", "Code", "message")
    request = AWSPreparedRequest("POST", f"https://{CHINA_REGION}", {}, b"", False)
    said = plan("PutParameter", request, lambda: pytest.fail("was performed"))
    assert json.loads(said.content) == {"__type": "Code", "message": "message"}
