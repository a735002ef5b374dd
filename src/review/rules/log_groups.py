"""Rules about CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator

from review.rule import Found, rule
from review.subjects import Resource


@rule(
    judges=Resource,
    id="MR101",
    sentence="A log group says for how long it keeps what it is sent.",
    mend="add RetentionInDays",
    reason="Without it CloudWatch Logs keeps everything for ever, and bills for it.",
    source="CloudFormation, AWS::Logs::LogGroup, RetentionInDays",
    passes="Logs: {Properties: {RetentionInDays: 7}}",
    fails="Logs: {Properties: {RetentionInDays: null}}",
)
def log_group_without_retention(resource: Resource) -> Iterator[Found]:
    """Yield a log group that keeps everything for ever."""
    if resource.type == "AWS::Logs::LogGroup" and not resource.gives("RetentionInDays"):
        yield Found(resource.line, "keeps its log events for ever")
