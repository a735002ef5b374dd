"""Pushes a commit, and starts the pipeline the way its template has it: by a rule or a trigger.

MiniStack delivers no events. So the event that AWS would send is matched here against the rules
that stand, and each target that is a pipeline is started under the rule's own role.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.commits import Commit
from rehearsal.definition import Action
from rehearsal.desk import Desk
from rehearsal.embedded_aws import EmbeddedAws, root
from rehearsal.errors import RehearsalError
from rehearsal.execution import Pipeline

Event = Mapping[str, Any]
ANYTHING_BUT = "anything-but"
TOKEN = re.compile(r"\*\*|.", re.DOTALL)
WILD = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


def push(pipeline: Pipeline, commit: Commit) -> str:
    """Push a commit; return what started the pipeline.

    Raises `RehearsalError` where nothing did, or who should have may not.
    """
    source = pipeline.definition.stages[0].actions[0]
    if source.provider == "CodeStarSourceConnection":
        return _by_connection(pipeline, source, commit)
    if source.provider == "S3":
        _put_archive(pipeline, source, commit)
    event = EVENTS[source.provider](pipeline, source, commit)
    desk = Desk(_aws(pipeline), pipeline.account, pipeline.definition.region)
    before = len(desk.read_starts(pipeline.name))
    rules = [rule for rule, target in matching(pipeline, event) if _start(pipeline, rule, target)]
    if len(desk.read_starts(pipeline.name)) == before:
        raise RehearsalError(
            f"pipeline {pipeline.name}: a push to {commit.branch} starts nothing; add a rule whose "
            f"EventPattern matches {json.dumps(event)}"
        )
    return f"rule {', '.join(rules)}"


def _by_connection(pipeline: Pipeline, source: Action, commit: Commit) -> str:
    """A trigger begins the pipeline; without any, a change of the source's branch does."""
    triggers = [each for each in pipeline.definition.triggers if each.source == source.name]
    branch = commit.branch
    wanted = any(
        _is_any(branch, each.branches or ("*",)) and not _is_any(branch, each.excluded)
        for each in triggers
    )
    by_branch = source.configuration.get("DetectChanges", "true") == "true"
    if wanted:
        return f"trigger of {source.place}"
    if not triggers and by_branch and source.configuration["BranchName"] == commit.branch:
        return f"change of {commit.branch}"
    raise RehearsalError(
        f"pipeline {pipeline.name}: a push to {commit.branch} starts nothing; name that branch in "
        "Triggers"
    )


def _is_any(branch: str, patterns: tuple[str, ...]) -> bool:
    return any(re.fullmatch(_expression(each), branch) for each in patterns)


def _expression(pattern: str) -> str:
    """Return a pattern of branches, whose single star ends at a slash, as regular expression."""
    return "".join(WILD.get(each, re.escape(each)) for each in TOKEN.findall(pattern))


def _put_archive(pipeline: Pipeline, source: Action, commit: Commit) -> None:
    """Upload the archive, as a person does."""
    region = pipeline.definition.region
    s3 = _aws(pipeline).client("s3", region, root(pipeline.account))
    there = source.configuration
    s3.put_object(Bucket=there["S3Bucket"], Key=there["S3ObjectKey"], Body=commit.archive)


def _of_codecommit(pipeline: Pipeline, source: Action, commit: Commit) -> Event:
    region, name = pipeline.definition.region, source.configuration["RepositoryName"]
    partition = _aws(pipeline).partition
    return {
        "source": "aws.codecommit",
        "detail-type": "CodeCommit Repository State Change",
        "resources": [f"arn:{partition}:codecommit:{region}:{pipeline.account}:{name}"],
        "detail": {
            "event": "referenceUpdated",
            "repositoryName": name,
            "referenceType": "branch",
            "referenceName": commit.branch,
            "commitId": commit.id,
        },
    }


def _of_s3(pipeline: Pipeline, source: Action, _commit: Commit) -> Event:
    there = source.configuration
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "resources": [f"arn:{_aws(pipeline).partition}:s3:::{there['S3Bucket']}"],
        "detail": {
            "bucket": {"name": there["S3Bucket"]},
            "object": {"key": there["S3ObjectKey"]},
            "reason": "PutObject",
        },
    }


def matching(pipeline: Pipeline, event: Event) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the name of each rule that an event matches with each of its targets."""
    region = pipeline.definition.region
    events = _aws(pipeline).client("events", region, root(pipeline.account))
    for rule in events.list_rules()["Rules"]:
        pattern = json.loads(rule.get("EventPattern") or "{}")
        if pattern and rule["State"] == "ENABLED" and matches(pattern, event):
            for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                yield rule["Name"], target


def matches(pattern: Event, event: Event) -> bool:
    """Return whether an event has everything a pattern asks for.

    Raises `RehearsalError` for a filter that is not done here: but values, and all but some.
    """
    if "$or" in pattern:
        raise RehearsalError("EventPattern: $or is not done here; write a rule for each")
    return all(key in event and _matches(wanted, event[key]) for key, wanted in pattern.items())


def _matches(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and matches(wanted, found)
    values = found if isinstance(found, list) else [found]
    return any(_is_wanted(one, each) for one in wanted for each in values)


def _is_wanted(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return bool(wanted == value)
    if wanted.keys() != {ANYTHING_BUT} or not isinstance(wanted[ANYTHING_BUT], list):
        raise RehearsalError(
            f"EventPattern: {json.dumps(dict(wanted))} is not done here; list values, or "
            f"those of {ANYTHING_BUT}"
        )
    return value not in wanted[ANYTHING_BUT]


def _start(pipeline: Pipeline, rule: str, target: Mapping[str, str]) -> bool:
    """Start the pipeline, if that is the target, as EventBridge does; return whether it is."""
    kind, _, rest = target["Arn"].partition(":codepipeline:")
    if not rest or not kind or rest.rpartition(":")[2] != pipeline.name:
        return False
    aws, region = _aws(pipeline), pipeline.definition.region
    if "RoleArn" not in target:
        raise RehearsalError(f"rule {rule}: its target {target['Arn']} has no RoleArn; add one")
    try:
        who = aws.serve(target["RoleArn"], "events", region)
        aws.client("codepipeline", region, who).start_pipeline_execution(name=pipeline.name)
    except ClientError as error:
        raise RehearsalError(
            f"rule {rule}: {target['RoleArn']} cannot start pipeline {pipeline.name}: {error}; "
            "let it codepipeline:StartPipelineExecution, and let events.amazonaws.com assume it"
        ) from None
    return True


def _aws(pipeline: Pipeline) -> EmbeddedAws:
    return pipeline.scene.clouds.of(pipeline.definition.region)


EVENTS = {"CodeCommit": _of_codecommit, "S3": _of_s3}
