"""The kinds of action that are known here: what each must and may be told, takes in and makes.

Source: AWS CodePipeline user guide, "Action structure reference".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WITH_TEMPLATE = ("RoleArn", "TemplatePath")
ACTION_MODES: Mapping[str, tuple[str, ...]] = {
    "CREATE_UPDATE": WITH_TEMPLATE,
    "REPLACE_ON_FAILURE": WITH_TEMPLATE,
    "CHANGE_SET_REPLACE": ("ChangeSetName", *WITH_TEMPLATE),
    "CHANGE_SET_EXECUTE": ("ChangeSetName",),
    "DELETE_ONLY": ("RoleArn",),
}
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


@dataclass(frozen=True)
class Provider:
    """What is known of a provider; `inputs` and `outputs` are the least and the most artifacts.

    `variables` are those it always gives; `elsewhere` says whether it may act in other regions.
    """

    categories: tuple[str, ...]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    inputs: tuple[int, int] = (0, 0)
    outputs: tuple[int, int] = (0, 0)
    variables: tuple[str, ...] = ()
    elsewhere: bool = False


_COMMIT = ("AuthorDate", "BranchName", "CommitId", "CommitMessage")
PROVIDERS: Mapping[str, Provider] = {
    "CodeCommit": Provider(
        categories=("Source",),
        required=("RepositoryName", "BranchName"),
        optional=("PollForSourceChanges", "OutputArtifactFormat"),
        outputs=(1, 1),
        variables=(*_COMMIT, "CommitterDate", "RepositoryName"),
    ),
    "CodeStarSourceConnection": Provider(
        categories=("Source",),
        required=("ConnectionArn", "FullRepositoryId", "BranchName"),
        optional=("OutputArtifactFormat", "DetectChanges"),
        outputs=(1, 1),
        variables=(*_COMMIT, "ConnectionArn", "FullRepositoryName"),
    ),
    "S3": Provider(
        categories=("Source",),
        required=("S3Bucket", "S3ObjectKey"),
        optional=("PollForSourceChanges", "AllowOverrideForS3ObjectKey"),
        outputs=(1, 1),
        variables=("ETag", "VersionId"),
    ),
    "CodeBuild": Provider(
        categories=("Build", "Test"),
        required=("ProjectName",),
        optional=("PrimarySource", "EnvironmentVariables", "BatchEnabled", "CombineArtifacts"),
        inputs=(1, 5),
        outputs=(0, 5),
        elsewhere=True,
    ),
    "Lambda": Provider(
        categories=("Invoke",),
        required=("FunctionName",),
        optional=("UserParameters",),
        inputs=(0, 5),
        outputs=(0, 5),
        elsewhere=True,
    ),
    "CloudFormation": Provider(
        categories=("Deploy",),
        required=("ActionMode", "StackName"),
        optional=(
            *("Capabilities", "ChangeSetName", "OutputFileName", "ParameterOverrides"),
            *("RoleArn", "TemplateConfiguration", "TemplatePath"),
        ),
        inputs=(0, 10),
        outputs=(0, 1),
        elsewhere=True,
    ),
    "Manual": Provider(
        categories=("Approval",),
        optional=("CustomData", "ExternalEntityLink", "NotificationArn"),
    ),
}
