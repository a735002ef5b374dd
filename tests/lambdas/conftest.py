"""Puts the AWS in memory behind the function's real clients."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from lambdas.driver import CLOCK, CONTEXT, TARGETS, new_world
from lambdas.fake_aws import HOME, World

from lambdas import copy_image


class _Wire:
    """What the clients are connected to; they are made once, the world anew for every fault."""

    world = new_world()

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        return self.world.answer(request)


_WIRE = _Wire()


def connect(world: World) -> World:
    """Make a world the one that the clients reach."""
    _WIRE.world = world
    return world


@pytest.fixture(autouse=True, scope="session")
def _connected() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_REGION", HOME)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setattr(copy_image, "time", CLOCK)
        patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
        for region in (HOME, *TARGETS):
            for service in ("ec2", "ssm", "codepipeline"):
                client = copy_image.client(service, region)
                client.meta.events.register("before-send", _WIRE.answer)
        yield
        copy_image.client.cache_clear()


@pytest.fixture
def world() -> Iterator[World]:
    """Return a new world that the clients reach."""
    yield connect(new_world())
    CONTEXT.left = 300_000
