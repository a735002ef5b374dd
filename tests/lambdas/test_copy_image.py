"""What CopyImage does and says, release by release, on the AWS in memory of `fake_aws`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from lambdas.driver import (
    CLOCK,
    CONTEXT,
    PARAMETER,
    SECONDS_BETWEEN_ROUNDS,
    TARGETS,
    event,
    judge,
    order,
    release_again,
    run_action,
    run_to_the_end,
    source,
    strays,
)
from lambdas.fake_aws import HOME, World
from lambdas.wire import Call, RefusalError, refuse, time_out
from templates.committed import resources, statements

from lambdas import copy_image

GOOD, BAD = TARGETS
ROUNDS_OF_PATIENCE = copy_image.PATIENCE // SECONDS_BETWEEN_ROUNDS


def message(answer: dict[str, Any] | None) -> str:
    """Return what CodePipeline was told of a failure."""
    assert answer is not None
    return str(answer["failureDetails"]["message"])


def lines(text: str) -> list[dict[str, Any]]:
    """Return the log lines, each of which is JSON."""
    return [json.loads(line) for line in text.splitlines()]


class Deaf:
    """A plan under which one region's endpoint does not answer, or one call is refused."""

    def __init__(self, region: str = "", operation: str = "", code: str = "") -> None:
        self.region, self.operation, self.code = region, operation, code
        self.ends = 10**6

    def __call__(self, world: World, call: Call, perform: Any) -> AWSResponse:
        """Answer, unless it is that region's or that call's."""
        hit = call.region == (self.region or call.region)
        hit &= call.operation == (self.operation or call.operation)
        if not hit or world.round >= self.ends:
            answer: AWSResponse = perform()
            return answer
        if self.code:
            return refuse(call, RefusalError(self.code))
        raise time_out(call)


def test_a_release_that_goes_well(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run_to_the_end(world, order(world))
    judge(world, answer)
    assert strays(world) == []
    assert world.round == 4
    logged = lines(capsys.readouterr().out)
    steps = [each["step"] for each in logged if each.get("region") == GOOD]
    assert steps == ["asked for", "copying", "written", "done", "tidied"]
    for each in logged:
        assert each["job"]
        if "region" in each:
            assert (each["pipeline"], each["execution"]) == ("web-app", "e-1")


def test_all_regions_start_in_the_first_round(world: World) -> None:
    copy_image.handler(event("1", order(world)), CONTEXT)
    assert world.calls.count("CopyImage") == len(TARGETS)


def test_copies_bear_name_and_tags(world: World) -> None:
    run_to_the_end(world, order(world))
    place = world.places[GOOD]
    (copy,) = [each for each in place.images.values() if each.tags.get("Commit")]
    assert copy.name == copy.tags["Name"] == f"web-app {source(world).id}"
    tags = {key: copy.tags[key] for key in ("SourceImage", "Pipeline", "Execution", "Commit")}
    assert list(tags.values()) == [source(world).id, "web-app", "e-1", "4f2c1a9"]
    assert [tags for image, tags in place.snapshots.values() if image == copy.id] == [copy.tags]


def test_a_release_repeated_next_week_changes_nothing(world: World) -> None:
    run_to_the_end(world, order(world))
    before = {region: set(place.images) for region, place in world.places.items()}
    CLOCK.now += 7 * 24 * 60 * 60
    judge(world, run_to_the_end(world, order(world)))
    assert {region: set(place.images) for region, place in world.places.items()} == before


def test_an_older_release_repeated_stands_although_newer_ones_are_to_be_kept(world: World) -> None:
    first, first_image = order(world, keep="1"), source(world)
    run_to_the_end(world, first)
    release_again(world)
    world.places[HOME].images = {first_image.id: first_image}
    judge(world, run_to_the_end(world, first))


@pytest.mark.parametrize("keep", [1, 2, 3, 9])
def test_as_many_images_are_kept_as_asked_beside_those_in_use(world: World, keep: int) -> None:
    for place in world.places.values():
        place.instances.clear()
        place.templates.clear()
    run_to_the_end(world, order(world, keep=keep))
    ours = [each for each in world.places[GOOD].images.values() if "Attempt" in each.tags]
    assert len(ours) == min(keep, 5)


def test_nothing_is_removed_before_every_region_has_the_new_image(world: World) -> None:
    world.plan = Deaf(BAD)
    run_action(world, order(world))
    assert "DeregisterImage" not in world.calls


def test_a_release_does_not_fail_for_what_cannot_be_removed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.plan = Deaf(operation="DescribeImageReferences", code="UnauthorizedOperation")
    judge(world, run_to_the_end(world, order(world)))
    assert strays(world)
    warned = [each for each in lines(capsys.readouterr().out) if each["level"] == "WARNING"]
    assert {each["region"] for each in warned} == set(TARGETS)
    assert "grant it to LambdaServiceRole" in warned[0]["reason"]


def test_an_sdk_without_the_look_up_removes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copy_image, "in_use", lambda *_: object().in_use)  # type: ignore[attr-defined]
    judge(world, run_to_the_end(world, order(world)))
    assert "DeregisterImage" not in world.calls


