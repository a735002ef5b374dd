"""RotateAccessKey under every fault, one at a time, each run day by day until the old key is gone.

The table strikes every AWS call the function makes with every kind of fault, at its first and at
its last time, in a rotation that goes well and in one that begins with a key left behind. A struck
call fails in all of botocore's own attempts. Then the process is killed before and after each
call, a second invocation runs in the midst of the first, and a call fails for days. After every
single call of every run a reader must find a pair that works, and so must what readers found
within a day; in the end there is one active key, under its label, and the old one is gone.

Stood in for: the AWS services (`fake_keys`), EventBridge and Lambda (`rotation`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache, partial

import pytest
from botocore.awsrequest import AWSResponse
from lambdas.fake_keys import DAY, HOME, HOUR, SECRET_NAME, World
from lambdas.faults import FAULTS, Fault, Record, empty, error
from lambdas.rotation import in_use, judge, new_world, only_the_first, run_to_the_end
from lambdas.wire import Call, Perform, obey, respond

from lambdas import faults, rotation
from lambdas.rotate_access_key import RotationError

FUNCTION = "RotateAccessKey"
SCENARIOS = ("goes well", "a key was left")
GOES_WELL, LEFT = SCENARIOS


def make(scenario: str) -> World:
    """Return the world in which a scenario begins."""
    if scenario == GOES_WELL:
        return new_world(rotation.DAYS, by_hand=True)
    world = new_world()
    world.add_key(HOUR)
    return world


def finish(world: World) -> None:
    """Run a rotation to its end and judge it."""
    old = in_use(world)
    run_to_the_end(world, old)
    judge(world, old)


@cache
def calls(scenario: str) -> tuple[str, ...]:
    """Return the calls of a scenario that nothing disturbs."""
    world = make(scenario)
    finish(world)
    assert world.failures == []
    return tuple(world.calls)


def throttled(world: World, call: Call, perform: Perform) -> AWSResponse:
    return error("ThrottlingException" if call.region == HOME else "Throttling")(
        world, call, perform
    )


def denied(world: World, call: Call, perform: Perform) -> AWSResponse:
    code = "AccessDeniedException" if call.region == HOME else "AccessDenied"
    return error(code)(world, call, perform)


def stale_parameter(world: World, call: Call, perform: Perform) -> AWSResponse:
    """Answer with the version before the newest, as a server that lags would."""
    name, _, selector = call.given["Name"].partition(":")
    versions = world.parameters[name]
    if selector or len(versions) == 1:
        return perform()
    newest = versions.pop()
    try:
        return perform()
    finally:
        versions.append(newest)


def stale_history(world: World, call: Call, perform: Perform) -> AWSResponse:
    """Answer without the newest version and without labels."""
    versions = world.parameters[SECRET_NAME]
    labels = [each.labels for each in versions]
    newest = versions.pop() if len(versions) > 1 else None
    for each in versions:
        each.labels = []
    try:
        return perform()
    finally:
        versions += [newest] if newest else []
        for each, its in zip(versions, labels, strict=True):
            each.labels = its


def another_user(world: World, call: Call, perform: Perform) -> AWSResponse:
    return respond(call, 200, {"Arn": "arn:aws-cn:iam::777788889999:user/other"})


def refused_label(world: World, call: Call, perform: Perform) -> AWSResponse:
    return respond(call, 200, {"InvalidLabels": call.given["Labels"], "ParameterVersion": 1})


NOT_FOUND: dict[str, Fault] = {
    "CreateAccessKey": error("NoSuchEntity"),
    "DeleteAccessKey": error("NoSuchEntity"),
    "GetAccessKeyLastUsed": error("NoSuchEntity"),
    "GetCallerIdentity": error("InvalidClientTokenId"),
    "GetParameter": error("ParameterNotFound"),
    "GetParameterHistory": error("ParameterNotFound"),
    "LabelParameterVersion": error("ParameterVersionNotFound"),
    "ListAccessKeys": empty("AccessKeyMetadata"),
    "PutParameter": error("ParameterNotFound"),
    "UnlabelParameterVersion": error("ParameterVersionNotFound"),
    "UpdateAccessKey": error("NoSuchEntity"),
}
WRONG_STATE: dict[str, Fault] = {
    "CreateAccessKey": error("LimitExceeded"),
    "DeleteAccessKey": error("LimitExceeded"),
    "GetAccessKeyLastUsed": error("ServiceFailure"),
    "GetCallerIdentity": another_user,
    "GetParameter": stale_parameter,
    "GetParameterHistory": stale_history,
    "LabelParameterVersion": refused_label,
    "ListAccessKeys": only_the_first,
    "PutParameter": error("TooManyUpdates"),
    "UnlabelParameterVersion": error("TooManyUpdates"),
    "UpdateAccessKey": error("InvalidInput"),
}
KINDS = faults.kinds(throttled, denied, NOT_FOUND, WRONG_STATE)
STEPS = {  # that a failure of each call must name
    "CreateAccessKey": "create",
    "DeleteAccessKey": "delete",
    "GetAccessKeyLastUsed": "replace",
    "GetCallerIdentity": "prove",
    "GetParameter": "read",
    "GetParameterHistory": "read",
    "LabelParameterVersion": "label",
    "ListAccessKeys": "list",
    "PutParameter": "store",
    "UnlabelParameterVersion": "unlabel",
    "UpdateAccessKey": "disable",
}
# What has taken effect is found done by the next try, so that there is nothing to tell.
SEEN_TO_BE_DONE = {"DeleteAccessKey", "UnlabelParameterVersion", "UpdateAccessKey"}


def interruptions(scenario: str) -> range:
    """Return before which calls to interrupt; once the next key is made, the scenarios are one."""
    all_of_them = calls(scenario)
    return range(all_of_them.index("CreateAccessKey") if scenario == LEFT else len(all_of_them))


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Return the table: scenario, operation, kind of fault, and at which call.

    A key left behind adds what is done about it; all else is the same in both scenarios.
    """
    for kind in KINDS:
        for operation in sorted(NOT_FOUND.keys() - {"GetAccessKeyLastUsed"}):
            yield GOES_WELL, operation, kind, "first call"
            if calls(GOES_WELL).count(operation) > 1:
                yield GOES_WELL, operation, kind, "last call"
        for operation in ("GetAccessKeyLastUsed", "DeleteAccessKey", "CreateAccessKey"):
            yield LEFT, operation, kind, "first call"
        yield LEFT, "DeleteAccessKey", kind, "last call"


