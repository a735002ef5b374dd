"""Rotates the access key of an IAM user in another partition; two parameters hold the pair.

EventBridge invokes it once a day with a JSON object:

    access_key  Parameter Store name of the id of the key in use
    secret_key  Parameter Store name of the secrets: one version a key, which bears its id as label
    region      a region of the user's partition
    days        how old a key becomes before another takes its place
    key         KMS key of the SecureStrings, by id, ARN or alias; '' for aws/ssm

A reader reads the id, then the version of the secret that bears it as label, and the newest one
where none does (a pair stored by hand). So writing the id is what switches, all at once. A run
proves the pair in use by a call. If it bears no label, it gets it, and the next run goes on; else
what is due is done by this table:

    second key  its secret is stored      what a run does
    none        -                         create, store, label; then switch, once a key is due
    Active      after the one in use      switch: prove it, then write its id
    Active      before the one in use     disable it, a day after the switch
    Inactive    with its label            delete it, seven days after the switch
    any         nowhere, and none is due  nothing
    younger     nowhere: another run may be storing it       wait; fail after two days of that
    older       nowhere: a run was killed, its secret lost   delete it, then go on as with none
    older       nowhere, but somebody uses it                fail

All that is known stands in AWS: the user's keys, the versions and labels of the secret, when the
id was written. So a run may be killed between any two calls, repeated, or run twice at once.
"""

import contextlib
import functools
import json
import os
import re
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import boto3
from botocore import exceptions
from botocore.config import Config

# In seconds. Another run may be at work as long as a function can live, 15 minutes; builds may
# hold the old pair for a day; a key that was disabled in error can be enabled for six more.
ANOTHER_RUN = 15 * 60
DAY = 24 * 60 * 60
DISABLE_AFTER, DELETE_AFTER = DAY, 7 * DAY
# IAM tells its servers of a new key one by one: proven once, it may yet be refused elsewhere.
PATIENCE, PAUSE, SETTLING = 60, 3, 15
OVERDUE_DAYS = 2
LONGEST_REASON = 400

NOTHING, WAIT, CREATE, REPLACE = "nothing due", "wait", "create", "replace"
SWITCH, DISABLE, DELETE = "switch", "disable", "delete"
ACTIVE, INACTIVE = "Active", "Inactive"

KEY_ID = re.compile(r"(AKIA|ASIA)[A-Z0-9]{8,}(?=[A-Z0-9]{4}\b)")
LASTING_KEY = re.compile(r"AKIA[A-Z0-9]{12,124}")
USER = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:user/.+")
PATH = '"/[A-Za-z0-9_./-]+"'
KINDS = {  # of the JSON of each value
    **dict.fromkeys(("access_key", "secret_key"), PATH),
    "region": '"[a-z]{2,}(-[a-z]+)+-[0-9]+"',
    "days": '"?[1-9][0-9]{0,2}"?',
    "key": '"[A-Za-z0-9:/_-]*"',
}

NOT_KNOWN, WRONG_SECRET = "InvalidClientTokenId", "SignatureDoesNotMatch"
FULL, GONE = "LimitExceeded", "NoSuchEntity"
REFUSED = {"ParameterNotFound", NOT_KNOWN, WRONG_SECRET}
MEANINGS = {
    NOT_KNOWN: "the key is disabled, deleted, or of another partition",
    WRONG_SECRET: "the secret is not that of the key's id, or the clocks differ",
}
MENDS = {
    "AccessDenied": "allow the user that call on itself, as china-access.yaml does",
    "AccessDeniedException": "grant it to the role of this function, on parameters and KMS key",
    "InvalidKeyId": "name an enabled KMS key of this region in ParameterKeyArn",
    "ParameterMaxVersionLimitExceeded": "remove the labels of keys that are gone from its oldest "
    "version; if it is that of the key in use, delete the parameter and store the pair anew",
}
ELSE = "if it lasts, mend that; the next run goes on where this one ended"

SETTINGS = Config(  # the way to another partition is long
    connect_timeout=10,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 3},
)


class RotationError(Exception):
    """A step cannot be done; the text begins with the step and ends with what to do."""

    def __init__(self, step: str, reason: str, mend: str, code: str = "") -> None:
        super().__init__(f"step '{step}': {reason}; mend: {mend}")
        self.step, self.code = step, code


