"""Calls CopyImage as CodePipeline and Lambda would, until it is at its end, and judges that end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lambdas.fake_aws import HOME, Image, Place, World
from lambdas.wire import Clock, Killed, Wire, obey

from lambdas import copy_image

TARGETS = ["eu-central-1", "us-east-1"]
PARAMETER = "AMI_VERSION"
PIPELINE = "web-app"
KEEP = 2
SECONDS_BETWEEN_ROUNDS = 30
MOST_ROUNDS = 100
MOST_RETRIES = 4


class Context:
    """What Lambda tells a function of itself."""

    whole = left = 300_000

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""
        return self.left


CLOCK = Clock()
CONTEXT = Context()
WIRE = Wire()


def new_world() -> World:
    """Return regions in which the pipeline has run for a while.

    Of four older copies one runs, one stands in a launch template, one is used by nobody and one
    is what the parameter names; beside them are another pipeline's image and a stray snapshot.
    """
    world = World({region: Place() for region in (HOME, *TARGETS)})
    for region in TARGETS:
        place = world.places[region]
        ages = ["running", "launched", "idle", "current"]
        ours = {age: world.add_image(place, age, made("ami-00000000", age)) for age in ages}
        place.instances = {"i-1": ours["running"].id}
        place.templates = [ours["launched"].id]
        place.parameters = {PARAMETER: (ours["current"].id, "aws:ec2:image")}
        world.add_image(place, "foreign", {"Pipeline": PIPELINE})
        place.snapshots["snap-stray"] = ("ami-gone", made("ami-00000000", "gone"))
    world.add_image(world.places[HOME], "source", {})
    return world


def made(image: str, attempt: str) -> dict[str, str]:
    """Return the tags CopyImage gives."""
    return {"Pipeline": PIPELINE, "SourceImage": image, "Attempt": attempt}


def source(world: World) -> Image:
    """Return the image to be copied."""
    (image,) = world.places[HOME].images.values()
    return image


def order(world: World, **more: Any) -> str:
    """Return the UserParameters of the action."""
    given = {
        "image": source(world).id,
        "commit": "4f2c1a9",
        "pipeline": PIPELINE,
        "execution": "e-1",
        "parameter": PARAMETER,
        "regions": TARGETS,
        "keep": str(KEEP),
    }
    return json.dumps({**given, **more})


def event(job: str, user_parameters: str | None, token: str = "") -> dict[str, Any]:
    """Return the event CodePipeline sends."""
    configuration = {"FunctionName": "f"}
    if user_parameters is not None:
        configuration["UserParameters"] = user_parameters
    data: dict[str, Any] = {"actionConfiguration": {"configuration": configuration}}
    if token:
        data["continuationToken"] = token
    return {"CodePipeline.job": {"id": job, "accountId": "111122223333", "data": data}}


def invoke(world: World, sent: dict[str, Any]) -> dict[str, Any] | None:
    """Invoke as Lambda does, which repeats what raises; return what CodePipeline was told."""
    world.sent = sent
    for _ in range(world.lambda_tries):
        try:
            copy_image.handler(sent, CONTEXT)
            break
        except (Exception, Killed):  # noqa: S112 - Lambda says nothing either
            continue
    return world.jobs.get(sent["CodePipeline.job"]["id"])


def run_action(
    world: World, user_parameters: str, each_round: Callable[[], None] = lambda: None
) -> dict[str, Any] | None:
    """Run the action once, round after round; return its last answer, None when it timed out."""
    token = ""
    world.actions += 1
    for _ in range(MOST_ROUNDS):
        each_round()
        job = f"00000000-0000-0000-0000-{len(world.jobs):012d}"
        world.jobs[job] = {}
        answer = invoke(world, event(job, user_parameters, token))
        CLOCK.now += SECONDS_BETWEEN_ROUNDS
        world.pass_time()
        if not answer or "continuationToken" not in answer:
            return answer
        token = answer["continuationToken"]
    raise AssertionError(f"no end after {MOST_ROUNDS} rounds")


def run_to_the_end(world: World, user_parameters: str) -> dict[str, Any]:
    """Run the action, and retry it as a person would, until it succeeds."""
    for _ in range(MOST_RETRIES):
        answer = run_action(world, user_parameters)
        if answer and "outputVariables" in answer:
            return answer
    raise AssertionError(f"no success after {MOST_RETRIES} retries: {answer}")


def judge(world: World, answer: dict[str, Any]) -> None:
    """Assert that everything is as it should be once the action has succeeded."""
    assert world.wrongs == []
    for region in TARGETS:
        place = world.places[region]
        copies = [i for i in place.images.values() if i.tags.get("SourceImage") == source(world).id]
        assert [each.state for each in copies] == ["available"], region
        assert place.parameters[PARAMETER] == (copies[0].id, "aws:ec2:image"), region
        assert answer["outputVariables"][region] == copies[0].id
        names = {each.name for each in place.images.values()}
        assert names >= {"running", "launched", "foreign"}, region
        assert "current" in names or world.releases > 1, region


def strays(world: World) -> list[str]:
    """Return what should have been removed: images beyond those to keep, and lone snapshots."""
    found = []
    for region in TARGETS:
        place = world.places[region]
        ours = sorted(
            (each for each in place.images.values() if "Attempt" in each.tags),
            key=lambda each: -each.created,
        )
        found += [each.id for each in ours[KEEP:] if not world.users_of(place, each.id)]
        found += [each.id for each in ours if each.state != "available"]
        found += [id for id, (image, _) in place.snapshots.items() if image not in place.images]
    return found


def release_again(world: World) -> dict[str, Any]:
    """Release another image, undisturbed; return the last answer."""
    world.plan = obey
    world.releases += 1
    world.places[HOME].images.clear()
    world.add_image(world.places[HOME], "another source", {})
    return run_to_the_end(world, order(world))