def test_the_table_has_every_call_the_function_makes() -> None:
    assert set(NOT_FOUND) == set(WRONG_STATE) == set(STEPS) == set(calls(LEFT))
    assert set(calls(LEFT)) - set(calls(GOES_WELL)) == {"GetAccessKeyLastUsed"}


@pytest.mark.parametrize("operation", sorted(NOT_FOUND))
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault(operation: str, kind: str, record_property: Record) -> None:
    table = [row for row in rows() if row[1:3] == (operation, kind)]
    assert table
    record_property(FAULTS, (FUNCTION, "calls struck", len(table)))
    for scenario, _, _, which in table:
        number = 1 if which == "first call" else calls(scenario).count(operation)
        plan = faults.Strike(operation, number, KINDS[kind](operation))
        world = make(scenario)
        world.plan = plan
        finish(world)
        assert plan.has_struck
        assert world.failures == [], "what passes must not fail all three of Lambda's tries"


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    "after",
    [
        pytest.param(False, id="next day", marks=pytest.mark.slow),
        pytest.param(True, id="Lambda repeats"),
    ],
)
def test_killed_between_any_two_calls(scenario: str, after: bool, record_property: Record) -> None:
    """Killed before a call, the function runs again on the next day; killed after it, at once."""
    record_property(FAULTS, (FUNCTION, "processes killed", len(interruptions(scenario))))
    for world in interrupted(scenario, lambda _: faults.kill(), after, tries=3 if after else 1):
        assert world.failures == ([] if after else ["killed"])


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    "and_killed",
    [
        pytest.param(False, id="and both go on"),
        pytest.param(True, id="the first is killed", marks=pytest.mark.slow),
    ],
)
def test_two_at_once(scenario: str, and_killed: bool, record_property: Record) -> None:
    """In the midst of one invocation another one runs, from its beginning to its end."""
    record_property(FAULTS, (FUNCTION, "invocations doubled", len(interruptions(scenario))))

    def invoke_again(world: World) -> None:
        with suppress(RotationError):
            rotation.handle(world)
        if and_killed:
            faults.kill()

    for world in interrupted(scenario, invoke_again, after=False, tries=1):
        assert world.failures == ["killed"] * and_killed


