"""What is asked about the source: its type, and what each type needs to know."""

from __future__ import annotations

from pipeline.parameters import Question, one_of, pattern, text
from pipeline.sources import BRANCH, BUCKET, CONNECTION, KEY, REPOSITORY, TYPE
from pipeline.topology import SourceType, Topology

EXAMPLE, EXAMPLES = "web-app", {"multi-account": "lambda-app"}


def questions(topology: Topology) -> tuple[Question, ...]:
    """Return what is asked about the source, less what only an unoffered type needs."""
    asked = [_type_question(topology)]
    if {SourceType.CODE_COMMIT, SourceType.CODE_CONNECTIONS} & set(topology.sources):
        asked += [_repository_question(topology), _branch_question()]
    if SourceType.CODE_CONNECTIONS in topology.sources:
        asked.append(_connection_question())
    if SourceType.S3 in topology.sources:
        asked += [_bucket_question(), _key_question()]
    return tuple(asked)


def role_questions(topology: Topology) -> tuple[Question, ...]:
    """Return what is asked where only roles are made: they do not know the branch."""
    asked = questions(topology)
    return tuple(each for each in asked if each.parameter.title != BRANCH)


def _type_question(topology: Topology) -> Question:
    kinds = {
        SourceType.CODE_COMMIT: "CodeCommit",
        SourceType.CODE_CONNECTIONS: "CodeConnections (GitHub, GitLab or Bitbucket)",
        SourceType.S3: "S3 (an archive in a bucket)",
    }
    offered = ", ".join(kinds[source] for source in topology.sources)
    return text(
        TYPE,
        "Source type",
        f"Where the pipeline starts. Offered: {offered}.",
        default=topology.sources[0].value,
        **one_of(source.value for source in topology.sources),
    )


def _repository_question(topology: Topology) -> Question:
    example = EXAMPLES.get(topology.pipeline, EXAMPLE)
    return text(
        REPOSITORY,
        "Repository",
        f"CodeCommit: the repository's name, for example {example}. CodeConnections: its full id, "
        f"for example octo-org/{example}. Not used for S3.",
        default=example,
        **pattern(
            r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*",
            f"A repository name like {example}, or owner/name.",
        ),
    )


def _branch_question() -> Question:
    return text(
        BRANCH,
        "Branch",
        "Branch that is deployed, for example main. Not used for S3.",
        default="main",
        **pattern(r"[^\s*?\[\]{}!]{1,256}", "A branch name without blanks and wildcards."),
    )


def _connection_question() -> Question:
    return text(
        CONNECTION,
        "Connection",
        "CodeConnections only: ARN of a connection in status Available, for example "
        "arn:aws:codeconnections:us-east-1:123456789012:connection/"
        "1234abcd-12ab-34cd-56ef-1234567890ab.",
        default="",
        **pattern(
            r"|arn:[a-z-]+:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}"
            r":connection/[A-Za-z0-9-]+",
            "The ARN of a connection, or nothing.",
        ),
    )


def _bucket_question() -> Question:
    return text(
        BUCKET,
        "Source bucket",
        "S3 only: versioned bucket in this region with EventBridge notifications on, for example "
        "my-sources-123456789012.",
        default="",
        **pattern(
            r"|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            "A bucket name: 3 to 63 lower-case letters, digits, dots and hyphens; or nothing.",
        ),
    )


def _key_question() -> Question:
    return text(
        KEY,
        "Source archive",
        "S3 only: key of the ZIP archive, for example web-app/source.zip.",
        default="source.zip",
        **pattern(r"[A-Za-z0-9!_.'()/-]{1,1024}", "An object key without blanks and wildcards."),
    )
