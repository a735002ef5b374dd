"""A function in the embedded AWS sees time nobody waits for, other partitions, its packages."""

from __future__ import annotations

from datetime import datetime

import pytest
from embedded import CHINA_REGION, HOME_REGION, Account, Clouds
from functions import Functions
from key_desk import make_key

SLEPT = 100
NOW = "def now(): return [time.time(), time.monotonic(), time.time_ns() / 1e9]\n"
CLOCKS = f"import time\n{NOW}def handler(event, context): return now()\n"
SLEEPER = f"""\
import time
{NOW}
def handler(event, context):
    before, left = now(), context.get_remaining_time_in_millis()
    time.sleep({SLEPT})
    slept = [after - earlier for earlier, after in zip(before, now())]
    return slept + [context.get_remaining_time_in_millis(), left]
"""
CALLER = """\
import boto3
def handler(event, context):
    return boto3.Session(**event).client("sts").get_caller_identity()["Arn"]
"""
A_SECOND, A_MONTH = 1, 31 * 24 * 60 * 60


@pytest.fixture(name="functions")
def _functions(clouds: Clouds) -> Functions:
    return Functions(clouds.home, clouds.account())


def test_a_function_that_sleeps_finds_it_later_and_has_less_time_left(functions: Functions) -> None:
    *later, left, left_before = functions.invoke(functions.make(SLEEPER))
    assert min(later) >= SLEPT
    assert left_before - left >= SLEPT * 1000


def test_a_function_that_sleeps_longer_than_its_timeout_is_ended(functions: Functions) -> None:
    name = functions.make(SLEEPER, timeout=SLEPT - 1)
    for _ in range(2):
        said = functions.invoke(name)
        assert said["errorMessage"] == f"Task timed out after {SLEPT - 1}.00 seconds"
    enough = functions.make(SLEEPER, timeout=SLEPT)
    for _ in range(2):
        assert "errorMessage" not in functions.invoke(enough)


def test_time_passes_for_a_function_that_is_warm_and_for_what_either_partition_makes(
    clouds: Clouds, functions: Functions
) -> None:
    there = Account(clouds.china, functions.account)
    name = functions.make(CLOCKS)
    before = functions.invoke(name)
    there.desk(CHINA_REGION).pass_time(A_MONTH)
    after = functions.invoke(name)
    assert min(b - a for a, b in zip(before, after, strict=True)) >= A_MONTH
    user = there.client("iam", CHINA_REGION).create_user(UserName="later")["User"]
    ssm = functions.client("ssm")
    ssm.put_parameter(Name="later", Value="value", Type="String")
    written = ssm.get_parameter(Name="later")["Parameter"]["LastModifiedDate"]
    image = functions.build()
    (found,) = functions.client("ec2").describe_images(ImageIds=[image])["Images"]
    made = datetime.fromisoformat(found["CreationDate"])
    for date in (user["CreateDate"], written, made):
        assert date.timestamp() > before[0] + A_MONTH - A_SECOND


def test_a_client_of_another_partition_reaches_it_as_its_user(
    clouds: Clouds, functions: Functions
) -> None:
    there = Account(clouds.china, functions.account)
    key = make_key(there.client("iam", CHINA_REGION), "traveller")
    name = functions.make(CALLER)
    pair = {"aws_access_key_id": key.access_key, "aws_secret_access_key": key.secret_key}
    arn = functions.invoke(name, region_name=CHINA_REGION, **pair)
    assert arn == f"arn:aws-cn:iam::{functions.account}:user/traveller"
    at_home = functions.invoke(name, region_name=HOME_REGION)
    assert at_home == f"arn:aws:sts::{functions.account}:assumed-role/{name}/{name}"


def test_a_partition_that_does_not_run_is_not_reached(functions: Functions) -> None:
    name = functions.make(CALLER)
    for region, place in (("us-gov-west-1", "aws-us-gov"), ("nowhere-1", "nowhere-1")):
        said = functions.invoke(name, region_name=region)
        assert "Could not connect" in said["errorMessage"]
        assert f"{place}-does-not-run" in said["errorMessage"]


def test_a_function_imports_its_own_modules_and_what_lambda_has(functions: Functions) -> None:
    code = "import boto3, dateutil.tz, own\ndef handler(event, context): return own.WORD\n"
    assert functions.invoke(functions.make(code, others={"own": "WORD = 'here'"})) == "here"


@pytest.mark.parametrize("package", ["yaml", "refusals", "ministack"])
def test_a_function_lacks_a_package_that_it_does_not_bring(
    functions: Functions, package: str
) -> None:
    code = f"import {package}\ndef handler(event, context): return 'imported'\n"
    assert f"No module named '{package}'" in functions.invoke(functions.make(code))["errorMessage"]
    brought = functions.make(code, others={package: ""})
    assert functions.invoke(brought) == "imported"