def interrupted(
    scenario: str, what: Callable[[World], None], after: bool, tries: int
) -> Iterator[World]:
    """Yield the world after each rotation in which something was done at another call."""
    for at in interruptions(scenario):
        world = make(scenario)
        world.tries = tries
        plan = faults.Interrupt(at, after, partial(what, world))
        world.plan = plan
        finish(world)
        assert plan.has_struck, at
        yield world


@pytest.mark.parametrize("operation", sorted(NOT_FOUND))
@pytest.mark.parametrize("kind", ["denied", "unanswered"])
def test_a_call_that_fails_for_days(operation: str, kind: str, record_property: Record) -> None:
    """People are told the step, nobody is locked out, and all is well once it is mended."""
    record_property(FAULTS, (FUNCTION, f"calls {kind} for days", 1))
    if kind == "denied":
        told = fail_for((0, 1, 2, 8, 9, 10), operation, denied)
        done, step = False, STEPS[operation]
    else:
        told = fail_for((0, 1, 2), operation, faults.timed_out)
        done = operation in SEEN_TO_BE_DONE
        step = "wait" if operation == "CreateAccessKey" else STEPS[operation]
    assert any(each.startswith(f"step '{step}': ") for each in told) != done


def fail_for(days: Sequence[int], operation: str, fault: Fault) -> list[str]:
    """Let all calls of an operation fail for days, then none; return what people are told."""
    world = make(LEFT)
    old = in_use(world)

    def fail(world: World, call: Call, perform: Perform) -> AWSResponse:
        return fault(world, call, perform) if call.operation == operation else perform()

    world.plan = fail
    start = rotation.CLOCK.now
    rotation.run_days(world, days)
    assert world.wrongs == []
    failures, world.plan = world.failures, obey
    rotation.CLOCK.now = start + (days[-1] + 1) * DAY
    run_to_the_end(world, old)
    judge(world, old)
    return failures


def test_a_stale_read_at_any_time(record_property: Record) -> None:
    stale = {
        "GetParameter": stale_parameter,
        "GetParameterHistory": stale_history,
        "ListAccessKeys": only_the_first,
    }
    for operation, fault in stale.items():
        number = calls(GOES_WELL).count(operation)
        record_property(FAULTS, (FUNCTION, "stale answers", number))
        for at in range(1, number + 1):
            world = make(GOES_WELL)
            world.plan = faults.Strike(operation, at, fault)
            finish(world)


def test_an_invocation_that_fails_thrice_is_told_with_its_step() -> None:
    world = new_world()
    world.plan = lambda world, call, perform: (
        denied(world, call, perform) if call.operation == "PutParameter" else perform()
    )
    told = rotation.invoke(world)
    assert told.startswith("step 'store': /China/Dev/UserSecretKey in eu-west-1: ")
    assert "mend: grant it to the role of this function" in told
    assert list(world.keys) == [in_use(world).id], "the key that could not be stored is gone"
