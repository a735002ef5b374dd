"""Where a pipeline may start: CodeCommit, CodeConnections or S3, one of them chosen at launch.

Each source type is one `Source`: what it asks, the action that fetches, what that action may call,
and what starts the pipeline when something new arrives. None of them polls. To add one, write it
here and name it in `topology.SourceType`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from awacs import codecommit, codeconnections, codepipeline, codestar_connections, s3
from awacs.aws import Statement
from troposphere import (
    AccountId,
    And,
    AWSObject,
    Equals,
    GetAtt,
    If,
    Join,
    NoValue,
    Partition,
    Ref,
    Region,
    Sub,
    Template,
)
from troposphere.codepipeline import (
    Actions,
    GitBranchFilterCriteria,
    GitConfiguration,
    GitPushFilter,
    Pipeline,
    PipelineTriggerDeclaration,
)
from troposphere.events import Rule, Target
from troposphere.iam import Policy

from pipeline.actions import SOURCE_ACTION, source_action
from pipeline.names import arn
from pipeline.parameters import Assertion, add_rule, given
from pipeline.policies import allow, policy, service_role
from pipeline.topology import SourceType, Topology

TYPE = "SourceType"
REPOSITORY = "RepositoryName"
BRANCH = "RepositoryBranch"
CONNECTION = "ConnectionArn"
BUCKET = "SourceBucketName"
KEY = "SourceObjectKey"

REPOSITORY_ARN = arn("codecommit", f"${{{REPOSITORY}}}")
ARCHIVE = Sub(f"arn:${{AWS::Partition}}:s3:::${{{BUCKET}}}/${{{KEY}}}")


@dataclass(frozen=True)
class Source:
    """One source type. `pattern` is the EventBridge event that announces something new."""

    provider: str
    configuration: dict[str, object]
    grants: tuple[Statement, ...]
    pattern: dict[str, object]


def _code_commit() -> Source:
    fetch = [
        *(codecommit.CancelUploadArchive, codecommit.GetBranch, codecommit.GetCommit),
        *(codecommit.GetUploadArchiveStatus, codecommit.UploadArchive),
    ]
    return Source(
        "CodeCommit",
        {"RepositoryName": Ref(REPOSITORY), "BranchName": Ref(BRANCH), **_NO_POLLING},
        (
            allow(
                "FetchCommits",
                fetch,
                [REPOSITORY_ARN],
                unrehearsed={
                    "CodePipeline gives up an upload with it when an execution is stopped.": [
                        codecommit.CancelUploadArchive
                    ]
                },
            ),
        ),
        {
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [REPOSITORY_ARN],
            "detail": {
                "event": ["referenceCreated", "referenceUpdated"],
                "referenceType": ["branch"],
                "referenceName": [Ref(BRANCH)],
            },
        },
    )


OLDER = "A connection made before 2024 has an ARN of the older service, and is asked about by it."


def _code_connections() -> Source:
    use = [codeconnections.UseConnection, codestar_connections.UseConnection]
    return Source(
        "CodeStarSourceConnection",
        {
            "ConnectionArn": Ref(CONNECTION),
            "FullRepositoryId": Ref(REPOSITORY),
            "BranchName": Ref(BRANCH),
        },
        (allow("UseConnection", use, [Ref(CONNECTION)], unrehearsed={OLDER: use[1:]}),),
        {},
    )


def _s3() -> Source:
    bucket = Sub(f"arn:${{AWS::Partition}}:s3:::${{{BUCKET}}}")
    look = [s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning]
    fetch = [s3.GetObject, s3.GetObjectTagging, s3.GetObjectVersion, s3.GetObjectVersionTagging]
    return Source(
        "S3",
        {"S3Bucket": Ref(BUCKET), "S3ObjectKey": Ref(KEY), **_NO_POLLING},
        (
            allow("LookAtSourceBucket", look, [bucket]),
            allow("FetchArchive", fetch, [ARCHIVE]),
        ),
        {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": [Ref(BUCKET)]}, "object": {"key": [Ref(KEY)]}},
        },
    )


@dataclass(frozen=True)
class _Needed:
    """A parameter that one source type cannot do without."""

    parameter: str
    mend: str


_NEEDED = {
    SourceType.CODE_CONNECTIONS: _Needed(CONNECTION, "make a connection and name its ARN."),
    SourceType.S3: _Needed(BUCKET, "name the bucket the source archive is put in."),
}
_NO_POLLING = {"PollForSourceChanges": "false"}
_SOURCES = {
    SourceType.CODE_COMMIT: _code_commit,
    SourceType.CODE_CONNECTIONS: _code_connections,
    SourceType.S3: _s3,
}


def condition(source: SourceType) -> str:
    """Return the name of the condition that this source type was chosen."""
    return f"SourceIs{source}"


def prepare(template: Template, topology: Topology) -> None:
    """Add, for each source type offered, whether it was chosen, and that what it needs is given."""
    _add_rules(template, topology)
    for source in topology.sources:
        chosen = Equals(Ref(TYPE), source.value)
        needed = _NEEDED.get(source)
        whole = And(chosen, given(needed.parameter)) if needed else chosen
        template.add_condition(condition(source), whole)


def action(topology: Topology) -> Actions | If:
    """Return the action that fetches from whichever source type was chosen."""
    *others, last = topology.sources
    chosen: Actions | If = _action(last)
    for source in reversed(others):
        chosen = If(condition(source), _action(source), chosen)
    return chosen


def _action(source: SourceType) -> Actions:
    it = _SOURCES[source]()
    return source_action(it.provider, it.configuration)


def policies(topology: Topology) -> list[Policy | If]:
    """Return what the pipeline's role needs for each source type, if it was chosen."""
    if topology.sources == (SourceType.CODE_COMMIT,):
        # The one that is offered, and it needs nothing to be given: there is no other case.
        return [_policy(SourceType.CODE_COMMIT)]
    return [If(condition(each), _policy(each), NoValue) for each in topology.sources]


