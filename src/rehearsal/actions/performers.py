"""Which function carries out the actions of which provider; there is none but these."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rehearsal.actions.approval import approve
from rehearsal.actions.build import build
from rehearsal.actions.invoke import invoke
from rehearsal.actions.source import fetch_bucket, fetch_codecommit, fetch_connection
from rehearsal.actions.stacks import change_stack
from rehearsal.actions.work import Done, Work

PERFORMERS: Mapping[str, Callable[[Work], Done]] = {
    "CloudFormation": change_stack,
    "CodeBuild": build,
    "CodeCommit": fetch_codecommit,
    "CodeStarSourceConnection": fetch_connection,
    "Lambda": invoke,
    "Manual": approve,
    "S3": fetch_bucket,
}
