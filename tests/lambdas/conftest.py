"""Puts the AWS in memory behind the function's real clients."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from lambdas.driver import CLOCK, CONTEXT, TARGETS, WIRE, new_world
from lambdas.fake_aws import HOME, World

from lambdas import copy_image


@pytest.fixture(autouse=True, scope="session")
def _connected() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_REGION", HOME)
        patch.setattr(copy_image, "time", CLOCK)
        # Signature and user agent take a third of the time of a call, and say nothing about it.
        plain = Config(signature_version=UNSIGNED, user_agent="test")
        patch.setattr(copy_image, "SETTINGS", copy_image.SETTINGS.merge(plain))
        patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
        for region in (HOME, *TARGETS):
            for service in ("ec2", "ssm", "codepipeline"):
                client = copy_image.client(service, region)
                client.meta.events.register("before-send", WIRE.answer)
        gc.collect()
        gc.freeze()  # botocore's models are many objects to look at again and again
        yield
        gc.unfreeze()
        copy_image.client.cache_clear()


@pytest.fixture
def world() -> Iterator[World]:
    """Return a new world that the clients reach."""
    yield WIRE.connect(new_world())
    CONTEXT.left = CONTEXT.whole
