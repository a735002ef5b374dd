"""Lets days pass, so that the schedules of an estate rotate its access keys, and looks at the keys.

As in AWS a schedule sends its function what the rule says; the function does what is due by then.
"""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal.clouds import Clouds
from rehearsal.desk import Desk
from rehearsal.estate import Estate
from rehearsal.estate_access import ROTATION, StoredKey
from rehearsal.function_logs import refused_log
from rehearsal.outcome import Launch, Seen
from rehearsal.schedules import fire, schedules_in
from rehearsal.standing import FUNCTION

DAY = 24 * 60 * 60
SHOWN = 4  # characters of a key's id that are shown


def rotate(clouds: Clouds, estate: Estate, days: int, wanted: tuple[str, ...]) -> Iterator[Seen]:
    """Let days pass and schedules be due; see that each user's keys then are as wanted.

    `wanted` are the statuses of a user's keys, that of the key kept at home the last.
    """
    if not estate.keys:
        return
    before = {key.user: _kept(clouds, estate, key) for key in estate.keys}
    aws = clouds.of(estate.region)
    Desk(aws, estate.account, estate.region).pass_time(days * DAY)
    for launch in (each for each in estate.launches if each.template == ROTATION):
        yield from _fire(clouds, launch)
    for key in estate.keys:
        yield _look(clouds, estate, key, before[key.user], wanted)


def _fire(clouds: Clouds, launch: Launch) -> Iterator[Seen]:
    """Let every schedule of a stack be due; yield what fails."""
    for function in _functions(clouds, launch):
        if why := refused_log(clouds, launch.account, launch.region, function):
            yield Seen(holds=False, sentence=f"{launch.stack}: {why}")
    aws = clouds.of(launch.region)
    for rule in schedules_in(aws, launch.account, launch.region, launch.stack):
        for failure in fire(aws, launch.account, launch.region, rule):
            yield Seen(holds=False, sentence=f"{launch.stack}: rotation failed: {failure}")


def _functions(clouds: Clouds, launch: Launch) -> list[str]:
    client = clouds.client("cloudformation", launch.region, launch.account)
    found = client.describe_stack_resources(StackName=launch.stack)["StackResources"]
    return [each["PhysicalResourceId"] for each in found if each["ResourceType"] == FUNCTION]


def _look(
    clouds: Clouds, estate: Estate, key: StoredKey, before: str, wanted: tuple[str, ...]
) -> Seen:
    """See whether the keys of a user are as wanted, and the one kept at home is an active one."""
    account, user = key.user.split(":")[4], key.user.rpartition("/")[2]
    iam = clouds.client("iam", key.region, account)
    found = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    statuses = {each["AccessKeyId"]: each["Status"] for each in found}
    kept = _kept(clouds, estate, key)
    others = sorted(status for id_, status in statuses.items() if id_ != kept)
    now = (*others, statuses.get(kept, "unknown"))
    was = f"{'the same key' if kept == before else f'key …{before[-SHOWN:]}'} before"
    others_now = f", the other {' and '.join(others)}" if others else ", and no other"
    return Seen(
        holds=now == wanted,
        sentence=f"{user}: {was}, key …{kept[-SHOWN:]} {now[-1]} now{others_now}",
    )


def _kept(clouds: Clouds, estate: Estate, key: StoredKey) -> str:
    """Return the id of the key that is kept at home."""
    ssm = clouds.client("ssm", estate.region, estate.account)
    found = ssm.get_parameter(Name=key.access_key, WithDecryption=True)
    return str(found["Parameter"]["Value"])