@dataclass(frozen=True)
class Order:
    """What the schedule asks for."""

    access_key: str
    secret_key: str
    region: str
    days: int
    key: str


@dataclass(frozen=True)
class Pair:
    """An access key. No log and no message may show its secret."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Stored:
    """What Parameter Store holds: the pair in use, since when, and all labelled versions.

    `version` is the secret's of the pair in use; `labels` are versions by their labels, and
    `written` tells when each version was. Times are in seconds since 1970.
    """

    pair: Pair
    type: str
    since: float
    version: int
    labels: dict[str, int]
    written: dict[int, float]


@dataclass(frozen=True)
class Key:
    """A key as IAM lists it."""

    id: str
    active: bool
    created: float


NO_KEY = Key("", False, 0)


@dataclass(frozen=True)
class State:
    """All that is known once the pair in use is proven to be of `user`, an ARN.

    `iam` calls as that user; `other` is `NO_KEY` where the user has but one.
    """

    order: Order
    stored: Stored
    user: str
    iam: Any
    current: Key
    other: Key


def handler(event: Any, context: Any) -> None:
    """Do what is due; raise `RotationError` for what cannot be done."""
    try:
        rotate(read_order(event))
    except RotationError as error:
        log(error.step, level="ERROR", reason=str(error))
        raise
    except Exception as error:  # ours; its text may hold anything, so it is not told
        frames = traceback.extract_tb(error.__traceback__)
        line = max((at for at, each in enumerate(frames) if each.filename == __file__), default=0)
        place = f"{type(error).__name__} in line {frames[line].lineno}"
        bug = RotationError("unknown", f"a bug, {place}", "report that line")
        log(bug.step, level="ERROR", reason=str(bug))
        raise bug from None


def read_order(event: Any) -> Order:
    """Return the order in an event."""
    mend = "correct the input of the schedule, or deploy access-key-rotation.yaml anew"
    if not isinstance(event, dict) or event.keys() != KINDS.keys():
        keys = ", ".join(KINDS)
        raise RotationError("read", f"the event is not an object of the keys {keys}", mend)
    for key, kind in KINDS.items():
        if not re.fullmatch(kind, json.dumps(event[key])):
            raise RotationError("read", f"'{key}' is {event[key]!r}, not like {kind}", mend)
    order = Order(**{**event, "days": int(event["days"])})
    home = os.environ["AWS_REGION"]
    if partition_of(order.region) == partition_of(home):
        reason = f"{order.region} lies in the partition of {home}, where a role needs no key"
        raise RotationError("read", reason, "set TargetRegion to a region of another partition")
    return order


def partition_of(region: str) -> str:
    """Return the partition a region lies in."""
    try:
        return str(boto3.Session().get_partition_for_region(region))
    except exceptions.UnknownRegionError:
        mend = "set TargetRegion to a region like cn-north-1"
        raise RotationError("read", f"{region} is no region", mend) from None


def rotate(order: Order) -> None:
    """Prove the pair in use, then do what is due."""
    stored = read_stored(order)
    user = prove(order, stored.pair, store_again(order))
    if stored.pair.id not in stored.labels:
        # Nothing more today: a build that found no label may go on reading the newest secret.
        label(order, stored.pair.id, stored.version)
        return
    state = list_keys(order, stored, user)
    step = next_step(state, time.time())
    log(
        step,
        region=order.region,
        user=user,
        key=short(stored.pair.id),
        second=short(state.other.id),
    )
    ACTIONS[step](state)
    remove_labels(state)


def read_stored(order: Order) -> Stored:
    """Return what Parameter Store holds.

    Versions and labels are read together, before a secret: if the id has no label, the newest
    version of that moment is its own, even when another run is storing the next one by now.
    """
    given = get_parameter(order, order.access_key)
    key = given["Value"].strip()  # as a shell reads it: by hand, an end of line slips in
    if not LASTING_KEY.fullmatch(key):  # it may be a secret: the seed's slip
        reason = f"{order.access_key} holds no id of a lasting access key, like AKIA..."
        raise RotationError("read", reason, store_again(order))
    versions = call(order, "read", history_of, Name=order.secret_key)
    if {each["Type"] for each in versions} != {"SecureString"}:
        reason = f"{order.secret_key} is no SecureString"
        raise RotationError(
            "read", reason, f"delete it and the keys it held, then {store_again(order)}"
        )
    written = {each["Version"]: each["LastModifiedDate"].timestamp() for each in versions}
    labels = {text: each["Version"] for each in versions for text in each.get("Labels", [])}
    version = labels.get(key, max(written))
    return Stored(
        Pair(key, read_secret(order, version)),
        type=given["Type"],
        since=given["LastModifiedDate"].timestamp(),
        version=version,
        labels=labels,
        written=written,
    )


def get_parameter(order: Order, name: str) -> dict[str, Any]:
    """Return a parameter, decrypted."""
    read = ssm().get_parameter
    given: dict[str, Any] = call(order, "read", read, Name=name, WithDecryption=True)["Parameter"]
    return given


def history_of(**named: str) -> list[dict[str, Any]]:
    """Return all versions of a parameter, with their labels and still encrypted."""
    pages = ssm().get_paginator("get_parameter_history").paginate(**named)
    return [each for page in pages for each in page["Parameters"]]


def read_secret(order: Order, version: int | str) -> str:
    """Return a version of the secret, by its number or its label."""
    return str(get_parameter(order, f"{order.secret_key}:{version}")["Value"]).strip()


def prove(order: Order, pair: Pair, mend: str) -> str:
    """Return the ARN of the user whose pair it is, by a call that needs no permission."""
    sts = client("sts", order.region, pair)
    who, give_up = f"key {short(pair.id)}", time.time() + PATIENCE
    while True:
        try:
            user = str(call(order, "prove", sts.get_caller_identity, who, mend)["Arn"])
            break
        except RotationError as error:
            if error.code != NOT_KNOWN or time.time() > give_up:
                raise
            time.sleep(PAUSE)
    if not USER.fullmatch(user):
        raise RotationError("prove", f"{who} is that of {user}, which is no IAM user", mend)
    return user


def label(order: Order, key: str, version: int) -> None:
    """Say that a version of the secret is that of a key."""
    method = ssm().label_parameter_version
    if call(order, "label", method, **labelled(order, key, version)).get("InvalidLabels"):
        raise RotationError("label", f"{short(key)} is refused as a label", store_again(order))
    log("label", key=short(key), version=version)


def labelled(order: Order, key: str, version: int) -> dict[str, Any]:
    """Return what names a label of a version of the secret."""
    return {"Name": order.secret_key, "ParameterVersion": version, "Labels": [key]}


def list_keys(order: Order, stored: Stored, user: str) -> State:
    """Return the state of the user's keys, of which there are two at most."""
    iam = client("iam", order.region, stored.pair)
    shown = call(order, "list", iam.list_access_keys, user)["AccessKeyMetadata"]
    keys = {
        each["AccessKeyId"]: Key(
            each["AccessKeyId"], each["Status"] == ACTIVE, each["CreateDate"].timestamp()
        )
        for each in shown
    }
    current = keys.pop(stored.pair.id, None)
    if current is None or len(keys) > 1:
        ids = ", ".join(sorted(short(each["AccessKeyId"]) for each in shown)) or "none"
        reason = f"{user} has the keys {ids}, which are not {short(stored.pair.id)} and one more"
        raise RotationError("list", reason, f"if it lasts, {store_again(order)}")
    return State(order, stored, user, iam, current, next(iter(keys.values()), NO_KEY))


