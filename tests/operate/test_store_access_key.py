"""The command that stores a key pair, run between two embedded partitions: what is stored then.

What AWS refuses, and what people give wrongly, is in `test_store_access_key_refused`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from embedded import HOME_REGION
from key_desk import NO_PAIR, Desk, Perform, Plan, call_from, obey

from rehearsal.embedded_aws import Credentials

ABSENT = ["GetParameterHistory", "GetParameterHistory"]
PRESENT = [*ABSENT, "GetParameter"]
STORING = ["PutParameter", "LabelParameterVersion", "PutParameter"]
FIRST = ["GetCallerIdentity", *ABSENT, "GetCallerIdentity", *ABSENT, *STORING]
AGAIN = ["GetCallerIdentity", *PRESENT, "GetCallerIdentity", *PRESENT, *STORING]
BY_HAND = [*AGAIN[: -len(STORING)], "LabelParameterVersion", *STORING]


class Killed(BaseException):
    """The process ends here."""


def kill(number: int, end: type[BaseException] = Killed) -> Plan:
    """Return a plan that ends the process after the nth call, which is before the next, too."""
    count = itertools.count(1)

    def plan(operation: str, request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        answer = perform()
        if next(count) == number:
            raise end
        return answer

    return plan


def pair(key: Credentials) -> tuple[str, str]:
    return key.access_key, key.secret_key


def test_a_pair_is_stored_and_shown_without_being_shown(desk: Desk) -> None:
    key = desk.key()
    answer = desk.store(key, "--account", desk.offices.china_account)
    assert (answer.code, answer.err) == (0, "")
    assert desk.read() == pair(key)
    for name in ("UserAccessKey", "UserSecretKey"):
        assert desk.stored(name)["Type"] == "SecureString"
        assert f"{desk.prefix}/{name}, version 1" in answer.out
    assert desk.history("UserSecretKey")[0]["Labels"] == [key.access_key]
    for word in (
        f"key ending {key.access_key[-4:]} of arn:aws-cn:iam::{desk.offices.china_account}:user/",
        f"{HOME_REGION}, account {desk.offices.home_account}, under alias/aws/ssm",
        "delete the file",
        "--template-file templates/access-key-rotation.yaml",
        f"AccessKeyParameter={desk.prefix}/UserAccessKey",
    ):
        assert word in answer.out
    assert desk.calls == FIRST


def test_programs_are_told_the_same(desk: Desk) -> None:
    key = desk.key()
    told = json.loads(desk.store(key, "--format", "json").out)
    assert told["key"]["ending"] == key.access_key[-4:]
    assert told["key"]["user"].startswith("arn:aws-cn:iam::")
    assert [(each["name"], each["version"]) for each in told["parameters"]] == [
        (f"{desk.prefix}/UserSecretKey", 1),
        (f"{desk.prefix}/UserAccessKey", 1),
    ]
    assert (told["region"], told["account"]) == (HOME_REGION, desk.offices.home_account)
    assert told["replaced"] is None
    assert "rotation" in told["next"][-1]


@pytest.mark.parametrize(
    "write",
    [
        "\n  {0}  \n\n\t{1}\n\n".format,
        "{0}\r\n{1}".format,
        "{0}\t{1}\n".format,
        "\ufeffAccess key ID,Secret access key\r\n{0},{1}\r\n".format,
        '"User name","Password","Access key ID","Secret access key"\n"a, b",,"{0}","{1}"\n'.format,
    ],
    ids=["two lines", "CRLF", "output text", "CSV", "CSV of old"],
)
def test_standard_input_is_taken_as_people_have_it(
    desk: Desk, write: Callable[[str, str], str]
) -> None:
    key = desk.key()
    assert desk.run(write(*pair(key)).encode()).code == 0
    assert desk.read() == pair(key)


def test_another_pair_takes_the_place_only_if_asked(desk: Desk) -> None:
    old, new = desk.key(), desk.key()
    desk.put_pair(old)
    line = desk.store(new).line
    assert f"another key, ending {old.access_key[-4:]}" in line
    assert "--replace" in line
    assert desk.read() == pair(old)
    desk.calls.clear()
    answer = desk.store(new, "--replace")
    assert f"disable and delete the key ending {old.access_key[-4:]}" in answer.out
    assert desk.read() == pair(new)
    assert desk.stored(f"UserSecretKey:{old.access_key}")["Value"] == old.secret_key
    assert desk.calls == BY_HAND


def test_of_a_secret_in_the_place_of_the_id_nothing_is_shown(desk: Desk) -> None:
    misplaced, new = desk.key(), desk.key()
    desk.put("UserAccessKey", misplaced.secret_key)
    desk.put("UserSecretKey", misplaced.secret_key)
    line = desk.store(new).line
    assert "UserAccessKey holds what is no id of a key" in line
    assert misplaced.secret_key[-4:] not in line
    told = desk.store(new, "--replace").out
    assert misplaced.secret_key[-4:] not in told
    assert [each["Labels"] for each in desk.history("UserSecretKey")] == [[], [new.access_key]]
    assert desk.read() == pair(new)


def test_what_is_stored_while_the_key_is_typed_is_not_replaced_unasked(desk: Desk) -> None:
    meanwhile, key = desk.key(), desk.key()
    count = itertools.count(1)

    def interfere() -> None:
        if next(count) == len(["GetCallerIdentity", *ABSENT]):
            desk.put_pair(meanwhile)

    desk.watch = interfere
    assert f"another key, ending {meanwhile.access_key[-4:]}" in desk.store(key).line
    assert desk.read() == pair(meanwhile)


def test_a_label_that_stands_already_is_not_written_again(desk: Desk) -> None:
    old, new = desk.key(), desk.key()
    desk.store(old)
    desk.calls.clear()
    desk.store(new, "--replace")
    assert desk.calls == AGAIN
    assert desk.stored(f"UserSecretKey:{old.access_key}")["Value"] == old.secret_key


def test_a_secret_that_bears_the_label_of_a_third_key_gets_no_second(desk: Desk) -> None:
    old, third, new = desk.key(), desk.key(), desk.key()
    desk.store(third)
    desk.put("UserAccessKey", old.access_key)
    assert desk.store(new, "--replace").code == 0
    assert not desk.stored(f"UserSecretKey:{old.access_key}")
    assert desk.stored(f"UserSecretKey:{third.access_key}")["Value"] == third.secret_key


def test_the_same_pair_again_leaves_the_id_as_it_is(desk: Desk) -> None:
    key = desk.key()
    desk.put_pair(key)
    answer = desk.store(key)
    assert "UserAccessKey, version 1 (as it was)" in answer.out
    assert desk.read() == pair(key)
    assert desk.history("UserSecretKey")[-1]["Labels"] == [key.access_key]


def test_a_wrong_secret_that_stands_there_is_mended(desk: Desk) -> None:
    key = desk.key()
    desk.put("UserAccessKey", key.access_key + "\n")
    desk.put("UserSecretKey", "mistyped")
    assert desk.store(key).code == 0
    assert desk.read() == pair(key)
    assert desk.stored("UserAccessKey")["Value"] == key.access_key


def test_the_kms_key_is_the_one_named_and_stays(desk: Desk) -> None:
    old, new = desk.key(), desk.key()
    told = desk.store(old, "--key-id", "alias/keys").out
    assert "under alias/keys" in told
    ask = "aws kms describe-key --region us-east-1 --profile home --key-id alias/keys"
    assert f'ParameterKeyArn="$({ask} ' in told
    desk.store(new, "--replace")
    for name in ("UserAccessKey", "UserSecretKey"):
        assert [each["KeyId"] for each in desk.history(name)] == ["alias/keys"] * 2
    arn = f"arn:aws:kms:us-east-1:{desk.offices.home_account}:key/1"
    assert f"ParameterKeyArn={arn}" in desk.store(new, "--key-id", arn).out
    assert desk.history("UserAccessKey")[-1]["KeyId"] == arn


def test_a_long_history_is_read_to_its_end(desk: Desk) -> None:
    key = desk.key()
    for _ in range(51):
        desk.put("UserSecretKey", "old")
    assert "UserSecretKey, version 52" in desk.store(key).out
    desk.put_pair(key)
    desk.put("UserSecretKey", key.secret_key, "String")
    assert "UserSecretKey is a String" in desk.store(key).line


@pytest.mark.parametrize("number", range(6, len(FIRST)))
def test_killed_at_a_call_the_next_run_completes_the_first_pair(desk: Desk, number: int) -> None:
    key = desk.key()
    desk.plan = kill(number)
    desk.watch = lambda: expect(desk, NO_PAIR, pair(key))
    with pytest.raises(Killed):
        desk.store(key)
    desk.plan = obey
    assert desk.store(key).code == 0
    assert desk.read() == pair(key)


@pytest.mark.parametrize(
    ("number", "end"), [*((number, "") for number in range(8, len(BY_HAND))), (9, "\n")]
)
def test_at_every_call_of_a_replacement_a_build_reads_a_whole_pair(
    desk: Desk, number: int, end: str
) -> None:
    old, new = desk.key(), desk.key()
    desk.put("UserAccessKey", old.access_key + end)
    desk.put("UserSecretKey", old.secret_key)
    desk.plan = kill(number)
    desk.watch = lambda: expect(desk, pair(old), pair(new))
    with pytest.raises(Killed):
        desk.store(new, "--replace")
    desk.plan = obey
    assert desk.store(new, "--replace").code == 0
    assert desk.read() == pair(new)
    assert desk.stored(f"UserSecretKey:{old.access_key}")["Value"] == old.secret_key


def expect(desk: Desk, *pairs: tuple[str, str]) -> None:
    assert desk.read() in pairs


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "interrupted; nothing is stored"),
        (4, "interrupted; nothing is stored"),
        (7, "interrupted while storing; no build is given half a pair"),
        (9, "interrupted while storing; no build is given half a pair"),
    ],
)
def test_an_interruption_says_what_is_stored(desk: Desk, number: int, words: str) -> None:
    key = desk.key()
    desk.plan = kill(number, KeyboardInterrupt)
    assert words in desk.store(key).line
    assert desk.read() == (pair(key) if number == 9 else NO_PAIR)
    assert bool(desk.stored("UserSecretKey")) == (number > 6)


def test_the_endpoint_of_home_is_not_that_of_the_target(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = desk.key()
    asked = []
    is_user = call_from(f"arn:aws-cn:iam::{desk.offices.china_account}:user/deploy")

    def plan(operation: str, request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        asked.append(request.url)
        return is_user(operation, request, perform)

    desk.plan = plan
    monkeypatch.setenv("AWS_ENDPOINT_URL", desk.offices.clouds.home.url)
    assert desk.store(key, "--target-profile", "").code == 0
    assert [url for url in asked if "127.0.0.1" not in url] == [
        "https://sts.cn-north-1.amazonaws.com.cn/"
    ]
