"""CopyImage under every fault, one at a time, each run to its end.

The table strikes every AWS call the function makes with every kind of fault, at its first and at
a later call, in a release that goes well and in one whose first copy fails in one region. A struck
call fails in all of botocore's own attempts. Then the process is killed before and after each
call, and a second invocation runs in the midst of the first. Afterwards there must be one
available copy in each region, named by the parameter, and nothing removed that is in use; what a
fault kept from being removed is gone after the next release at the latest.

Stood in for: the AWS services (`fake_aws`), CodePipeline and Lambda (`driver`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product, takewhile
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from lambdas.driver import (
    CONTEXT,
    PARAMETER,
    TARGETS,
    WIRE,
    judge,
    new_world,
    order,
    release_again,
    run_to_the_end,
    strays,
)
from lambdas.fake_aws import World
from lambdas.faults import (
    FAULTS,
    Fault,
    Interrupt,
    Record,
    Strike,
    empty,
    error,
    kill,
    kinds,
)
from lambdas.wire import Call, Perform, Plan, RefusalError, refuse, respond

from lambdas import copy_image

pytestmark = pytest.mark.slow

FUNCTION = "CopyImage"
ACCOUNTS = ["444455556666"]
SCENARIOS = ("goes well", "a copy fails")


def make(scenario: str) -> World:
    """Return the world in which a scenario begins."""
    world = WIRE.connect(new_world())
    if scenario == "a copy fails":
        world.places[TARGETS[0]].doomed = "Given key ID is not accessible"
    return world


def run(world: World) -> dict[str, Any]:
    """Run a release to its end."""
    return run_to_the_end(world, order(world, accounts=ACCOUNTS))


@cache
def calls(scenario: str) -> tuple[str, ...]:
    """Return the calls of a scenario that nothing disturbs."""
    world = make(scenario)
    judge(world, run(world))
    return tuple(world.calls)


def common_beginning() -> int:
    """Return how many calls the scenarios have in common, until one of them sees its copy fail."""
    pairs = zip(*map(calls, SCENARIOS), strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def throttled(world: World, call: Call, perform: Perform) -> AWSResponse:
    code = "RequestLimitExceeded" if "//ec2." in call.url else "ThrottlingException"
    return refuse(call, RefusalError(code))


def denied(world: World, call: Call, perform: Perform) -> AWSResponse:
    is_ec2 = "//ec2." in call.url
    return refuse(
        call, RefusalError("UnauthorizedOperation" if is_ec2 else "AccessDeniedException")
    )


def no_image(world: World, call: Call, perform: Perform) -> AWSResponse:
    if "ImageId.1" in call.given:
        return refuse(call, RefusalError("InvalidAMIID.NotFound"))
    return respond(call, 200, {"imagesSet": []})


def still_pending(world: World, call: Call, perform: Perform) -> AWSResponse:
    images = world.describe_images(world.places[call.region], call.given)["imagesSet"]
    shown = [{**each, "imageState": "pending"} for each in images]
    return respond(call, 200, {"imagesSet": shown})


def not_enabled(world: World, call: Call, perform: Perform) -> AWSResponse:
    regions = [{"regionName": each, "optInStatus": "not-opted-in"} for each in world.places]
    return respond(call, 200, {"regionInfo": regions})


def copy_that_fails(world: World, call: Call, perform: Perform) -> AWSResponse:
    world.places[call.region].doomed = "Client.InternalError"
    return perform()


def old_value(world: World, call: Call, perform: Perform) -> AWSResponse:
    shown = {"Name": PARAMETER, "Value": "ami-00000000", "DataType": "aws:ec2:image"}
    return respond(call, 200, {"Parameter": shown})


def not_taken(world: World, call: Call, perform: Perform) -> AWSResponse:
    return respond(call, 200, {"Version": 2, "Tier": "Standard"})


NOT_FOUND: dict[str, Fault] = {
    "CopyImage": error("InvalidAMIID.NotFound"),
    "DeleteSnapshot": error("InvalidSnapshot.NotFound"),
    "DeregisterImage": error("InvalidAMIID.NotFound"),
    "DescribeImageReferences": error("InvalidAMIID.NotFound"),
    "DescribeImages": no_image,
    "DescribeRegions": empty("regionInfo"),
    "DescribeSnapshots": empty("snapshotSet"),
    "GetParameter": error("ParameterNotFound"),
    "ModifyImageAttribute": error("InvalidAMIID.NotFound"),
    "PutJobFailureResult": error("JobNotFoundException"),
    "PutJobSuccessResult": error("JobNotFoundException"),
    "PutParameter": error("ParameterNotFound"),
}
WRONG_STATE: dict[str, Fault] = {
    "CopyImage": copy_that_fails,
    "DeleteSnapshot": error("InvalidSnapshot.InUse"),
    "DeregisterImage": error("OperationNotPermitted"),
    "DescribeImageReferences": error("IncorrectState"),
    "DescribeImages": still_pending,
    "DescribeRegions": not_enabled,
    "DescribeSnapshots": error("IncorrectState"),
    "GetParameter": old_value,
    "ModifyImageAttribute": error("InvalidAMIID.Unavailable"),
    "PutJobFailureResult": error("InvalidJobStateException"),
    "PutJobSuccessResult": error("InvalidJobStateException"),
    "PutParameter": not_taken,
}
KINDS = kinds(throttled, denied, NOT_FOUND, WRONG_STATE)
PASSING = ("throttled", "denied", "timed out after it took effect")
ACTIONS = {"goes well": 1, "a copy fails": 2}  # how often a person starts it
# Where one scenario never makes a call, or makes it once, the other has that row of the table.
# The scenarios are one until the copy fails, so the second has only the first calls after that.
ONLY_IN_FAILING = ("PutJobFailureResult",)
FIRST_IN_FAILING = ("DeregisterImage", "PutJobFailureResult")
ONCE_IN = {
    "goes well": ("DescribeRegions",),
    "a copy fails": ("PutJobFailureResult",),
}


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Return the table: scenario, operation, kind of fault, and at which call."""
    for scenario in SCENARIOS:
        failing = scenario == "a copy fails"
        for operation, kind in product(NOT_FOUND, KINDS):
            first = operation in FIRST_IN_FAILING if failing else operation not in ONLY_IN_FAILING
            if first:
                yield scenario, operation, kind, "first call"
            if operation not in (*ONCE_IN[scenario], *(() if failing else ONLY_IN_FAILING)):
                yield scenario, operation, kind, "later call"


