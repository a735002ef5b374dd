"""What is taken out before anything is shown."""

from __future__ import annotations

import pytest
from outcomes import COMMIT, GREEN, LAUNCHES, RED, SECRET

from rehearsal.masking import masked, without_secrets
from rehearsal.outcome import Launch

TOKEN = "IQoJb3JpZ2luX2VjEJr" + "aBcD1/+x" * 30
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyb2xlIn0.c2lnbmF0dXJlc2ln"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SECRET, "****"),
        (f"key {SECRET}, next", "key ****, next"),
        (f"AWS_SECRET_ACCESS_KEY={SECRET}", "AWS_SECRET_ACCESS_KEY=****"),
        ("export AWS_SECRET_ACCESS_KEY='short'", "export AWS_SECRET_ACCESS_KEY='****'"),
        ('{"SecretAccessKey": "short", "x": 1}', '{"SecretAccessKey": "****", "x": 1}'),
        (r"{\"SecretAccessKey\": \"short\"}", r"{\"SecretAccessKey\": \"****\"}"),
        ("<SessionToken>short</SessionToken>", "<SessionToken>****</SessionToken>"),
        (f"set aws_secret_access_key {SECRET}", "set aws_secret_access_key ****"),
        ("?X-Amz-Security-Token=abc&X-Amz-Date=1", "?X-Amz-Security-Token=****&X-Amz-Date=1"),
        (f"token {TOKEN}==", "token ****"),
        (f"token {JWT}", "token ****"),
        ("https://user:hunter2@example.com/x", "https://user:****@example.com/x"),
        (f"\033[1m{SECRET[:20]}\033[0m{SECRET[20:]}", "****"),
    ],
)  # fmt: skip
def test_a_secret_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"commit {COMMIT} of main",
        f"commit {COMMIT.upper()}",
        "arn:aws:iam::111122223333:role/CrossAccountStageRoleOfProductionDeploys123",
        "arn:aws-cn:s3:::bucket/AbCdEfGhIj0123456789AbCdEfGhIj0123456789",
        "access key AKIAIOSFODNN7EXAMPLE of user deploy",
        "iam:CreateAccessKey and secretsmanager:GetSecretValue are not granted",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "the session token is missing",
        "2.0.1 → 2.0.2, in 3 s: https://example.com:443/x",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\033[31mred\033[0m", "red"),
        ("\033]0;title\007text", "text"),
        ("10 %\r20 %\r\nend", "10 %\n20 %\nend"),
        ("a\x00b\x1b\u202ec", "a\\x00b\\x1b\\u202ec"),
    ],
)
def test_nothing_moves_the_cursor(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_every_text_of_an_outcome_is_masked_and_nothing_else_changes() -> None:
    assert without_secrets(GREEN) == GREEN
    shown = without_secrets(RED)
    assert SECRET in repr(RED)
    assert SECRET not in repr(shown)
    assert shown.executions[0] == RED.executions[0]
    given = {"SecretAccessKey": "short", "Key": f"is {SECRET}"}
    launch = Launch(*("t", "s", "1", "r"), given, LAUNCHES[3].resources)
    assert without_secrets((launch,))[0].outputs == {"SecretAccessKey": "****", "Key": "is ****"}
