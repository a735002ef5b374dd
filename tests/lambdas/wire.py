"""The wire between the functions' real clients and an AWS in memory, and the clock of both.

It stands in the place of the network: each request has been built and validated by botocore, and
each answer is bytes that botocore parses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError


class Killed(BaseException):
    """The process ends here: no `except Exception` sees it."""


@dataclass(frozen=True)
class Call:
    """One call as AWS sees it."""

    operation: str
    region: str
    given: dict[str, Any]
    request: AWSPreparedRequest
    is_retry: bool

    @property
    def url(self) -> str:
        """Where the request was sent to."""
        return str(self.request.url)


class RefusalError(Exception):
    """AWS answers with an error."""

    def __init__(self, code: str, message: str = "said the fake") -> None:
        super().__init__(code)
        self.code, self.message = code, message


Perform = Callable[[], AWSResponse]
Plan = Callable[[Any, Call, Perform], AWSResponse]


def obey(world: Services, call: Call, perform: Perform) -> AWSResponse:
    """Do as asked: the plan without a fault."""
    return perform()


@dataclass(kw_only=True)
class Services:
    """Services in memory, what is done to the calls (`plan`), and what came of them."""

    plan: Plan = obey
    calls: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)

    def answer(self, request: AWSPreparedRequest) -> AWSResponse:
        """Answer a request, or do to it what is planned."""
        call = read(request)
        if not call.is_retry:
            self.calls.append(call.operation)
        return self.plan(self, call, lambda: self.perform(call))

    def perform(self, call: Call) -> AWSResponse:
        """Do what is asked and answer in the service's own protocol."""
        try:
            content = self.do(call)
        except RefusalError as refusal:
            return refuse(call, refusal)
        return respond(call, 200, content)

    def do(self, call: Call) -> dict[str, Any]:
        """Return the answer to a call; `RefusalError` where AWS refuses it."""
        raise NotImplementedError


AnyServices = TypeVar("AnyServices", bound=Services)


class Wire:
    """What the clients are connected to; they are made once, the world anew for every fault."""

    world: Services

    def connect(self, world: AnyServices) -> AnyServices:
        """Make a world the one that the clients reach."""
        self.world = world
        return world

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """Answer a request in the network's place (botocore's event `before-send`)."""
        return self.world.answer(request)


class Clock:
    """Time as a function sees it, in seconds."""

    now = 1_800_000_000

    def time(self) -> float:
        """Return the time of day."""
        return float(self.now)

    def sleep(self, seconds: int) -> None:
        """Let time pass."""
        self.now += seconds


def read(request: AWSPreparedRequest) -> Call:
    """Return what a request asks for."""
    region = str(urlsplit(request.url).hostname).split(".")[1]
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
    is_retry = b"attempt=1" not in request.headers["amz-sdk-request"]
    target = request.headers.get("X-Amz-Target")
    if target:
        operation = target.decode().partition(".")[2]
        return Call(operation, region, json.loads(body), request, is_retry)
    given = dict(parse_qsl(body))
    return Call(given.pop("Action"), region, given, request, is_retry)


def respond(call: Call, status: int, content: dict[str, Any]) -> AWSResponse:
    """Return an answer as EC2 and IAM (XML) or the others (JSON) send it."""
    if "//ec2." in call.url:
        body = to_xml({call.operation + "Response": content}, "item")
    elif is_query(call):
        body = to_xml({f"{call.operation}Response": {f"{call.operation}Result": content}}, "member")
    else:
        body = json.dumps(content)
    return AWSResponse(call.url, status, {}, _Raw(body.encode()))


def refuse(call: Call, refusal: RefusalError) -> AWSResponse:
    """Return an error as EC2 and IAM (XML) or the others (JSON) send it."""
    error = {"Error": {"Code": refusal.code, "Message": refusal.message}}
    if "//ec2." in call.url:
        body = to_xml({"Response": {"Errors": error, "RequestID": "r"}}, "item")
    elif is_query(call):
        body = to_xml({"ErrorResponse": error}, "member")
    else:
        return respond(call, 400, {"__type": refusal.code, "message": refusal.message})
    return AWSResponse(call.url, 400, {}, _Raw(body.encode()))


def is_query(call: Call) -> bool:
    """Return whether a service speaks as IAM and STS do."""
    return "//iam." in call.url or "//sts." in call.url


def time_out(call: Call) -> ReadTimeoutError:
    """Return what botocore raises when no answer arrives."""
    return ReadTimeoutError(endpoint_url=call.url)


class _Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.body


def to_xml(content: Any, item: str) -> str:
    """Return content as XML; each element of a list is an `item`."""
    if isinstance(content, dict):
        return "".join(f"<{key}>{to_xml(each, item)}</{key}>" for key, each in content.items())
    if isinstance(content, list):
        return "".join(f"<{item}>{to_xml(each, item)}</{item}>" for each in content)
    return escape(str(content))
