"""Checks of parameters that hold the id of an image, which MiniStack leaves out.

Parameter Store answers a write of data type `aws:ec2:image` at once and checks afterwards: what
names no available image is not written, and the old value stays. CloudFormation refuses a stack
whose parameter of an image's type names none that the account may launch in the region.

Not as in AWS: the check is done by the time of the answer, and no event tells of a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import ssm
from ministack.services.cloudformation import engine

from rehearsal.embedded_desk import Given
from rehearsal.embedded_image_references import DATA_TYPE
from rehearsal.embedded_images import launchable

TYPES = ("AWS::EC2::Image::Id", "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>")
IMAGE = re.compile("ami-[0-9a-z]{8,17}")


def install() -> None:
    """Put into MiniStack what stands here."""
    _check_writes()
    _check_stacks()


def _check_writes() -> None:
    inner: Callable[[Given], Any] = ssm._put_parameter

    def put(given: Given) -> Any:
        if given.get("DataType") != DATA_TYPE:
            return inner(given)
        if not IMAGE.fullmatch(given["Value"]):
            why = f"{given['Value']} is no id of an image, as data type {DATA_TYPE} wants"
            return error_response_json("ValidationException", why)
        if launchable(given["Value"]):
            return inner(given)
        before = ssm._parameters.get(given["Name"], {"Version": 0})
        return json_response({"Version": before["Version"] + 1, "Tier": "Standard"})

    ssm._put_parameter = put


def _check_stacks() -> None:
    inner: Callable[..., None] = engine._check_parameter_constraints

    def check(name: str, definition: Given, type_: str, value: str) -> None:
        inner(name, definition, type_, value)
        if type_ in TYPES and not launchable(value):
            raise ValueError(
                f"Parameter validation failed: parameter value {value} for parameter name "
                f"{name} does not exist"
            )

    engine._check_parameter_constraints = check
