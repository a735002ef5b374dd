"""The types of action CodePipeline has: what each must and may be told, takes in and makes.

Source: AWS CodePipeline user guide, "Action structure reference" and "Valid input and output
artifacts for each action type". Custom actions are whoever's who made them, and not here. Where the
reference asks for a key and shows actions without it, the key counts as optional.
"""

from __future__ import annotations

from aws_reference.action_type import ActionType
from aws_reference.deploy_action_types import DEPLOYMENTS, STACKS

FORMATS = ("CODE_ZIP", "CODEBUILD_CLONE_REF")
CONNECTION = "CodeStarSourceConnection"
_COMMIT = ("AuthorDate", "BranchName", "CommitId", "CommitMessage")
_SOURCES = (
    ActionType(
        *("Source", "CodeCommit"),
        required=("RepositoryName", "BranchName"),
        optional=("PollForSourceChanges", "OutputArtifactFormat"),
        outputs=(1, 1),
        variables=(*_COMMIT, "CommitterDate", "RepositoryName"),
        words={"OutputArtifactFormat": FORMATS},
        elsewhere=False,
    ),
    ActionType(
        *("Source", CONNECTION),
        required=("ConnectionArn", "FullRepositoryId", "BranchName"),
        optional=("OutputArtifactFormat", "DetectChanges"),
        outputs=(1, 1),
        variables=(*_COMMIT, "ConnectionArn", "FullRepositoryName"),
        words={"OutputArtifactFormat": FORMATS},
        elsewhere=False,
    ),
    ActionType(
        *("Source", "S3"),
        required=("S3Bucket", "S3ObjectKey"),
        optional=("PollForSourceChanges", "AllowOverrideForS3ObjectKey"),
        outputs=(1, 1),
        variables=("BucketName", "ETag", "ObjectKey", "VersionId"),
        elsewhere=False,
    ),
    ActionType(
        *("Source", "ECR"),
        required=("RepositoryName",),
        optional=("ImageTag",),
        outputs=(1, 1),
        variables=("RegistryId", "RepositoryName", "ImageTag", "ImageDigest", "ImageURI"),
        elsewhere=False,
    ),
    ActionType(
        *("Source", "GitHub", "ThirdParty"),
        required=("Owner", "Repo", "Branch", "OAuthToken"),
        optional=("PollForSourceChanges",),
        outputs=(1, 1),
        elsewhere=False,
    ),
)
_BUILDS = (
    *(
        ActionType(
            *(category, "CodeBuild"),
            required=("ProjectName",),
            optional=(
                *("PrimarySource", "EnvironmentVariables", "BatchEnabled", "CombineArtifacts"),
                "BuildspecOverride",
            ),
            inputs=(1, 5),
            outputs=(0, 5),
            artifact_keys=("PrimarySource",),
        )
        for category in ("Build", "Test")
    ),
    ActionType(
        *("Build", "ECRBuildAndPublish"),
        required=("ECRRepositoryName",),
        optional=("DockerFilePath", "ImageTags", "RegistryType"),
        inputs=(1, 1),
        words={"RegistryType": ("private", "public")},
        only_v2=True,
    ),
    ActionType(
        *("Compute", "Commands"),
        optional=("EnvironmentType", "ComputeType", "VpcId", "Subnets", "SecurityGroupIds"),
        inputs=(1, 10),
        outputs=(0, 1),
        only_v2=True,
    ),
    ActionType(
        *("Test", "DeviceFarm"),
        required=("AppType", "ProjectId", "DevicePoolArn", "TestType"),
        optional=(
            *("App", "AppiumVersion", "Test", "FuzzEventCount", "FuzzEventThrottle"),
            *("FuzzRandomizerSeed", "RecordAppPerformanceData", "RecordVideo"),
            *("RadioBluetoothEnabled", "RadioWifiEnabled", "RadioNfcEnabled", "RadioGpsEnabled"),
            *("CustomHostMachineArtifacts", "CustomDeviceArtifacts", "UnmeteredDevicesOnly"),
            *("JobTimeoutMinutes", "Latitude", "Longitude"),
        ),
        inputs=(1, 1),
    ),
)
_CALLS = (
    ActionType(
        *("Invoke", "Lambda"),
        required=("FunctionName",),
        optional=("UserParameters",),
        inputs=(0, 5),
        outputs=(0, 5),
    ),
    ActionType(
        *("Invoke", "StepFunctions"),
        required=("StateMachineArn",),
        optional=("ExecutionNamePrefix", "InputType", "Input"),
        inputs=(0, 1),
        outputs=(0, 1),
        variables=("StateMachineArn", "ExecutionArn"),
        words={"InputType": ("Literal", "FilePath")},
    ),
    ActionType(
        *("Invoke", "CodePipeline"),
        required=("PipelineName",),
        optional=("SourceRevisions", "Variables"),
        only_v2=True,
    ),
    ActionType(
        *("Invoke", "InspectorScan"),
        required=("InspectorRunMode",),
        optional=(
            *("ECRRepositoryName", "ImageTag", "CriticalThreshold", "HighThreshold"),
            *("MediumThreshold", "LowThreshold"),
        ),
        inputs=(0, 1),
        outputs=(0, 1),
        variables=("HighestScannedSeverity",),
        words={"InspectorRunMode": ("SourceCodeScan", "ECRImageScan")},
    ),
    ActionType(
        *("Invoke", "Snyk", "ThirdParty"),
        inputs=(1, 1),
        outputs=(1, 1),
        elsewhere=False,
        keys_known=False,
    ),
    ActionType(
        *("Approval", "Manual"),
        optional=("CustomData", "ExternalEntityLink", "NotificationArn"),
        elsewhere=False,
    ),
)
ACTION_TYPES = (*_SOURCES, *_BUILDS, *STACKS, *DEPLOYMENTS, *_CALLS)


def find_action_type(category: str, owner: str, provider: str, version: str) -> ActionType | None:
    """Return a type of action, None if the reference has none such."""
    wanted = (category, owner, provider, version)
    return next(
        (
            each
            for each in ACTION_TYPES
            if (each.category, each.owner, each.provider, each.version) == wanted
        ),
        None,
    )


def types_of_provider(provider: str) -> tuple[ActionType, ...]:
    """Return the types of action a provider has."""
    return tuple(each for each in ACTION_TYPES if each.provider == provider)
