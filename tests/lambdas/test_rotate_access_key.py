"""What RotateAccessKey does and says, day by day, on the AWS in memory of `fake_keys`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from lambdas.fake_keys import DAY, HOME, HOUR, ID_NAME, KEY, SECRET_NAME, THERE, USER, World
from lambdas.faults import Strike, error
from lambdas.rotation import (
    CLOCK,
    DAYS,
    ORDER,
    TO_THE_END,
    handle,
    in_use,
    invoke,
    judge,
    new_world,
    only_the_first,
    put_in_use,
    run_days,
)
from lambdas.wire import Call, Perform, RefusalError, refuse
from templates.committed import resources, statements

from lambdas import rotate_access_key
from lambdas.rotate_access_key import DELETE_AFTER, DISABLE_AFTER, RotationError

CHANGES = {"CreateAccessKey", "DeleteAccessKey", "PutParameter", "UpdateAccessKey"}
STORE = (
    "mend: store a pair that works, with "
    "`meridian store-access-key --prefix /China/Dev --region cn-north-1`"
)


def changes(world: World) -> list[str]:
    """Return the calls made so far that change a key or a value."""
    return [each for each in world.calls if each in CHANGES]


def steps(world: World) -> list[str]:
    """Run the function once, and return the steps it logs."""
    return [each["step"] for each in handle(world)]


def told(world: World, event: Any = ORDER) -> str:
    """Return how a run fails."""
    with pytest.raises(RotationError) as caught:
        handle(world, event)
    return str(caught.value)


def rotated() -> World:
    """Return the world right after a switch."""
    world = new_world()
    handle(world)
    return world


def test_a_rotation_that_goes_well() -> None:
    world = new_world(by_hand=True)
    old, start, seen = in_use(world), CLOCK.now, {}
    for day in TO_THE_END:
        CLOCK.now = start + day * DAY
        seen[day] = steps(world)
    assert seen[0] == ["label"]
    assert seen[1] == ["create", "label", "created", "label", "switched"]
    assert seen[3] == ["disable", "disabled"]
    assert seen[9] == ["delete", "deleted"]
    assert seen[10] == ["nothing due", "unlabelled"]
    assert seen[2] == seen[11] == ["nothing due"]
    judge(world, old)


def test_the_log_names_the_user_and_the_ends_of_the_keys() -> None:
    first = handle(rotated())[0]
    assert first == {
        "level": "INFO",
        "step": "nothing due",
        "region": THERE,
        "user": USER,
        "key": "...0002",
        "second": "...0001",
    }


@pytest.mark.parametrize("age", [1, DAYS - 1])
def test_a_young_key_is_proven_and_labelled_and_left_alone(age: int) -> None:
    world = new_world(age, by_hand=True)
    assert steps(world) == ["label"]
    assert steps(world) == ["nothing due"]
    assert changes(world) == []
    assert world.parameters[SECRET_NAME][0].labels == [in_use(world).id]
    assert world.wrongs == []


def test_a_pair_stored_by_hand_with_ends_of_lines_is_what_a_shell_reads() -> None:
    world = new_world(by_hand=True)
    old = in_use(world)
    for name in (ID_NAME, SECRET_NAME):
        world.parameters[name][0].value += "\n"
    run_days(world)
    judge(world, old)


def test_years_of_rotations_leave_no_label_that_keeps_a_version() -> None:
    world = new_world()
    world.versions_kept = 4
    for _ in range(6):
        old = in_use(world)
        run_days(world, [0, 2, 8, 9])
        judge(world, old)
        CLOCK.now += DAYS * DAY


def test_a_label_stays_as_long_as_a_reader_may_hold_its_key() -> None:
    world = new_world(age=1)
    old = in_use(world)
    handle(world)
    put_in_use(world, world.add_key(HOUR, user="arn:aws-cn:iam::444455556666:user/other"))
    handle(world)
    assert world.wrongs == []
    assert old.id in world.parameters[SECRET_NAME][0].labels
    run_days(world, [1])
    assert old.id not in world.parameters[SECRET_NAME][0].labels


def test_the_label_of_a_key_that_is_not_listed_yet_stays() -> None:
    world = new_world()
    old = in_use(world)
    world.plan = Strike("GetCallerIdentity", 2, error("Throttling"))
    told(world)
    world.plan = Strike("ListAccessKeys", 1, only_the_first)
    assert steps(world) == ["create", "label", "wait"]
    run_days(world)
    judge(world, old)


@pytest.mark.parametrize("days", [1, 5])
def test_a_key_due_while_the_old_one_is_kept_waits_for_its_end(days: int) -> None:
    world = new_world()
    event = {**ORDER, "days": str(days)}
    run_days(world, range(8), event)
    assert world.calls.count("CreateAccessKey") == 1
    run_days(world, range(1, 4), event)
    assert world.calls.count("CreateAccessKey") == 2
    assert (world.wrongs, world.failures) == ([], [])


def test_the_old_key_is_disabled_after_a_day_and_deleted_after_seven() -> None:
    world = rotated()
    old, switched = world.keys["AKIA0000000000000001"], world.parameters[ID_NAME][-1].written
    for after, state in [
        (DISABLE_AFTER - 60, (True, True)),
        (DISABLE_AFTER, (False, True)),
        (DELETE_AFTER - 60, (False, True)),
        (DELETE_AFTER, (False, False)),
    ]:
        CLOCK.now = switched + after
        handle(world)
        assert (old.active, old.id in world.keys) == state, after


def test_a_key_is_first_disabled_although_it_is_time_to_delete_it() -> None:
    world = rotated()
    CLOCK.now += 30 * DAY
    assert steps(world) == ["disable", "disabled"]
    assert steps(world) == ["delete", "deleted"]


@pytest.mark.parametrize(("key", "used"), [("", "aws/ssm"), (KEY, KEY)])
def test_both_parameters_are_encrypted_with_the_key_that_is_given(key: str, used: str) -> None:
    world = new_world()
    handle(world, {**ORDER, "key": key})
    assert [world.parameters[name][-1].key for name in (ID_NAME, SECRET_NAME)] == [used, used]


def test_an_id_stored_in_the_open_stays_in_the_open() -> None:
    world = new_world()
    world.parameters[ID_NAME][0].type = "String"
    handle(world)
    assert world.parameters[ID_NAME][-1].type == "String"
    assert world.parameters[SECRET_NAME][-1].type == "SecureString"


def before(operation: str, number: int, what: Callable[[World], object]) -> Strike:
    """Return the plan that does something before one call."""

    def do(world: World, call: Call, perform: Perform) -> AWSResponse:
        what(world)
        return perform()

    return Strike(operation, number, do)


@pytest.mark.parametrize("days", [2, 30])
def test_a_key_that_has_come_back_into_use_is_not_touched(days: int) -> None:
    """A person writes the old id again in the midst of the run that disables or deletes it."""
    world = rotated()
    if days == 30:
        CLOCK.now += 2 * DAY
        handle(world)
    CLOCK.now += days * DAY
    number = world.calls.count("GetParameter")
    old = "AKIA0000000000000001"
    world.plan = before("GetParameter", 3, lambda world: world.store(ID_NAME, old))
    handle(world)
    assert world.calls.count("GetParameter") == number + 3
    assert old in world.keys
    assert world.keys[old].active == (days == 2)


def test_a_pair_stored_in_the_midst_of_a_switch_stays() -> None:
    world = new_world()
    handle(world)
    world.parameters[ID_NAME].pop()
    another = world.add_key(HOUR, user="arn:aws-cn:iam::444455556666:user/other")
    world.plan = before("GetParameter", 4, lambda world: put_in_use(world, another))
    handle(world)
    assert world.pair() == (another.id, another.secret)


def test_the_old_pair_stored_anew_is_in_use_again_and_the_other_goes() -> None:
    """What `store-access-key` does, when a person goes back: secret, label, id."""
    world = rotated()
    old, new = world.keys["AKIA0000000000000001"], in_use(world)
    for each in world.parameters[SECRET_NAME]:
        each.labels = [label for label in each.labels if label != old.id]
    world.store(SECRET_NAME, old.secret, labels=[old.id])
    world.store(ID_NAME, old.id)
    run_days(world, [1, 2, 8])
    assert world.pair() == (old.id, old.secret)
    assert new.id not in world.keys


def test_a_second_key_that_a_person_disabled_is_never_switched_to() -> None:
    world = new_world()
    world.plan = Strike("GetCallerIdentity", 2, error("Throttling"))
    told(world)
    second = world.keys["AKIA0000000000000002"]
    second.active = False
    run_days(world, [1])
    assert world.failures == []
    assert second.id not in world.keys
    run_days(world, [1])
    assert in_use(world).id == "AKIA0000000000000003"


def test_a_young_key_without_its_secret_is_another_runs() -> None:
    world = new_world()
    world.add_key(14 * 60)
    assert steps(world) == ["wait"]
    assert changes(world) == []


def test_a_lost_key_makes_room_for_the_next() -> None:
    world = new_world()
    old, lost = in_use(world), world.add_key(16 * 60)
    run_days(world)
    assert lost.id not in world.keys
    judge(world, old)


def test_a_key_that_somebody_uses_is_told_and_left_alone() -> None:
    world = new_world()
    foreign = world.add_key(60 * DAY, foreign=True, used=CLOCK.now - DAY)
    sentence = told(world)
    assert f"step 'replace': key ...0002 of {USER} takes the place of the next one" in sentence
    assert "mend: give that use an IAM user of its own" in sentence
    assert foreign.id in world.keys
    assert changes(world) == []


def test_a_foreign_key_is_left_alone_as_long_as_it_is_in_nobodys_way() -> None:
    world = new_world(age=1)
    foreign = world.add_key(60 * DAY, foreign=True)
    run_days(world, [0, 1, 8])
    assert foreign.active
    assert world.failures == []


def test_a_rotation_that_waits_for_days_is_told() -> None:
    world = new_world(DAYS + 2)
    world.plan = Strike("CreateAccessKey", 1, error("LimitExceeded"))
    assert f"step 'wait': key ...0001 of {USER} is {DAYS + 2} days old" in told(world)


def test_an_id_that_cannot_be_written_is_told_and_the_next_key_stays_ready() -> None:
    world = new_world()

    def refuse_id(world: World, call: Call, perform: Perform) -> AWSResponse:
        is_id = call.operation == "PutParameter" and call.given["Name"] == ID_NAME
        return refuse(call, RefusalError("AccessDeniedException")) if is_id else perform()

    old, obedient, world.plan = in_use(world), world.plan, refuse_id
    for _ in range(2):
        assert told(world).startswith(f"step 'switch': {ID_NAME} in {HOME}: AWS says")
    world.plan = obedient
    run_days(world)
    assert world.calls.count("CreateAccessKey") == 1
    judge(world, old)


def test_a_new_key_that_is_never_known_is_not_switched_to() -> None:
    world = new_world()

    def forget(world: World, call: Call, perform: Perform) -> AWSResponse:
        is_new = world.calls.count("CreateAccessKey") > 0
        if is_new and call.operation == "GetCallerIdentity":
            return refuse(call, RefusalError("InvalidClientTokenId"))
        return perform()

    world.plan = forget
    sentence = told(world)
    assert sentence.startswith("step 'prove': key ...0002 in cn-north-1: the key is disabled")
    assert f"delete key ...0002 of {USER}; the next run makes another" in sentence
    assert world.pair()[0] == "AKIA0000000000000001"
    assert world.wrongs == []


def test_a_new_key_of_another_user_is_not_switched_to() -> None:
    world = new_world()

    def change(world: World) -> None:
        world.keys["AKIA0000000000000002"].user = "arn:aws-cn:iam::777788889999:user/other"

    world.plan = before("GetCallerIdentity", 2, change)
    assert f"is that of arn:aws-cn:iam::777788889999:user/other, not of {USER}" in told(world)
    assert world.pair()[0] == "AKIA0000000000000001"


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (None, "the event is not an object of the keys access_key, secret_key, region, days, key"),
        ([], "the event is not an object of the keys"),
        ({}, "the event is not an object of the keys"),
        ({**ORDER, "dyas": 30}, "the event is not an object of the keys"),
        ({**ORDER, "days": 0}, "'days' is 0, not like"),
        ({**ORDER, "days": "often"}, "'days' is 'often', not like"),
        ({**ORDER, "access_key": ""}, "'access_key' is '', not like"),
        ({**ORDER, "secret_key": ["/a"]}, "'secret_key' is ['/a'], not like"),
        ({**ORDER, "key": None}, "'key' is None, not like"),
        ({**ORDER, "region": "Beijing"}, "'region' is 'Beijing', not like"),
        ({**ORDER, "region": "xx-north-1"}, "xx-north-1 is no region; mend: set TargetRegion"),
        ({**ORDER, "region": "eu-central-1"}, f"eu-central-1 lies in the partition of {HOME}"),
        ({**ORDER, "region": HOME}, "set TargetRegion to a region of another partition"),
    ],
)
def test_an_event_that_cannot_be_followed(event: Any, sentence: str) -> None:
    world = new_world()
    assert told(world, event).startswith("step 'read': ")
    assert sentence in told(world, event)
    assert world.calls == []


def swap(world: World) -> None:
    """Store the secret where the id belongs, as the seed's table says."""
    world.store(ID_NAME, in_use(world).secret)


