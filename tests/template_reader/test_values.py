"""Values as CloudFormation takes or refuses them."""

from __future__ import annotations

from typing import Any

import pytest

from template_reader.errors import TemplateError
from template_reader.values import complaint, read_pairs

ACCOUNTS = {"Type": "CommaDelimitedList", "AllowedPattern": r"\d{12}"}
ZONES = {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}
DAYS = {"Type": "Number", "MinValue": 1, "MaxValue": "30"}
PORTS = {"Type": "List<Number>", "MaxValue": 65535}
NAME = {"Type": "String", "MinLength": 2, "MaxLength": 4}
SECRET = {"Type": "String", "NoEcho": "true", "AllowedPattern": "[a-z]+"}


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [
        (ACCOUNTS, "111122223333, 444455556666", ""),
        (ACCOUNTS, "111122223333,4444", "'4444' is not allowed; wanted: It must match"),
        (ZONES, "a,b", ""),
        (ZONES, "a,c", "'c' is not allowed; choose one of a, b"),
        (DAYS, "30", ""),
        (DAYS, "31", "'31' is not at least 1 and at most 30"),
        (DAYS, "a week", "'a week' is no number"),
        (PORTS, "80,443", ""),
        (PORTS, "80,https", "'https' is no number"),
        (PORTS, "80,70000", "'70000' is not at most 65535"),
        (NAME, "abc", ""),
        (NAME, "a", "has 1 characters; wanted: 2 to 4"),
        ({"Type": "String", "MinLength": 2}, "a", "has 1 characters; wanted: 2 or more"),
        ({"Type": "String", "AllowedPattern": "("}, "a", "its AllowedPattern is no pattern"),
        (SECRET, "HUSH", "the value given is not allowed; wanted"),
        ({**DAYS, "NoEcho": True}, "4711", "the value given is not at least 1"),
    ],
)
def test_a_value_is_taken_or_the_reason_is_said(
    parameter: dict[str, Any], value: str, said: str
) -> None:
    assert complaint(parameter, value).startswith(said)
    assert bool(complaint(parameter, value)) is bool(said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (["Name"], "--param Name: is not NAME=VALUE"),
        (["=x"], "is not NAME=VALUE"),
        (["A=1", "A=2"], "--param A: is given twice"),
    ],
)
def test_pairs_are_refused(written: list[str], said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        read_pairs(written)


def test_a_value_may_be_empty_and_hold_what_parts_it_from_its_name() -> None:
    assert read_pairs(["A=", "B=x=y"]) == {"A": "", "B": "x=y"}
