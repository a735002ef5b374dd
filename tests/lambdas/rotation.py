"""Calls RotateAccessKey day by day as EventBridge and Lambda would, and judges what comes of it."""

from __future__ import annotations

import io
import json
import re
import traceback
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Any
from urllib.parse import quote

from botocore.awsrequest import AWSResponse
from lambdas.fake_keys import DAY, ID_NAME, KEY, SECRET_NAME, THERE, UserKey, World
from lambdas.wire import Call, Clock, Killed, Perform, Wire

from lambdas import rotate_access_key

CLOCK = Clock()
WIRE = Wire()
DAYS = 30
SECONDS_BETWEEN_TRIES = 60
# The days on which something may be due; between them a run finds nothing to do.
TO_THE_END = (0, 1, 2, 3, 9, 10, 11)
A_FAILURE = re.compile(r"step '[a-z]+': .+; mend: .+")
ORDER = {
    "access_key": ID_NAME,
    "secret_key": SECRET_NAME,
    "region": THERE,
    "days": DAYS,
    "key": KEY,
}


def new_world(age: int = DAYS + 1, by_hand: bool = False) -> World:
    """Return the world as long after the first pair was stored as its age, in days.

    A person stored it by `store-access-key`, which labels it, or by hand, as the seed says.
    """
    world = WIRE.connect(World(CLOCK))
    key = world.add_key(age * DAY)
    put_in_use(world, key)
    for name in (ID_NAME, SECRET_NAME):
        world.parameters[name][0].written = key.created
    world.parameters[SECRET_NAME][0].labels = [] if by_hand else [key.id]
    return world


def put_in_use(world: World, key: UserKey) -> None:
    """Store a pair by hand: the secret, then the id, and no label."""
    world.store(SECRET_NAME, key.secret)
    world.store(ID_NAME, key.id)


def only_the_first(world: World, call: Call, perform: Perform) -> AWSResponse:
    """List the oldest key only, as a server that lags would (a fault)."""
    kept = dict(world.keys)
    for key in list(kept)[1:]:
        del world.keys[key]
    try:
        return perform()
    finally:
        world.keys = kept


def in_use(world: World) -> UserKey:
    """Return the key that the parameter names."""
    return world.keys[world.pair()[0]]


def handle(world: World, event: Any = ORDER) -> list[dict[str, Any]]:
    """Run the function once, and return its log; note a secret in a log or an exception."""
    log = io.StringIO()
    try:
        with redirect_stdout(log):
            rotate_access_key.handler(event, None)
    except Exception as error:
        told = "".join(traceback.format_exception(error)) + repr(error)
        note_secrets(world, told)
        if not A_FAILURE.fullmatch(str(error)):
            world.wrongs.append(f"no step or no mend: {error}")
        raise
    finally:
        note_secrets(world, log.getvalue())
    return [json.loads(line) for line in log.getvalue().splitlines()]


def note_secrets(world: World, text: str) -> None:
    """Note a secret, or the whole id of a key, in a text."""
    forms = [form for each in world.secrets for form in (each, quote(each, safe=""))]
    if any(form in text for form in forms):
        world.wrongs.append("a secret was told")
    if re.search("AKIA[0-9]{16}", text):
        world.wrongs.append("the id of a key was told")


def invoke(world: World, event: Any = ORDER) -> str:
    """Invoke as Lambda does, which tries three times; return what the topic is told, or ''."""
    told = ""
    for _ in range(world.tries):
        try:
            handle(world, event)
        except rotate_access_key.RotationError as error:
            told = str(error)
        except Killed:
            told = "killed"
        else:
            return ""
        CLOCK.now += SECONDS_BETWEEN_TRIES
    world.failures.append(told)
    return told


def run_days(world: World, days: Sequence[int] = TO_THE_END, event: Any = ORDER) -> None:
    """Let the schedule invoke the function on the days, counted from today, at the same time."""
    start = CLOCK.now
    for day in days:
        CLOCK.now = start + day * DAY
        invoke(world, event)


def run_to_the_end(world: World, old: UserKey) -> None:
    """Let the schedule invoke the function until nothing is left of the old key."""
    start = CLOCK.now
    for day in TO_THE_END:
        CLOCK.now = start + day * DAY
        invoke(world)
        labels = [label for each in world.parameters[SECRET_NAME] for label in each.labels]
        if old.id not in {*world.keys, *labels}:
            break


def judge(world: World, old: UserKey) -> None:
    """Assert that a rotation has come to its end, and that every reader was served all along."""
    assert world.wrongs == []
    (key,) = world.keys.values()
    assert key.active
    assert key.id != old.id
    assert world.pair() == (key.id, key.secret)
    labels = {label: each.value for each in world.parameters[SECRET_NAME] for label in each.labels}
    assert labels == {key.id: key.secret}
    for version in (world.parameters[ID_NAME][-1], world.parameters[SECRET_NAME][-1]):
        assert (version.type, version.key) == ("SecureString", KEY)
