"""The types of action that deploy something, those of CloudFormation included.

Source: AWS CodePipeline user guide, "Action structure reference". Where the reference asks for a
key and shows actions without it, the key counts as optional.
"""

from __future__ import annotations

from collections.abc import Mapping

from aws_reference.action_type import ActionType

WITH_TEMPLATE = ("RoleArn", "TemplatePath")
# What each mode of CloudFormation's actions must be told beyond mode and stack.
ACTION_MODES: Mapping[str, tuple[str, ...]] = {
    "CREATE_UPDATE": WITH_TEMPLATE,
    "REPLACE_ON_FAILURE": WITH_TEMPLATE,
    "CHANGE_SET_REPLACE": ("ChangeSetName", *WITH_TEMPLATE),
    "CHANGE_SET_EXECUTE": ("ChangeSetName",),
    "DELETE_ONLY": ("RoleArn",),
}
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
SELF_MANAGED, SERVICE_MANAGED = "SELF_MANAGED", "SERVICE_MANAGED"
IMAGES = tuple(f"Image{number}ArtifactName" for number in range(1, 5))
CONTAINERS = tuple(f"Image{number}ContainerName" for number in range(1, 5))

STACKS = (
    ActionType(
        *("Deploy", "CloudFormation"),
        required=("ActionMode", "StackName"),
        optional=(
            *("Capabilities", "ChangeSetName", "OutputFileName", "ParameterOverrides"),
            *("RoleArn", "TemplateConfiguration", "TemplatePath"),
        ),
        inputs=(0, 10),
        outputs=(0, 1),
        words={"ActionMode": tuple(ACTION_MODES)},
    ),
    ActionType(
        *("Deploy", "CloudFormationStackSet"),
        required=("StackSetName", "TemplatePath"),
        optional=(
            *("Description", "Parameters", "Capabilities", "PermissionModel", "CallAs"),
            *("AdministrationRoleArn", "ExecutionRoleName", "OrganizationsAutoDeployment"),
            *("DeploymentTargets", "Regions", "FailureTolerancePercentage"),
            "MaxConcurrentPercentage",
        ),
        inputs=(1, 3),
        variables=("StackSetId", "OperationId"),
        words={
            "PermissionModel": (SELF_MANAGED, SERVICE_MANAGED),
            "OrganizationsAutoDeployment": ("Enabled", "Disabled", "EnabledWithStackRetention"),
        },
    ),
    ActionType(
        *("Deploy", "CloudFormationStackInstances"),
        required=("StackSetName", "Regions"),
        optional=(
            *("DeploymentTargets", "ParameterOverrides", "FailureTolerancePercentage"),
            *("MaxConcurrentPercentage", "CallAs"),
        ),
        inputs=(0, 2),
        variables=("StackSetId", "OperationId"),
    ),
)
DEPLOYMENTS = (
    ActionType(
        *("Deploy", "CodeDeploy"),
        required=("ApplicationName", "DeploymentGroupName"),
        inputs=(1, 1),
    ),
    ActionType(
        *("Deploy", "CodeDeployToECS"),
        required=(
            *("ApplicationName", "DeploymentGroupName"),
            *("TaskDefinitionTemplateArtifact", "AppSpecTemplateArtifact"),
        ),
        optional=("AppSpecTemplatePath", "TaskDefinitionTemplatePath", *IMAGES, *CONTAINERS),
        inputs=(1, 5),
        artifact_keys=("TaskDefinitionTemplateArtifact", "AppSpecTemplateArtifact", *IMAGES),
    ),
    ActionType(
        *("Deploy", "ECS"),
        required=("ClusterName", "ServiceName"),
        optional=("FileName", "DeploymentTimeout"),
        inputs=(1, 1),
    ),
    ActionType(
        *("Deploy", "ElasticBeanstalk"),
        required=("ApplicationName", "EnvironmentName"),
        inputs=(1, 1),
    ),
    ActionType(
        *("Deploy", "EC2"),
        required=("InstanceTagKey", "InstanceType"),
        optional=(
            *("InstanceTagValue", "TargetDirectory", "DeploySpec", "MaxBatch", "MaxError"),
            *("TargetGroupNameList", "PreScript", "PostScript"),
        ),
        inputs=(1, 1),
        words={"InstanceType": ("EC2", "SSM_MANAGED_NODE")},
        only_v2=True,
    ),
    ActionType(
        *("Deploy", "EKS"),
        required=("ClusterName",),
        optional=(
            *("HelmReleaseName", "HelmChartLocation", "HelmValuesFiles", "ManifestFiles"),
            *("Namespace", "Subnets", "SecurityGroupIds"),
        ),
        inputs=(1, 1),
        variables=("EKSClusterName",),
        only_v2=True,
    ),
    ActionType(
        *("Deploy", "Lambda"),
        required=("FunctionName",),
        optional=("FunctionAlias", "PublishedTargetVersion", "DeployStrategy", "Alarms"),
        inputs=(0, 1),
        variables=("FunctionVersion",),
        only_v2=True,
    ),
    ActionType(
        *("Deploy", "S3"),
        required=("BucketName", "Extract"),
        optional=("ObjectKey", "KMSEncryptionKeyARN", "CannedACL", "CacheControl"),
        inputs=(1, 1),
    ),
    ActionType(
        *("Deploy", "AppConfig"),
        required=(
            *("Application", "Environment", "ConfigurationProfile"),
            "InputArtifactConfigurationPath",
        ),
        optional=("DeploymentStrategy",),
        inputs=(1, 1),
    ),
    ActionType(
        *("Deploy", "ServiceCatalog"),
        required=("ProductId",),
        optional=(
            *("TemplateFilePath", "ProductVersionName", "ProductType"),
            *("ProductVersionDescription", "ConfigurationFilePath"),
        ),
        inputs=(1, 1),
    ),
    ActionType(
        *("Deploy", "OpsWorks"),
        inputs=(1, 1),
        outputs=(0, 1),
        # The reference names Stack, App and Layer; pipelines that worked have StackId and the like.
        keys_known=False,
    ),
    ActionType(
        *("Deploy", "AlexaSkillsKit", "ThirdParty"),
        required=("ClientId", "ClientSecret", "RefreshToken", "SkillId"),
        inputs=(1, 2),
        elsewhere=False,
    ),
)