@pytest.mark.parametrize("key", ["", "alias/images"])
def test_copies_are_encrypted_with_the_key_of_their_region(world: World, key: str) -> None:
    run_to_the_end(world, order(world, key=key))
    for region in TARGETS:
        assert [i.key for i in world.places[region].images.values() if "Commit" in i.tags] == [key]


def test_accounts_may_launch_the_copies_before_a_parameter_names_them(world: World) -> None:
    accounts = ["444455556666", "777788889999"]
    run_to_the_end(world, order(world, accounts=accounts))
    for region in TARGETS:
        shared = [i.accounts for i in world.places[region].images.values() if i.accounts]
        assert shared == [accounts]
    assert world.calls.index("ModifyImageAttribute") < world.calls.index("PutParameter")


def test_a_failed_copy_is_told_with_region_image_reason_and_mend(world: World) -> None:
    world.places[BAD].doomed = "Given key ID is not accessible"
    told = message(run_action(world, order(world)))
    for part in (BAD, source(world).id, "Given key ID is not accessible", "mend", "retry"):
        assert part in told
    assert f"{GOOD} done" in told
    judge(world, run_to_the_end(world, order(world)))
    assert strays(world) == []


def test_a_disabled_copy_is_told_and_left_alone(world: World) -> None:
    run_to_the_end(world, order(world))
    for image in world.places[BAD].images.values():
        image.state = "disabled"
    told = message(run_action(world, order(world)))
    assert "is disabled" in told
    release_again(world)
    assert world.wrongs == []
    assert [i for i in world.places[BAD].images.values() if i.state == "disabled"]


def test_a_retry_repeats_only_what_failed(world: World) -> None:
    world.places[BAD].doomed = "quota"
    run_action(world, order(world))
    copied = world.calls.count("CopyImage")
    judge(world, run_to_the_end(world, order(world)))
    assert world.calls.count("CopyImage") == copied + 1


def test_a_region_that_stays_deaf_fails_when_the_others_are_done(world: World) -> None:
    world.plan = Deaf(BAD)
    told = message(run_action(world, order(world)))
    assert f"{BAD}: " in told
    assert "Read timeout" in told
    assert f"{GOOD} done" in told
    assert ROUNDS_OF_PATIENCE <= world.round <= ROUNDS_OF_PATIENCE + 2
    world.plan = Deaf()
    world.plan.ends = 0
    judge(world, run_to_the_end(world, order(world)))


def test_a_region_that_comes_back_in_time_is_waited_for(world: World) -> None:
    world.plan = Deaf(BAD)
    world.plan.ends = ROUNDS_OF_PATIENCE
    answer = run_action(world, order(world))
    assert answer is not None
    judge(world, answer)


def test_others_that_take_hours_are_waited_for_half_an_hour(world: World) -> None:
    world.places[BAD].doomed = "bad key"

    def take_hours() -> None:
        for image in world.places[GOOD].images.values():
            image.due = 10**6

    started = CLOCK.now
    told = message(run_action(world, order(world), take_hours))
    assert f"{BAD}: " in told
    assert f"{GOOD} copying" in told
    assert 30 <= (CLOCK.now - started) / 60 <= 35
    for image in world.places[GOOD].images.values():
        image.due = 0
    judge(world, run_to_the_end(world, order(world)))


