"""What MiniStack lacks of CodeBuild: whose build it is that somebody asks after.

MiniStack knows no resource of BatchGetBuilds and so allows it to nobody who is not allowed it on
everything. Here it is a call on the project of the builds, as in AWS. Builds themselves are not
run: whatever is started has succeeded at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

SERVICE = "codebuild"


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    inner: Callable[..., str] = iam_actions.extract_resource_arn

    def resource(service: str, *request: Any) -> str:
        _method, _path, _headers, body, _query, region, account = request
        projects = _projects(body) if service == SERVICE else set()
        if len(projects) == 1:
            return f"arn:{partition}:{SERVICE}:{region}:{account}:project/{projects.pop()}"
        return inner(service, *request)

    iam_actions.extract_resource_arn = resource


def _projects(body: bytes) -> set[str]:
    """Return the projects of the builds a call names; an id is PROJECT:UUID."""
    try:
        given = json.loads(body)
    except ValueError:
        return set()
    return {each.partition(":")[0] for each in given.get("ids", [])}
