"""The function that copies images, against botocore's own models of what it calls."""

from __future__ import annotations

import functools
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.stub import Stubber

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lambdas" / "copy_image.py"
HOME, FIRST, SECOND = "us-east-1", "us-east-2", "ap-south-1"
IMAGE, COPY, OTHER_COPY = (f"ami-{digit * 17}" for digit in "012")
JOB = "11111111-2222-3333-4444-555555555555"
ORDER = {
    "image": IMAGE,
    "commit": "8f3a2b1",
    "regions": [FIRST, SECOND],
    "parameter": "AMI_VERSION",
}
FIND = {"Owners": ["self"], "Filters": [{"Name": "tag:SourceImage", "Values": [IMAGE]}]}


@functools.cache
def client(service: str, region: str) -> Any:
    """Return a real client that knows no account; making one is what takes time here."""
    nobody = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "none")
    return botocore.session.get_session().create_client(service, region_name=region, **nobody)


class Aws:
    """Answers calls as told, in order, and refuses every other."""

    def __init__(self) -> None:
        self.stubs: dict[tuple[str, str], Stubber] = {}

    def at(self, service: str, region: str = HOME) -> Stubber:
        """Return what answers for a service in a region."""
        if (service, region) not in self.stubs:
            self.stubs[service, region] = Stubber(client(service, region))
            self.stubs[service, region].activate()
        return self.stubs[service, region]

    def client(self, service: str, region_name: str = HOME) -> Any:
        """Stand for `boto3.client`."""
        return self.at(service, region_name).client

    def found(self, region: str, *images: dict[str, Any]) -> None:
        """Say which copies a region holds when it is next asked."""
        self.at("ec2", region).add_response("describe_images", {"Images": list(images)}, FIND)

    def keeps(self, region: str, image: str | None) -> None:
        """Say what the parameter of a region reads when it is next asked."""
        ssm = self.at("ssm", region)
        if image:
            answer = {"Parameter": {"Name": "AMI_VERSION", "Value": image}}
            ssm.add_response("get_parameter", answer, {"Name": "AMI_VERSION"})
        else:
            ssm.add_client_error(
                "get_parameter", "ParameterNotFound", expected_params={"Name": "AMI_VERSION"}
            )

    def takes_parameter(self, region: str, image: str) -> None:
        """Expect a region's parameter to be written."""
        written = {
            "Name": "AMI_VERSION",
            "Value": image,
            "Type": "String",
            "DataType": "aws:ec2:image",
            "Overwrite": True,
        }
        self.at("ssm", region).add_response("put_parameter", {"Version": 1}, written)

    def takes_copy(self, region: str, name: str = "web-app") -> None:
        """Expect a copy to be asked for in a region."""
        source = {"Images": [{"ImageId": IMAGE, "Name": name}]}
        self.at("ec2").add_response("describe_images", source, {"ImageIds": [IMAGE]})
        tags = [
            {"Key": "Name", "Value": name},
            {"Key": "SourceImage", "Value": IMAGE},
            {"Key": "Commit", "Value": "8f3a2b1"},
        ]
        asked = {
            "Name": f"{name} {IMAGE}"[-128:],
            "SourceImageId": IMAGE,
            "SourceRegion": HOME,
            "ClientToken": f"{IMAGE}-{region}",
            "TagSpecifications": [
                {"ResourceType": kind, "Tags": tags} for kind in ("image", "snapshot")
            ],
        }
        self.at("ec2", region).add_response("copy_image", {"ImageId": COPY}, asked)

    def told(self, **result: object) -> None:
        """Expect CodePipeline to be told that the round was a success."""
        pipeline = self.at("codepipeline")
        pipeline.add_response("put_job_success_result", {}, {"jobId": JOB, **result})

    def told_failure(self) -> list[str]:
        """Expect CodePipeline to be told of a failure; return where its message will stand."""
        heard: list[str] = []

        class Heard:
            def __eq__(self, details: object) -> bool:
                assert isinstance(details, dict)
                assert details["type"] == "JobFailed"
                heard.append(details["message"])
                return True

            __hash__ = None  # type: ignore[assignment]

        self.at("codepipeline").add_response(
            "put_job_failure_result", {}, {"jobId": JOB, "failureDetails": Heard()}
        )
        return heard


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """Return what answers for AWS; every call that was promised must be made."""
    answering = Aws()
    monkeypatch.setattr(boto3, "client", answering.client)
    monkeypatch.setenv("AWS_REGION", HOME)
    yield answering
    for stub in answering.stubs.values():
        stub.assert_no_pending_responses()
        stub.deactivate()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the function as CloudFormation places it: a file `index`."""
    spec = importlib.util.spec_from_file_location("index", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "index", module)
    spec.loader.exec_module(module)
    return module


def invoke(index: ModuleType, order: object = ORDER) -> None:
    """Invoke the function as CodePipeline does; a text is given as it is."""
    text = order if isinstance(order, str) else json.dumps(order)
    configuration = {"FunctionName": "copy-image", "UserParameters": text}
    data = {"actionConfiguration": {"configuration": configuration}}
    index.handler({"CodePipeline.job": {"id": JOB, "data": data}}, None)


def copy_of(state: str, image: str = COPY, reason: str = "") -> dict[str, Any]:
    """Return a copy as EC2 describes it."""
    said = {"StateReason": {"Code": "Client.InternalError", "Message": reason}} if reason else {}
    return {"ImageId": image, "State": state, **said}


def test_it_asks_for_a_copy_in_every_region_and_to_be_called_again(
    aws: Aws, index: ModuleType
) -> None:
    for region in (FIRST, SECOND):
        aws.found(region)
        aws.takes_copy(region)
    aws.told(continuationToken=IMAGE)
    invoke(index)


def test_a_name_too_long_for_two_is_cut_at_its_beginning(aws: Aws, index: ModuleType) -> None:
    aws.found(FIRST)
    aws.takes_copy(FIRST, name="x" * 128)
    aws.told(continuationToken=IMAGE)
    invoke(index, {**ORDER, "regions": [FIRST]})


def test_it_waits_for_a_copy_that_is_pending(aws: Aws, index: ModuleType) -> None:
    for region in (FIRST, SECOND):
        aws.found(region, copy_of("pending"))
    aws.told(continuationToken=IMAGE)
    invoke(index)


def test_one_region_waiting_keeps_the_other_from_nothing(aws: Aws, index: ModuleType) -> None:
    aws.found(FIRST, copy_of("pending"))
    aws.found(SECOND, copy_of("available"))
    aws.keeps(SECOND, None)
    aws.takes_parameter(SECOND, COPY)
    aws.told(continuationToken=IMAGE)
    invoke(index)


def test_one_region_that_is_done_does_not_end_it(aws: Aws, index: ModuleType) -> None:
    aws.found(FIRST, copy_of("available"))
    aws.keeps(FIRST, COPY)
    aws.found(SECOND, copy_of("pending"))
    aws.told(continuationToken=IMAGE)
    invoke(index)


@pytest.mark.parametrize("before", [None, OTHER_COPY], ids=["no parameter", "an older image"])
def test_a_parameter_is_believed_once_it_is_read_back(
    aws: Aws, index: ModuleType, before: str | None
) -> None:
    for region, image in ((FIRST, COPY), (SECOND, OTHER_COPY)):
        aws.found(region, copy_of("available", image))
        aws.keeps(region, before if image == COPY else None)
        aws.takes_parameter(region, image)
    aws.told(continuationToken=IMAGE)
    invoke(index)
    for region, image in ((FIRST, COPY), (SECOND, OTHER_COPY)):
        aws.found(region, copy_of("available", image))
        aws.keeps(region, image)
    aws.told(outputVariables={FIRST: COPY, SECOND: OTHER_COPY})
    invoke(index)


def test_a_copy_that_is_available_counts_more_than_one_that_failed(
    aws: Aws, index: ModuleType
) -> None:
    aws.found(FIRST, copy_of("failed", OTHER_COPY, "gone"), copy_of("available"))
    aws.keeps(FIRST, COPY)
    aws.told(outputVariables={FIRST: COPY})
    invoke(index, {**ORDER, "regions": [FIRST]})


def test_a_copy_that_failed_is_told_with_region_reason_and_mend(
    aws: Aws, index: ModuleType
) -> None:
    aws.found(FIRST, copy_of("pending"))
    aws.found(SECOND, copy_of("failed", reason="The key is not there."))
    heard = aws.told_failure()
    invoke(index)
    assert heard[-1] == (
        f"{SECOND}: copy {COPY} of {IMAGE} is failed (The key is not there.); "
        "deregister that copy; mend this, then retry the action"
    )


def test_a_region_that_fails_keeps_no_other_from_advancing(aws: Aws, index: ModuleType) -> None:
    refused = {"service_error_code": "UnauthorizedOperation", "service_message": "not yours"}
    aws.at("ec2", FIRST).add_client_error("describe_images", **refused, expected_params=FIND)
    aws.found(SECOND)
    aws.takes_copy(SECOND)
    heard = aws.told_failure()
    invoke(index)
    assert heard[-1].startswith(f"{FIRST}: ")
    assert "not yours" in heard[-1]
    assert SECOND not in heard[-1]
    assert heard[-1].endswith("mend this, then retry the action")


def test_every_region_that_fails_is_named(aws: Aws, index: ModuleType) -> None:
    for region in (FIRST, SECOND):
        aws.found(region, copy_of("failed", reason=f"no room in {region}"))
    heard = aws.told_failure()
    invoke(index)
    assert all(f"no room in {region}" in heard[-1] for region in (FIRST, SECOND))


def test_a_long_story_is_cut_to_what_codepipeline_takes(aws: Aws, index: ModuleType) -> None:
    aws.found(FIRST, copy_of("failed", reason="x" * 9_000))
    heard = aws.told_failure()
    invoke(index, {**ORDER, "regions": [FIRST]})
    assert len(heard[-1]) == 5_000


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ("", "UserParameters of the action are not JSON"),
        ("{image", "UserParameters of the action are not JSON"),
        ([], "UserParameters of the action lack image, commit, regions, parameter"),
        ({}, "UserParameters of the action lack image, commit, regions, parameter"),
        ({**ORDER, "image": ""}, "UserParameters of the action lack image"),
        ({**ORDER, "regions": []}, "UserParameters of the action lack regions"),
    ],
    ids=["nothing", "no JSON", "a list", "an empty object", "no image", "no regions"],
)
def test_an_order_that_cannot_be_followed_is_told(
    aws: Aws, index: ModuleType, order: object, message: str
) -> None:
    heard = aws.told_failure()
    invoke(index, order)
    assert heard[-1].startswith(message)
