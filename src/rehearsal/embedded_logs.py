"""What MiniStack lacks of CloudWatch Logs: which stream of a group a call is on.

MiniStack asks IAM for a log group, where AWS asks for one stream of it, as its refusals say
(juspay/hyperswitch-cdk#37): so a policy that allows streams would allow nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

SERVICE = "logs"
ON_STREAMS = ("CreateLogStream", "PutLogEvents")


def install() -> None:
    """Put into MiniStack what stands here."""
    inner: Callable[..., str] = iam_actions.extract_resource_arn

    def resource(service: str, *request: Any) -> str:
        group = inner(service, *request)
        _method, _path, headers, body, *_rest = request
        target = str(headers.get("x-amz-target", "")).rpartition(".")[2]
        if service != SERVICE or target not in ON_STREAMS:
            return group
        stream = json.loads(body or b"{}").get("logStreamName", "*")
        return f"{group.removesuffix(':*')}:log-stream:{stream}"

    iam_actions.extract_resource_arn = resource