def survive(world: World, plan: Plan) -> None:
    """Assert that a release under a plan comes to a good end, and the next one leaves no stray."""
    world.plan = plan
    judge(world, run(world))
    leave_no_stray(world)


def leave_no_stray(world: World) -> None:
    """Assert that what a fault kept from being removed is gone after the next release."""
    if strays(world):
        judge(world, release_again(world))
        assert strays(world) == []


def test_the_table_has_every_call_the_function_makes() -> None:
    made = {scenario: Counter(calls(scenario)) for scenario in SCENARIOS}
    assert set(NOT_FOUND) == set(WRONG_STATE) == made["goes well"].keys() | set(ONLY_IN_FAILING)
    assert made["a copy fails"].keys() == set(NOT_FOUND)
    for scenario, once in ONCE_IN.items():
        assert {each for each, n in made[scenario].items() if n == 1} == set(once)


@pytest.mark.parametrize(("scenario", "operation", "kind", "which"), list(rows()))
def test_a_fault(
    scenario: str,
    operation: str,
    kind: str,
    which: str,
    record_property: Record,
) -> None:
    record_property(FAULTS, (FUNCTION, "calls struck", 1))
    number = 1 if which == "first call" else calls(scenario).count(operation)
    plan = Strike(operation, number, KINDS[kind](operation))
    world = make(scenario)
    world.plan = plan
    judge(world, run(world))
    if kind in PASSING:
        assert world.actions == ACTIONS[scenario], "a fault that passes must not fail the job"
        assert strays(world) == [], "nor keep anything from being removed"
    leave_no_stray(world)
    assert plan.has_struck


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    "after",
    [
        pytest.param(False, id="job times out"),
        pytest.param(True, id="Lambda repeats"),
    ],
)
def test_killed_between_any_two_calls(scenario: str, after: bool, record_property: Record) -> None:
    """Killed before a call, the job times out and is retried; killed after it, Lambda repeats."""
    number = len(calls(scenario))
    begin = common_beginning() if scenario == "a copy fails" else 0
    record_property(FAULTS, (FUNCTION, "processes killed", number - begin))
    for at in range(begin, number):
        world = make(scenario)
        world.lambda_tries = 3 if after else 1
        world.names_are_unique = not after  # one job's client token is enough
        plan = Interrupt(at, after, kill)
        survive(world, plan)
        assert plan.has_struck, at


@pytest.mark.parametrize("job", ["", "another-attempt"], ids=["same job", "another attempt"])
def test_two_at_once(job: str, record_property: Record) -> None:
    """In the midst of one invocation another one runs, from its beginning to its end."""
    number = len(calls("goes well"))
    record_property(FAULTS, (FUNCTION, "invocations doubled", number))
    for at in range(number):
        world = make("goes well")
        world.names_are_unique = bool(job)  # one job's client token is enough

        def invoke_again(world: World = world) -> None:
            sent = world.sent["CodePipeline.job"]
            copy_image.handler({"CodePipeline.job": {**sent, "id": job or sent["id"]}}, CONTEXT)

        plan = Interrupt(at, after=False, what=invoke_again)
        survive(world, plan)
        assert plan.has_struck, at