def mismatch(world: World) -> None:
    world.store(SECRET_NAME, "the secret of some other key")


def move(world: World) -> None:
    in_use(world).user = "arn:aws-cn:iam::777788889999:user/other"
    world.plan = Strike("ListAccessKeys", 1, error("AccessDenied"))


def add_two(world: World) -> None:
    """Make IAM list two keys that are not the one in use."""
    world.add_key(DAY)
    key = world.add_key(DAY)
    in_use(world).user = USER + "-moved"
    world.plan = before("ListAccessKeys", 1, lambda world: setattr(key, "user", USER + "-moved"))
    world.keys["AKIA0000000000000002"].user = USER + "-moved"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda world: world.parameters.pop(ID_NAME),
            f"step 'read': {ID_NAME} in {HOME}: AWS says ParameterNotFound",
        ),
        (
            lambda world: world.parameters.pop(SECRET_NAME),
            f"step 'read': {SECRET_NAME} in {HOME}: AWS says ParameterNotFound",
        ),
        (swap, f"step 'read': {ID_NAME} holds no id of a lasting access key"),
        (
            lambda world: world.store(ID_NAME, "ASIA0000000000000001"),
            f"step 'read': {ID_NAME} holds no id of a lasting access key",
        ),
        (
            mismatch,
            "step 'prove': key ...0001 in cn-north-1: the secret is not that of the key's id",
        ),
        (
            lambda world: setattr(in_use(world), "active", False),
            "step 'prove': key ...0001 in cn-north-1: the key is disabled, deleted, or of another "
            "partition",
        ),
        (
            lambda world: world.keys.clear(),
            "step 'prove': key ...0001 in cn-north-1: the key is disabled, deleted",
        ),
        (
            lambda world: setattr(in_use(world), "user", "arn:aws-cn:iam::444455556666:root"),
            "is that of arn:aws-cn:iam::444455556666:root, which is no IAM user",
        ),
    ],
)
def test_a_pair_that_does_not_work_is_told_with_step_place_and_mend(
    spoil: Callable[[World], object], sentence: str
) -> None:
    world = new_world(by_hand=True)
    spoil(world)
    message = told(world)
    assert sentence in message
    assert message.endswith(STORE)
    assert changes(world) == []