def next_step(state: State, now: float) -> str:
    """Return what is due, by the table above."""
    stored, other = state.stored, state.other
    is_due = now - state.current.created > state.order.days * DAY
    if other == NO_KEY:
        return CREATE if is_due else NOTHING
    if other.id not in stored.labels and is_due:
        return REPLACE if now - other.created > ANOTHER_RUN else WAIT
    if other.id not in stored.labels:
        return NOTHING
    if other.active and stored.labels[other.id] > stored.labels[stored.pair.id]:
        return SWITCH
    if other.active:
        return DISABLE if now - stored.since >= DISABLE_AFTER else NOTHING
    return DELETE if now - stored.since >= DELETE_AFTER else NOTHING


def create(state: State) -> None:
    """Create a second key, store its secret under its label, and switch to it."""
    order, stored = state.order, state.stored
    # It bears this label. If it cannot be given, neither can the next: its secret would be lost.
    label(order, stored.pair.id, stored.version)
    time.sleep(SETTLING)  # whoever found no label before another run gave it has read by now
    try:
        made = call(order, CREATE, state.iam.create_access_key, state.user)["AccessKey"]
    except RotationError as error:
        if error.code != FULL:
            raise
        log(WAIT, user=state.user)
        wait(state)
        return
    new = Key(made["AccessKeyId"], True, time.time())
    log(f"{CREATE}d", user=state.user, key=short(new.id))
    try:
        version = put(order, "store", order.secret_key, made["SecretAccessKey"], "SecureString")
    except RotationError:
        # Left there, it would look like another run's for a while, and hide this failure.
        with contextlib.suppress(RotationError):
            call(order, DELETE, state.iam.delete_access_key, AccessKeyId=new.id)
        raise
    label(order, new.id, version)
    switch(replace(state, other=new))