def test_a_deaf_region_fails_although_others_take_hours(world: World) -> None:
    def take_hours() -> None:
        for image in world.places[GOOD].images.values():
            image.due = 10**6

    started = CLOCK.now
    world.plan = Deaf(BAD)
    told = message(run_action(world, order(world), take_hours))
    assert f"{BAD}: " in told
    assert f"{GOOD} copying" in told
    assert 30 <= (CLOCK.now - started) / 60 <= 45


def test_asking_again_bears_the_same_client_token(world: World) -> None:
    tokens = []

    def listen(world: World, call: Call, perform: Any) -> AWSResponse:
        tokens.append(call.given.get("ClientToken"))
        answer: AWSResponse = perform()
        return answer

    world.plan = listen
    for _ in range(2):
        copy_image.handler(event("1", order(world, regions=[GOOD])), CONTEXT)
    asked = [each for each in tokens if each]
    assert len(asked) == 2
    assert len(set(asked)) == 1


def test_a_copy_that_takes_longer_than_codepipeline_waits_ends_in_a_sentence(world: World) -> None:
    copy_image.handler(event("1", order(world)), CONTEXT)
    world.pass_time()
    memory = json.loads(world.jobs["1"]["continuationToken"])
    memory["started"] -= copy_image.PATIENCE_FOR_COPIES
    CLOCK.now += 1
    copy_image.handler(event("2", order(world), json.dumps(memory)), CONTEXT)
    assert "is still being copied; retry the action, which goes on there" in message(
        world.jobs["2"]
    )


def test_a_parameter_aws_never_takes_ends_in_a_sentence(world: World) -> None:
    world.plan = Deaf()
    world.plan.ends = 0
    for place in world.places.values():
        place.writing = Forgetful()
    told = message(run_action(world, order(world)))
    assert f"{PARAMETER} was written but does not name ami-" in told
    assert world.round < ROUNDS_OF_PATIENCE + 5


class Forgetful(dict[str, tuple[str, str]]):
    """Writes that AWS takes and then drops."""

    def items(self) -> Any:
        """Return nothing that was written."""
        return []


def test_a_parameter_of_another_data_type_is_told(world: World) -> None:
    world.places[BAD].parameters[PARAMETER] = ("ami-1", "text")
    told = message(run_action(world, order(world)))
    assert "data type" in told


def test_what_is_not_reached_in_time_is_done_in_the_next_round(world: World) -> None:
    CONTEXT.left = 59_000
    copy_image.handler(event("1", order(world)), CONTEXT)
    assert "CopyImage" not in world.calls
    assert json.loads(world.jobs["1"]["continuationToken"])["troubled"] == {}


def test_the_troubled_come_last(world: World) -> None:
    memory = {"attempt": "0", "started": int(CLOCK.now), "troubled": {GOOD: CLOCK.now}}
    world.plan = Deaf(GOOD)
    copy_image.handler(event("1", order(world), json.dumps(memory)), CONTEXT)
    assert world.calls.index("CopyImage") < world.calls.index("DescribeImages", 1)


def test_a_job_answered_before_is_left_alone(world: World) -> None:
    for _ in range(2):
        copy_image.handler(event("1", order(world)), CONTEXT)
    assert world.calls.count("PutJobSuccessResult") == 2
    assert "continuationToken" in world.jobs["1"]


def test_a_token_of_another_form_begins_anew(world: World) -> None:
    copy_image.handler(event("1", order(world), "ami-12345678"), CONTEXT)
    assert world.calls.count("CopyImage") == len(TARGETS)


def test_the_token_of_all_regions_fits() -> None:
    regions = [f"ap-southeast-{n}" for n in range(40)]
    since = dict.fromkeys(regions, CLOCK.now)
    memory = copy_image.Memory("0" * 36, CLOCK.now, CLOCK.now, 3, since)
    answer = copy_image.again(memory, {each: copy_image.Result("in trouble") for each in regions})
    assert len(answer.arguments["continuationToken"]) < 2048