def test_a_secret_in_the_open_is_told() -> None:
    world = new_world()
    world.parameters[SECRET_NAME][0].type = "String"
    assert f"step 'read': {SECRET_NAME} is no SecureString; mend: delete it" in told(world)


def test_a_user_who_may_not_is_told_by_its_name_and_account() -> None:
    """As when the pair is that of another account, where nobody has prepared anything."""
    world = new_world()
    move(world)
    assert told(world) == (
        "step 'list': arn:aws-cn:iam::777788889999:user/other in cn-north-1: AWS says "
        "AccessDenied: said the fake; mend: allow the user that call on itself, as "
        "china-access.yaml does"
    )


def test_a_user_with_two_keys_of_others_is_told() -> None:
    world = new_world()
    add_two(world)
    sentence = told(world)
    assert "has the keys ...0001, ...0002, ...0003, which are not ...0001 and one more" in sentence
    assert changes(world) == []


def broken(body: str) -> Callable[[World, Call, Perform], AWSResponse]:
    """Return the fault of an answer that cannot be parsed and holds a secret."""

    def answer(world: World, call: Call, perform: Perform) -> AWSResponse:
        given = perform()
        text = body.format(secret=world.secrets[-1])
        given.raw.body = text.encode()
        return given

    return answer


def echo(world: World, call: Call, perform: Perform) -> AWSResponse:
    """Refuse a value, and quote it."""
    message = f"1 validation error: Value '{call.given['Value']}' at 'value'\nfailed"
    return refuse(call, RefusalError("ValidationException", message))


