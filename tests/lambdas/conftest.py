"""Puts an AWS in memory behind the functions' real clients."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from lambdas.wire import Wire

from lambdas import copy_image, driver, fake_aws, fake_keys, rotate_access_key, rotation

# Signature and user agent take a third of the time of a call, and say nothing about it; only the
# calls of the user whose keys are rotated must be signed.
UNNAMED = Config(user_agent="test")
PLAIN = UNNAMED.merge(Config(signature_version=UNSIGNED))


@pytest.fixture(autouse=True, scope="session")
def _connected() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        assert fake_aws.HOME == fake_keys.HOME
        patch.setenv("AWS_REGION", fake_aws.HOME)
        patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
        _connect_copy_image(patch)
        _connect_rotate_access_key(patch)
        gc.collect()
        gc.freeze()  # botocore's models are many objects to look at again and again
        yield
        gc.unfreeze()
        copy_image.client.cache_clear()
        rotate_access_key.ssm.cache_clear()


def _connect_copy_image(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(copy_image, "time", driver.CLOCK)
    patch.setattr(copy_image, "SETTINGS", copy_image.SETTINGS.merge(PLAIN))
    for region in (fake_aws.HOME, *driver.TARGETS):
        for service in ("ec2", "ssm", "codepipeline"):
            _connect(copy_image.client(service, region), driver.WIRE)


def _connect_rotate_access_key(patch: pytest.MonkeyPatch) -> None:
    stand_in = SimpleNamespace(client=_clients(), Session=cache(boto3.Session))
    patch.setattr(rotate_access_key, "boto3", stand_in)
    patch.setattr(rotate_access_key, "time", rotation.CLOCK)


def _clients() -> Callable[..., Any]:
    """Return boto3's `client`, which makes each client once."""
    made: dict[tuple[str, ...], Any] = {}

    def client(service: str, config: Config, **settings: str) -> Any:
        key = (service, *settings.values())
        if key not in made:
            manner = UNNAMED if "aws_access_key_id" in settings else PLAIN
            made[key] = boto3.client(service, config=config.merge(manner), **settings)
            _connect(made[key], rotation.WIRE)
        return made[key]

    return client


def _connect(client: Any, wire: Wire) -> None:
    client.meta.events.register("before-send", wire.answer)


@pytest.fixture
def world() -> Iterator[fake_aws.World]:
    """Return a new world that CopyImage's clients reach."""
    yield driver.WIRE.connect(driver.new_world())
    driver.CONTEXT.left = driver.CONTEXT.whole