def told_at_once(world: World, user_parameters: str | None) -> str:
    """Return how a job with such UserParameters fails, in its first round and touching nothing."""
    copy_image.handler(event("1", user_parameters), CONTEXT)
    assert world.jobs["1"]["failureDetails"]["type"] == "ConfigurationError"
    assert not {"CopyImage", "PutParameter", "DeregisterImage"} & set(world.calls)
    return message(world.jobs["1"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "the action has no UserParameters"),
        ("", "the action has no UserParameters"),
        ("{", "UserParameters are not JSON"),
        ("[]", "UserParameters are not a JSON object"),
        ("{}", "UserParameters lack 'commit'"),
        (json.dumps({"image": "ami-12345678"}) + " " * 1000, "longer than 1000 characters"),
    ],
)
def test_an_order_that_cannot_be_read(world: World, text: str | None, sentence: str) -> None:
    assert sentence in told_at_once(world, text)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"image": "#{Build.AMI_ID}"}, "'image' in UserParameters is '#{Build.AMI_ID}'"),
        ({"image": ""}, "'image' in UserParameters is ''"),
        ({"image": None}, "'image' in UserParameters is None"),
        ({"image": "ami-ffffffff"}, f"image ami-ffffffff is absent in {HOME}"),
        ({"regions": ["eu-centrl-1"]}, "eu-centrl-1 is no region"),
        ({"regions": ["eu-centrl-1"]}, "eu-central-1?"),
        ({"regions": ["me-central-1"]}, "region me-central-1 is not enabled in this account"),
        ({"regions": []}, "'regions' in UserParameters is []"),
        ({"regions": "eu-central-1"}, "'regions' in UserParameters is 'eu-central-1'"),
        ({"regions": [7, "https://x"]}, "'regions' in UserParameters is [7"),
        ({"keep": "0"}, "'keep' in UserParameters is '0'"),
        ({"keep": "many"}, "'keep' in UserParameters is 'many'"),
        ({"accounts": ["42"]}, "'accounts' in UserParameters is ['42']"),
        ({"parameter": ""}, "'parameter' in UserParameters is ''"),
        ({"kepe": 5}, "'kepe', which means nothing here"),
    ],
)
def test_an_order_that_cannot_be_followed(
    world: World, change: dict[str, Any], sentence: str
) -> None:
    assert sentence in told_at_once(world, order(world, **change))


def test_a_source_that_failed_is_told_at_once(world: World) -> None:
    source(world).state = "failed"
    assert "is failed" in told_at_once(world, order(world))


@pytest.mark.parametrize("sent", [{}, {"CodePipeline.job": None}, {"CodePipeline.job": {}}, []])
def test_an_event_that_is_no_job_is_refused(world: World, sent: Any) -> None:
    with pytest.raises(ValueError, match="this event is no job"):
        copy_image.handler(sent, CONTEXT)
    assert world.calls == []


@pytest.mark.parametrize("data", [{}, {"data": None}, {"data": {"actionConfiguration": None}}])
def test_a_job_without_configuration_fails_at_once(world: World, data: dict[str, Any]) -> None:
    copy_image.handler({"CodePipeline.job": {"id": "1", **data}}, CONTEXT)
    assert "the action has no UserParameters" in message(world.jobs["1"])


def test_a_bug_fails_the_job_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(copy_image, "find_images", lambda *_: 1 / 0)
    copy_image.handler(event("1", order(world)), CONTEXT)
    assert "CopyImage has a bug (ZeroDivisionError" in message(world.jobs["1"])
    assert "Traceback" in lines(capsys.readouterr().out)[0]["reason"]


def test_the_role_grants_the_calls_the_function_makes_and_no_other(world: World) -> None:
    world.places[BAD].doomed = "bad key"
    run_to_the_end(world, order(world))
    services = dict.fromkeys(("GetParameter", "PutParameter"), "ssm")
    services |= dict.fromkeys(("PutJobFailureResult", "PutJobSuccessResult"), "codepipeline")
    called = {f"{services.get(each, 'ec2')}:{each}" for each in world.calls}
    role = resources("multi-region-pipeline")["LambdaServiceRole"]["Properties"]["Policies"][0]
    granted = {
        action
        for _, each in statements(role)
        if each["Sid"] not in ("WriteLogs", "TagCopies") and "aws:CalledVia" not in str(each)
        for action in each["Action"]
    }
    assert granted == called