@pytest.mark.parametrize(
    ("operation", "number", "fault", "sentence"),
    [
        ("CreateAccessKey", 1, broken("<{secret}"), "step 'create': arn:"),
        ("CreateAccessKey", 1, broken("<a>{secret}</a>"), "step 'create': arn:"),
        ("GetParameter", 2, broken('{{"{secret}'), "step 'unknown': a bug, KeyError"),
        ("PutParameter", 1, echo, "Value '***' at 'value' failed"),
    ],
)
def test_no_secret_is_told_when_an_answer_holds_it(
    operation: str,
    number: int,
    fault: Callable[[World, Call, Perform], AWSResponse],
    sentence: str,
) -> None:
    world = new_world()
    world.plan = Strike(operation, number, fault)
    assert sentence in told(world)
    assert world.wrongs == []


def test_a_secret_that_cannot_be_read_by_its_label_is_told_without_the_id() -> None:
    world = new_world()
    world.plan = Strike("GetParameter", 3, error("ParameterVersionNotFound"))
    sentence = told(world)
    assert sentence.startswith(f"step 'read': {SECRET_NAME}:...0002 in {HOME}: ")
    assert sentence.endswith("the next run goes on where this one ended")
    assert world.wrongs == []


@pytest.mark.parametrize("step", ["prove", "unknown"])
def test_every_failure_stands_in_the_log_as_it_is_raised(
    step: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = new_world()
    world.keys.clear()
    if step == "unknown":
        monkeypatch.setattr(rotate_access_key, "read_stored", lambda _: 1 / 0)
    with pytest.raises(RotationError) as caught:
        rotate_access_key.handler(ORDER, None)
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert line == {"level": "ERROR", "step": step, "reason": str(caught.value)}


def test_a_bug_is_told_without_what_it_held(monkeypatch: pytest.MonkeyPatch) -> None:
    world = new_world()
    secret = in_use(world).secret
    nothing: dict[str, str] = {}
    monkeypatch.setattr(rotate_access_key, "next_step", lambda *_: nothing[secret])
    assert "step 'unknown': a bug, KeyError in line " in told(world)
    assert world.wrongs == []


def test_no_secret_stands_in_what_python_shows_of_a_pair() -> None:
    world = new_world()
    pair = rotate_access_key.Pair(*world.pair())
    assert pair.secret not in repr(pair)


def test_the_judge_sees_a_secret_a_mismatch_and_a_dead_key() -> None:
    """The judge of all these tests can fail."""
    world = new_world()
    with pytest.raises(RotationError):
        handle(world, {**ORDER, "days": in_use(world).secret})
    assert "a secret was told" in world.wrongs
    world = new_world(by_hand=True)
    mismatch(world)
    invoke(world)
    assert "a reader holds ...0001, and it does not work" in world.wrongs


def test_the_user_is_granted_the_calls_the_function_makes_as_it_and_no_other() -> None:
    world = new_world()
    world.add_key(HOUR)
    run_days(world)
    made = set(world.operations_of_user) & set(world.calls) - {"GetCallerIdentity"}  # needs none
    user = resources("china-access", "AWS::IAM::User")["DeployUser"]["Properties"]["Policies"]
    (rotate,) = (each for _, each in statements(user) if each["Sid"] == "RotateOwnAccessKeys")
    assert set(rotate["Action"]) == {f"iam:{each}" for each in made}


def test_the_role_grants_the_calls_the_function_makes_and_no_other() -> None:
    world = new_world()
    asked: set[tuple[str, str]] = set()

    def listen(world: World, call: Call, perform: Perform) -> AWSResponse:
        if call.region == HOME:
            asked.add((f"ssm:{call.operation}", call.given["Name"].partition(":")[0]))
        return perform()

    world.plan = listen
    run_days(world)
    names = {ID_NAME: "AccessKeyParameter", SECRET_NAME: "SecretKeyParameter"}
    prefix = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
    wanted = {(call, f"{prefix}${{{names[name]}}}") for call, name in asked}
    (role,) = resources("access-key-rotation", "AWS::IAM::Role").values()
    granted = {
        # The second form of an ARN is that of the parameter's labels.
        (action, resource["Fn::Sub"].removesuffix(":*"))
        for _, each in statements(role["Properties"]["Policies"])
        for action in each["Action"]
        if action.startswith("ssm:")
        for resource in each["Resource"]
    }
    assert granted == wanted