def _policy(source: SourceType) -> Policy:
    return policy(f"source-{source.lower()}", list(_SOURCES[source]().grants))


def triggers(topology: Topology) -> dict[str, Any]:
    """Return the pipeline's `Triggers`: a push to the branch, for a connection only."""
    if SourceType.CODE_CONNECTIONS not in topology.sources:
        return {}
    push = GitPushFilter(Branches=GitBranchFilterCriteria(Includes=[Ref(BRANCH)]))
    trigger = PipelineTriggerDeclaration(
        ProviderType="CodeStarSourceConnection",
        GitConfiguration=GitConfiguration(SourceActionName=SOURCE_ACTION, Push=[push]),
    )
    return {"Triggers": If(condition(SourceType.CODE_CONNECTIONS), [trigger], NoValue)}


def events(topology: Topology, pipeline: Pipeline) -> list[AWSObject]:
    """Return the EventBridge rule and its role for each source type that announces itself so."""
    announced = [each for each in topology.sources if _SOURCES[each]().pattern]
    return [each for source in announced for each in _event(source, pipeline)]


def _event(source: SourceType, pipeline: Pipeline) -> tuple[AWSObject, AWSObject]:
    place = ["arn", Partition, "codepipeline", Region, AccountId]
    pipeline_arn = Join(":", [*place, Ref(pipeline)])
    start = allow("StartPipeline", [codepipeline.StartPipelineExecution], [pipeline_arn])
    role = service_role(
        f"{source}EventRole",
        "events",
        f"EventBridge assumes it to start the pipeline when {source} has something new.",
        [policy("start-pipeline", [start])],
        Condition=condition(source),
    )
    rule = Rule(
        f"{source}EventRule",
        Condition=condition(source),
        Description=f"Starts the pipeline when {source} has something new.",
        EventPattern=_SOURCES[source]().pattern,
        Targets=[Target(Id="pipeline", Arn=pipeline_arn, RoleArn=GetAtt(role, "Arn"))],
    )
    return role, rule


def _add_rules(template: Template, topology: Topology) -> None:
    for source, needed in _NEEDED.items():
        if source in topology.sources:
            sentence = f"{needed.parameter} is empty, and {TYPE} is {source}: {needed.mend}"
            assertion = Assertion(given(needed.parameter), sentence)
            chosen = Equals(Ref(TYPE), source.value)
            add_rule(template, f"{needed.parameter}IsGiven", [assertion], when=chosen)
