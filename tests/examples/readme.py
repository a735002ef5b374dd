"""What the README of an example tells people to type, held against bash and the AWS services."""

from __future__ import annotations

import re
import subprocess

import boto3
from botocore import xform_name

GLOBAL_OPTIONS = {"region", "query", "output", "profile"}
THE_COMMAND_LINES_OWN = {("cloudformation", "deploy"), ("cloudformation", "wait")}


def blocks(readme: str) -> list[str]:
    """Return the blocks of commands."""
    return re.findall(r"(?s)```sh\n(.*?)```", readme)


def complaint(block: str) -> str:
    """Return what bash says against a block, '' if nothing."""
    done = subprocess.run(
        ["bash", "-n"],  # noqa: S607 - whichever bash there is
        input=block,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr or str(done.returncode or "")


def unknown_options(block: str) -> list[str]:
    """Return the options that no AWS service knows; a command it does not know is a `KeyError`."""
    found = []
    for command in re.findall(r"(?m)(?:^|\$\()\s*aws (.*)$", block.replace("\\\n", " ")):
        words, _, _ = command.partition(" | ")
        service, operation, *_ = words.split()
        if (service, operation) in THE_COMMAND_LINES_OWN:
            continue
        model = boto3.client(service, region_name="us-east-1").meta.service_model
        names = {xform_name(name, "-"): name for name in model.operation_names}
        members = model.operation_model(names[operation]).input_shape.members
        known = {xform_name(name, "-") for name in members} | {"owners"} | GLOBAL_OPTIONS
        found += [each for each in re.findall(r" --([a-z0-9-]+)", words) if each not in known]
    return found


def launches(block: str) -> list[tuple[str, set[str]]]:
    """Return the templates of the library that a block launches, with the parameters given."""
    found = []
    for command in re.findall(r"aws cloudformation deploy (.*)", block.replace("\\\n", " ")):
        name = re.search(r"--template-file meridian/templates/([a-z-]+)\.yaml", command)
        _, _, given = command.partition("--parameter-overrides")
        if name:
            found.append((name[1], set(re.findall(r"([A-Za-z0-9]+)=", given))))
    return found
