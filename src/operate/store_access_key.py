"""Stores an IAM user's access key where a pipeline of another partition finds it.

CloudFormation makes no SecureString, so a person does this once per pair. The pair is proven by a
call in the region it is for, before anything is written. It comes from a prompt or from standard
input; no argument and no variable holds it, and nothing said here does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import boto3

from operate.errors import OperateError
from operate.key_pair import KeyPair
from operate.parameters import Parameters, Stored
from operate.regions import partition_of
from operate.sessions import Caller, home_client, pair_client, session
from operate.troubles import AT_HOME, AT_TARGET, Kind, Scene, TroubleInAws, kind, sentence
from operate.typed import read_pair

PREFIX = re.compile(r"/(?!(?i:aws|ssm))[\w.-]+(/[\w.-]+){0,12}", re.ASCII)
ACCOUNT = re.compile(r"[0-9]{12}")
NOTHING_STORED = "interrupted; nothing is stored"
BEGUN = "no build is given half a pair, and running it again completes it"


@dataclass(frozen=True)
class Order:
    """What a person asks for, as the options of the command say it; '' is what was not said."""

    prefix: str
    region: str
    account: str = ""
    profile: str = ""
    home_region: str = ""
    target_profile: str = ""
    key: str = ""
    replace: bool = False


@dataclass(frozen=True)
class Home:
    """Where the pair is kept: the caller's own account, in one region."""

    region: str
    caller: Caller
    parameters: Parameters
    own: boto3.Session = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What was done: `stored` stands in Parameter Store now, `before` stood there."""

    order: Order
    home_region: str
    home_account: str
    user: Caller
    before: Stored
    stored: Stored


def store_access_key(order: Order) -> Outcome:
    """Take a pair, prove it and store it.

    Raises `OperateError` with nothing changed for builds, or, if they may read the new pair
    already, with a text that says so.
    """
    try:
        home, settings = _prepare(order)
        home.parameters.look()
        pair = read_pair(_announcement(home, order))
    except KeyboardInterrupt:
        raise OperateError(NOTHING_STORED) from None
    try:
        return _store(order, home, settings, pair)
    except OperateError as error:
        raise OperateError(pair.hide(str(error))) from None


def _prepare(order: Order) -> tuple[Home, boto3.Session | None]:
    """Return home, and whose settings are used at the target; refuse an order that is wrong."""
    if not PREFIX.fullmatch(order.prefix.rstrip("/")):
        raise OperateError(
            f"--prefix: {order.prefix!r} cannot begin a parameter's name; write it like /China/Dev"
        )
    if order.account and not ACCOUNT.fullmatch(order.account):
        raise OperateError(f"--account: {order.account!r} is not the twelve digits of an account")
    partition = partition_of(order.region, "--region")
    own = session(order.profile, "--profile")
    region = order.home_region or own.region_name
    if not region:
        raise OperateError("no region is set for home; mend: --home-region us-east-1, for example")
    if partition_of(region, "--home-region") == partition:
        raise OperateError(
            f"--region: {order.region} lies in {partition}, as {region} does, where the pipeline "
            "lives: a role can be assumed there and no key is needed (cross-account-role.yaml)"
        )
    settings = session(order.target_profile, "--target-profile") if order.target_profile else None
    return _home(own, region, order.prefix.rstrip("/")), settings


def _home(own: boto3.Session, region: str, prefix: str) -> Home:
    scene = Scene(region, "the caller", AT_HOME)
    try:
        caller = Caller(home_client(own, "sts", scene).get_caller_identity()["Arn"])
    except TroubleInAws as error:
        raise OperateError(sentence(error, scene)) from None
    return Home(region, caller, Parameters(home_client(own, "ssm", scene), region, prefix), own)


def _announcement(home: Home, order: Order) -> str:
    names = home.parameters
    return (
        f"The key is proven in {order.region}, then stored as {names.access_name} and "
        f"{names.secret_name} in {home.region}, account {home.caller.account}."
    )


def _store(order: Order, home: Home, settings: boto3.Session | None, pair: KeyPair) -> Outcome:
    try:
        user = _prove(order, home, settings, pair)
        # Anew, for a person may have taken minutes to give the key.
        before = home.parameters.look()
        _refuse_to_replace(order, home, before, pair)
    except KeyboardInterrupt:
        raise OperateError(NOTHING_STORED) from None
    try:
        stored = home.parameters.replace(before, pair, order.key or before.key)
    except KeyboardInterrupt:
        raise OperateError(f"interrupted while storing; {BEGUN}") from None
    except OperateError as error:
        raise OperateError(f"{error}; {BEGUN}") from None
    return Outcome(order, home.region, home.caller.account, user, before, stored)


def _refuse_to_replace(order: Order, home: Home, before: Stored, pair: KeyPair) -> None:
    if before.access_key in {"", pair.access_key} or order.replace:
        return
    other = f"another key, ending {before.ending}" if before.ending else "what is no id of a key"
    raise OperateError(
        f"{home.region}: {home.parameters.access_name} holds {other}, which builds may be using; "
        "mend: --replace, which leaves that key in IAM for you to disable and delete later"
    )


def _prove(order: Order, home: Home, settings: boto3.Session | None, pair: KeyPair) -> Caller:
    """Return the user whose key the pair is; `OperateError` unless it is the one that is meant."""
    subject = f"the key ending {pair.ending}"
    scene = Scene(order.region, subject, AT_TARGET)
    try:
        user = Caller(pair_client(pair, settings, scene).get_caller_identity()["Arn"])
    except TroubleInAws as error:
        stranger = _caller_at_home(home, pair) if kind(error) is Kind.UNKNOWN_KEY else None
        if stranger:
            raise OperateError(
                f"{order.region}: {subject} belongs to partition {stranger.partition} (account "
                f"{stranger.account}), and means nothing there; mend: make one in "
                f"{partition_of(order.region, '--region')}"
            ) from None
        raise OperateError(sentence(error, scene)) from None
    wrong = _what_is_wrong(order, user)
    if wrong:
        raise OperateError(f"{order.region}: {subject} belongs to {wrong}; nothing is stored")
    return user


def _caller_at_home(home: Home, pair: KeyPair) -> Caller | None:
    """Return whose key the pair is in the partition of home, if it is one of that."""
    try:
        sts = pair_client(pair, home.own, Scene(home.region, "the key", AT_TARGET))
        return Caller(sts.get_caller_identity()["Arn"])
    except TroubleInAws:
        return None


def _what_is_wrong(order: Order, user: Caller) -> str:
    partition = partition_of(order.region, "--region")
    if user.partition != partition:
        return (
            f"partition {user.partition}, not {partition}; mend: an endpoint setting "
            "(AWS_ENDPOINT_URL, or that of --target-profile) leads there, take it away"
        )
    if order.account and user.account != order.account:
        return f"account {user.account}, not {order.account}; mend: make one there, or --account"
    if not user.is_user:
        return f"{user.arn}, which is no IAM user; mend: launch china-access.yaml, use its user"
    return ""
