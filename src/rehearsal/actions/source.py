"""Source actions: the commit that was pushed, fetched under the pipeline's role.

Stood in for: the repository. What CodePipeline asks of CodeCommit and of a connection is asked of
IAM alone; a bucket is a real one.
"""

from __future__ import annotations

from rehearsal.actions.work import ActionError, Done, Work
from rehearsal.commits import DATE

CODECOMMIT_CALLS = ("GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus")


def fetch_codecommit(work: Work) -> Done:
    """Fetch a branch of a CodeCommit repository."""
    region, name = work.action.region, work.told("RepositoryName")
    partition = work.scene.clouds.of(region).partition
    repository = f"arn:{partition}:codecommit:{region}:{work.account}:{name}"
    for call in CODECOMMIT_CALLS:
        _ask(work, f"codecommit:{call}", repository)
    return _give(work, {"RepositoryName": name, "CommitterDate": DATE})


def fetch_connection(work: Work) -> Done:
    """Fetch a branch of a repository behind a connection."""
    arn, name = work.told("ConnectionArn"), work.told("FullRepositoryId")
    service = arn.split(":")[2]
    _ask(work, f"{service}:UseConnection", arn)
    return _give(work, {"ConnectionArn": arn, "FullRepositoryName": name})


def fetch_bucket(work: Work) -> Done:
    """Fetch an object of a bucket."""
    where = {"Bucket": work.told("S3Bucket"), "Key": work.told("S3ObjectKey")}
    s3 = work.client("s3")
    for look in (s3.get_bucket_acl, s3.get_bucket_location, s3.get_bucket_versioning):
        look(Bucket=where["Bucket"])
    newest = s3.head_object(**where)
    s3.get_object_tagging(**where)
    version = newest.get("VersionId", "")
    where |= {"VersionId": version} if version else {}
    found = s3.get_object(**where)
    s3.get_object_tagging(**where)
    (artifact,) = work.action.outputs
    made = work.stores.put(work.who, artifact, work.action.region, found["Body"].read())
    given = {"ETag": found["ETag"].strip('"'), "VersionId": version}
    return Done(f"version {version or 'without a number'}", given, {artifact: made})


def _ask(work: Work, action: str, resource: str) -> None:
    verdict = work.desk().ask(work.who, action, resource)
    if not verdict.allowed:
        raise ActionError(f"{work.role} is not authorized to perform {action} on {resource}")


def _give(work: Work, more: dict[str, str]) -> Done:
    (artifact,) = work.action.outputs
    made = work.stores.put(work.who, artifact, work.action.region, work.commit.archive)
    given = {
        "AuthorDate": DATE,
        "BranchName": work.commit.branch,
        "CommitId": work.commit.id,
        "CommitMessage": work.commit.message,
        **more,
    }
    return Done(f"commit {work.commit.id[:7]} of {work.commit.branch}", given, {artifact: made})
