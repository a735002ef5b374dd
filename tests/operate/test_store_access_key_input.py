"""What people give wrongly to the command that stores a key pair; none of it is repeated."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest
from key_desk import ID, SECRET, Desk
from templates.committed import PROJECT

from generate import main
from operate.errors import OperateError
from operate.key_pair import parse


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (ID, "holds not two words, an id and a secret, but 1"),
        (f"{ID}\n{SECRET}\n{SECRET}", "but 3"),
        (f"{ID}\n{SECRET[:20]} {SECRET[20:]}", "but 3"),
        (f"{SECRET}\n{ID}", "id has the form of a secret"),
        (f"{ID}\n{ID}", "secret has the form of an id"),
        (f"{ID[:-1]}\n{SECRET}", "19 characters were given"),
        (f"{ID.lower()}\n{SECRET}", "not that of an IAM user's access key"),
        (f"ASIA{ID[4:]}\n{SECRET}", "temporary"),
        (f"{ID}\n{SECRET[:-1]}", "39 characters where AWS gives 40"),
        (f"{ID}\n{SECRET[:-1]}-", "a character that no secret of AWS has"),
        ("Access key ID,Secret access key\n", "holds 0 keys"),
        (f"Access key ID,Secret access key\n{ID},{SECRET}\n{ID},{SECRET}", "holds 2 keys"),
        (f"Secret access key,Access key ID\n{SECRET}\n", "no access key id was given"),
        (f"Access key ID,Secret access key\n{ID}\n", "no secret access key was given"),
    ],
    ids=range(14),
)
def test_what_is_no_pair_is_refused_unsaid(given: str, words: str) -> None:
    with pytest.raises(OperateError, match=words) as refused:
        parse(given)
    assert not [each for each in given.split() if len(each) > 18 and each in str(refused.value)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "nothing is on standard input"),
        (b" \n\n ", "nothing is on standard input"),
        (b"\xff\xfe", "not text in UTF-8"),
        (b"A" * 70_000, "longer than any access key"),
        (f"{ID}\n{SECRET}A".encode(), "the secret has 41 characters"),
    ],
    ids=["closed", "blank", "binary", "long", "wrong"],
)
def test_nothing_is_stored_of_what_is_no_pair(desk: Desk, given: bytes | None, words: str) -> None:
    assert words in desk.run(given).line
    assert desk.calls == ["GetCallerIdentity", *["GetParameterHistory"] * 2]


@pytest.mark.parametrize(
    "arguments",
    [
        [ID],
        ["--account", ID],
        [f"--secret-access-key={SECRET}"],
        ["--secret", SECRET],
        [f"{ID}:{SECRET}"],
        ["--prefix", SECRET],
        ["--region", "ASIAIOSFODNN7EXAMPLE"],
    ],
    ids=range(7),
)
def test_a_key_as_an_argument_is_refused_unsaid(
    desk: Desk, capsys: pytest.CaptureFixture[str], arguments: Sequence[str]
) -> None:
    assert main([*desk.words, *arguments]) == 1
    seen = capsys.readouterr()
    assert seen.err.startswith("generate.py: an argument looks like an access key")
    assert not [each for each in (ID, SECRET, "ASIA") if each in seen.out + seen.err]


def test_a_long_name_is_no_key(desk: Desk) -> None:
    key, alias = desk.key(), "alias/KeysOfTheApplicationAndOfItsSubsidiaries"
    desk.prefix = "/China/LambdaApplications2/Subsidiary/Dev/Test"
    assert desk.store(key, "--prefix", f"{desk.prefix}/", "--key-id", alias).code == 0
    arn = f"arn:aws:kms:us-east-1:{desk.offices.home_account}:{alias}"
    assert desk.store(key, f"--prefix={desk.prefix}", f"--key-id={arn}").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--region", "cn-north-3"],
            "--region: 'cn-north-3' is not an AWS region (did you mean cn-",
        ),
        (["--region", "Peking"], "'Peking' is not an AWS region; write one as AWS does"),
        (["--region", "aws-cn-global"], "'aws-cn-global' is not an AWS region"),
        (["--region", "us-west-2"], "us-west-2 lies in aws, as us-east-1 does"),
        (["--region", "us-west-2"], "no key is needed (cross-account-role.yaml)"),
        (["--home-region", "us-east-9"], "--home-region: 'us-east-9' is not an AWS region"),
        (["--home-region", "cn-northwest-1"], "as cn-northwest-1 does"),
        (["--profile", "china"], "no region is set for home; mend: --home-region"),
        (
            ["--profile", "nobody"],
            "--profile: The config profile (nobody) could not be found; mend:",
        ),
        (["--target-profile", "nobody"], "--target-profile: The config profile (nobody)"),
        (["--account", "1234"], "--account: '1234' is not the twelve digits"),
        (["--prefix", "China/Dev"], "--prefix: 'China/Dev' cannot begin a parameter's name"),
        (["--prefix", "/aws/Dev"], "write it like /China/Dev"),
        (["--prefix", "/China//Dev"], "cannot begin"),
        (["--prefix", ""], "cannot begin"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_order_is_refused_before_anything_is_asked(
    desk: Desk, arguments: Sequence[str], words: str
) -> None:
    assert words in desk.store(desk.key(), *arguments).line
    assert desk.calls == []


def test_the_other_commands_do_without_the_sdk() -> None:
    program = "import sys, generate; sys.exit(bool({'boto3', 'botocore'} & set(sys.modules)))"
    environment = {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'src'}"}
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", program], env=environment, check=False
    )
    assert done.returncode == 0