def replace_lost(state: State) -> None:
    """Delete a second key whose secret nobody has, then go on as if it had never been."""
    who, used = f"key {short(state.other.id)} of {state.user}", last_used(state)
    if used:
        reason = f"{who} takes the place of the next one, and somebody used it on {used}"
        raise RotationError(REPLACE, reason, "give that use an IAM user of its own, delete the key")
    if act(state, DELETE, state.iam.delete_access_key):
        create(replace(state, other=NO_KEY))


def last_used(state: State) -> str:
    """Return on which day the second key was last used, '' for never."""
    who, other = f"key {short(state.other.id)} of {state.user}", state.other.id
    try:
        use = state.iam.get_access_key_last_used
        asked = call(state.order, REPLACE, use, who, AccessKeyId=other)["AccessKeyLastUsed"]
    except RotationError as error:
        if error.code != GONE:
            raise
        return ""
    return f"{asked['LastUsedDate']:%Y-%m-%d}" if "LastUsedDate" in asked else ""


def switch(state: State) -> None:
    """Prove the second pair, as readers will read it, and make it the one in use."""
    order, other = state.order, state.other
    new = Pair(other.id, read_secret(order, other.id))
    mend = f"if it lasts, delete key {short(new.id)} of {state.user}; the next run makes another"
    for pause in (SETTLING, 0):
        user = prove(order, new, mend)
        if user != state.user:
            reason = f"key {short(new.id)} is that of {user}, not of {state.user}"
            raise RotationError("prove", reason, mend)
        time.sleep(pause)
    if is_still_in_use(state):
        put(order, SWITCH, order.access_key, new.id, state.stored.type)
        log("switched", user=state.user, key=short(new.id))


def disable(state: State) -> None:
    """Disable the key that was in use before; it can still be enabled."""
    act(state, DISABLE, state.iam.update_access_key, Status=INACTIVE)


def delete(state: State) -> None:
    """Delete the key that was in use before."""
    act(state, DELETE, state.iam.delete_access_key)


def act(state: State, step: str, method: Callable[..., Any], **how: str) -> bool:
    """Do something to the second key, unless it has come into use; return whether it is done."""
    other = state.other
    if not is_still_in_use(state):
        return False
    who = f"key {short(other.id)} of {state.user}"
    try:
        call(state.order, step, method, who, AccessKeyId=other.id, **how)
    except RotationError as error:
        if error.code != GONE:
            raise
    log(f"{step}d", user=state.user, key=short(other.id))
    return True


def is_still_in_use(state: State) -> bool:
    """Return whether, read anew, the key in use is the one that this run has proven."""
    order = state.order
    now = get_parameter(order, order.access_key)["Value"].strip()
    if now != state.stored.pair.id:
        log(NOTHING, reason=f"another run or a person has written {order.access_key}")
    return bool(now == state.stored.pair.id)


def remove_labels(state: State) -> None:
    """Remove the labels of keys that are gone; of a hundred versions, the oldest may bear none.

    Not while a reader may hold the id of such a key, nor of a key too young to be listed.
    """
    order, stored, now = state.order, state.stored, time.time()
    listed = {state.current.id, state.other.id}
    if now - stored.since < DISABLE_AFTER:
        return
    for key, version in stored.labels.items():
        old = now - stored.written[version] > ANOTHER_RUN
        if old and key not in listed and LASTING_KEY.fullmatch(key):
            call(order, "unlabel", ssm().unlabel_parameter_version, **labelled(order, key, version))
            log("unlabelled", key=short(key), version=version)


