"""Clients of embedded AWSs: one of a service, which whoever calls from any region shares.

Making one takes longer than most calls do, and each keeps connections and classes of its own.
"""

from __future__ import annotations

import copy
import functools
import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import EndpointConnectionError
from botocore.signers import RequestSigner

from rehearsal.service_models import BriefLoader

KEPT = 64
REGION = "us-east-1"
CONNECTIONS = 64  # that a client keeps, as many as may call it at once
_MAKING = threading.Lock()


def client(url: str, service: str, region: str, who: Credentials) -> Any:
    """Return a botocore client of a service for somebody in a region; threads may share it."""
    with _MAKING:  # a session makes one at a time only
        shared = _shared(url, service)
    own = object.__new__(type(shared))  # copy.copy asks what has no attributes yet for one
    vars(own).update(vars(shared))
    own.meta = copy.copy(shared.meta)
    own.meta._client_config = copy.copy(shared.meta.config)
    own.meta._client_config.region_name = region
    own.meta._client_config.who = who
    own._request_signer = _signer(shared._request_signer, region, who)
    return own


def _signer(shared: RequestSigner, region: str, who: Credentials) -> RequestSigner:
    """Return what signs URLs beforehand: requests go through the one that is shared."""
    own = copy.copy(shared)
    own._region_name, own._credentials = region, who
    return own


def prepare(url: str, service: str) -> None:
    """Make the client of a service before anybody asks: a process that is forked later has it."""
    _shared(url, service)


@functools.lru_cache(KEPT)
def _shared(url: str, service: str) -> Any:
    """Return the one client of a service; nothing is signed in its own name and region."""
    return _session().client(
        service,
        region_name=REGION,
        endpoint_url=url,
        config=Config(max_pool_connections=CONNECTIONS),
        aws_access_key_id=service,
        aws_secret_access_key=service,
    )


@functools.cache
def _session() -> Any:
    """Return the one session of this process: what services look like is read once."""
    session = boto3.Session()
    session._loader.file_loader = BriefLoader()
    session.events.register("needs-retry", _give_up)
    session.events.register("before-sign", _sign_as_caller)
    return session


def _sign_as_caller(request: Any, **_: object) -> None:
    """Let a request be signed by whom, and in the region where, the client was asked for.

    A URL is signed by the client's own signer, and S3 says itself in which region a bucket lies.
    """
    context: dict[str, Any] = request.context
    if "client_region" not in context:
        return
    signing = context.setdefault("signing", {})
    signing["request_credentials"] = context["client_config"].who
    if not context.get("s3_redirect", {}).get("redirected"):
        signing["region"] = context["client_region"]


def _give_up(caught_exception: Exception | None = None, **_: object) -> None:
    """Do not try again to reach what has ended: on loopback nobody else answers there."""
    if isinstance(caught_exception, EndpointConnectionError):
        raise caught_exception