def nothing(state: State) -> None:
    """Do nothing, as nothing is due."""


def wait(state: State) -> None:
    """Leave the second key to the run that is storing it, unless that has gone on for days."""
    days = int((time.time() - state.current.created) // DAY)
    if days >= state.order.days + OVERDUE_DAYS:
        who = f"key {short(state.current.id)} of {state.user}"
        reason = f"{who} is {days} days old, and another run still seems to store the next one"
        raise RotationError(WAIT, reason, ELSE)


ACTIONS: dict[str, Callable[[State], None]] = {
    NOTHING: nothing,
    WAIT: wait,
    CREATE: create,
    REPLACE: replace_lost,
    SWITCH: switch,
    DISABLE: disable,
    DELETE: delete,
}


def put(order: Order, step: str, name: str, value: str, kind: str) -> int:
    """Write a parameter and return its version; without KeyId the key would become aws/ssm."""
    key = {"KeyId": order.key} if order.key and kind == "SecureString" else {}
    given: dict[str, Any] = {"Name": name, "Value": value, "Type": kind, "Overwrite": True, **key}
    return int(call(order, step, ssm().put_parameter, **given)["Version"])


def call(
    order: Order,
    step: str,
    method: Callable[..., Any],
    who: str = "",
    mend: str = "",
    **given: Any,
) -> Any:
    """Make a call; its failure is told as AWS tells it, but without a secret.

    `who` it is about, where that is no parameter; `mend` what to do where it is refused.
    """
    try:
        return method(**given)
    except Exception as error:
        code = code_of(error)
        place = f"{given['Name']} in {os.environ['AWS_REGION']}" if "Name" in given else ""
        where = KEY_ID.sub("...", place) or f"{who} in {order.region}"
        its = (mend or store_again(order)) if code in REFUSED else MENDS.get(code, ELSE)
        raise RotationError(step, f"{where}: {explain(error, given)}", its, code) from None


def explain(error: Exception, given: dict[str, Any]) -> str:
    """Return why a call failed. botocore's own errors may quote a request or an answer."""
    if isinstance(error, (exceptions.ConnectionError, exceptions.HTTPClientError)):
        return str(error)
    if not isinstance(error, exceptions.ClientError):
        return type(error).__name__
    code, text = code_of(error), str(error.response["Error"].get("Message"))
    secret = str(given.get("Value", ""))
    for form in filter(None, (secret, quote(secret, safe=""))):
        text = text.replace(form, "***")
    text = KEY_ID.sub("...", " ".join(text.split()))[:LONGEST_REASON]
    return "; ".join(filter(None, (MEANINGS.get(code), f"AWS says {code}: {text}")))


def store_again(order: Order) -> str:
    """Return what a person does where no pair works."""
    prefix = order.access_key.rpartition("/")[0]
    command = f"meridian store-access-key --prefix {prefix} --region {order.region}"
    return f"store a pair that works, with `{command}`"


def code_of(error: Exception) -> str:
    """Return the code AWS gave an error, '' where no answer of AWS arrived."""
    if isinstance(error, exceptions.ClientError):
        return str(error.response["Error"].get("Code"))
    return ""


def short(key: str) -> str:
    """Return what tells a key from another and no more."""
    return f"...{key[-4:]}" if key else "none"


def log(step: str, level: str = "INFO", **known: Any) -> None:
    """Write one line of JSON."""
    print(json.dumps({"level": level, "step": step, **known}))


@functools.cache
def ssm() -> Any:
    """Return the client of Parameter Store in the region of this function."""
    return boto3.client("ssm", region_name=os.environ["AWS_REGION"], config=SETTINGS)


def client(service: str, region: str, pair: Pair) -> Any:
    """Return the client of a service that calls as the user."""
    return boto3.client(
        service,
        region_name=region,
        aws_access_key_id=pair.id,
        aws_secret_access_key=pair.secret,
        config=SETTINGS,
    )
