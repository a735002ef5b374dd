"""Every name that crosses a stack, an account or a bucket, and how a template writes a name.

A name is kept as the text that stands inside `Fn::Sub` ('${AWS::StackName}-build'), because the
same name is a property in one place and part of an ARN in another; `value` and `arn` turn it into
the function that fits.
"""

from __future__ import annotations

import re

from troposphere import AWSHelperFn, Ref, Sub

from pipeline.partitions import Partition
from pipeline.topology import Region, Stage

THIS_STACK = "${AWS::StackName}"

# What `artifact-store.yaml` calls its bucket and key when its defaults are left alone.
STORE_NAME = "artifact-store"

# The first seed's name for the parameter that holds a region's image, and the parameter of
# `cross-region-deploy.yaml` that reads it.
IMAGE_PARAMETER_NAME = "AMI_VERSION"
IMAGE_ID = "ImageId"
DEPLOY_TEMPLATE = "cross-region-deploy.yaml"

# What the second seed calls things in Parameter Store: /AREA/STAGE/THING, where the pipeline's own
# things are those of the stage Dev.
OWN_STAGE = "Dev"
ROLE_PREFIX = f"/US/{OWN_STAGE}"
CODE_BUILD_ROLE = "CodeBuildRole"
CODE_PIPELINE_ROLE = "CodePipelineRole"
CLOUD_FORMATION_ROLE = "CloudformationRole"
CROSS_ACCOUNT_ROLE = "CrossAccountStageRole"
CODE_BUILD_IMAGE = "CodeBuildImage"
DEPLOYMENT_BUCKET = "DeploymentS3Bucket"
ACCESS_KEY = "UserAccessKey"
# The seed's table says UserAccessKey twice; the second one holds the secret.
SECRET_KEY = "UserSecretKey"  # noqa: S105 - a name, not the secret
# Beside them, in the same manner, what the seed has no name for.
DEPLOYMENT_KEY = "DeploymentKmsKey"
ACCOUNT_ID = "AccountId"
REVIEW_ROLE = "ReviewRole"
# And the first seed's roles that the second has not.
LAMBDA_ROLE = "LambdaRole"
STATIC_ANALYSIS_ROLE = "StaticCodeAnalysisRole"
SECURITY_ANALYSIS_ROLE = "SecurityCodeAnalysisRole"

STATIC_ANALYSIS = "static-analysis"
SECURITY_ANALYSIS = "security-analysis"
BUILD = "build"
COPY_IMAGE = "copy-image"
IMAGE = "image"
ROTATE_ACCESS_KEY = "rotate-access-key"

# Parameters that roles and projects refer to, whichever stack asks for them.
IMAGE_PARAMETER = "AmiParameterName"
DEPLOY_POLICY_ARNS = "DeployPolicyArns"
DEPLOY_POLICY_ARNS_GIVEN = "DeployPolicyArnsGiven"

# What a stage's roles, bucket and stack are named after, and its parameters in templates that know
# one stage only.
PROJECT = "ProjectName"
STAGE = "StageName"
# What is made in an account that is deployed to, as the last part of its name.
CROSS_ACCOUNT = "cross-account"
CLOUD_FORMATION = "cloudformation"
DEPLOYER = "deploy"
BOUNDARY = "boundary"
# Below it in a bucket lies what `aws cloudformation package` uploads.
PACKAGES = "packages"
# And the tree an image is made of where nothing but that bucket can be reached.
SOURCE_ARCHIVE = f"{PACKAGES}/source.zip"

_REFERENCE_ALONE = re.compile(r"\$\{([A-Za-z0-9:]+)\}")


def value(text: str) -> str | AWSHelperFn:
    """Return the simplest function that gives a text: itself, a `Ref` or a `Fn::Sub`."""
    alone = _REFERENCE_ALONE.fullmatch(text)
    if alone:
        return Ref(alone[1])
    return Sub(text) if "${" in text else text


def arn(service: str, resource: str, region: str = "${AWS::Region}") -> Sub:
    """Return the ARN of a resource of this account; `region` is a text, '' for a global one."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}")


BOTH_FORMS = "AWS does not say whether it asks with the label or without; a rehearsal asks with it."


def stored_arns(path: str) -> list[Sub]:
    """Return the ARNs of an entry of Parameter Store, and of its versions and labels.

    Whether IAM is shown the name with or without them is not documented.
    """
    return [arn("ssm", f"parameter{path}"), arn("ssm", f"parameter{path}:*")]


def label(region: Region) -> str:
    """Return what tells a region's parameters and outputs from another's: '' for home."""
    if ":" in region.parameter:
        return ""
    return region.parameter or "".join(part.capitalize() for part in region.name.split("-"))


def bucket_parameter(region: Region) -> str:
    """Return the seed's name for the parameter that holds a region's artifact bucket."""
    return f"S3BucketNameFor{label(region)}" if label(region) else "S3BucketName"


def key_parameter(region: Region) -> str:
    """Return the name of the parameter that holds the ARN of a region's artifact key."""
    return f"KmsKeyArnFor{label(region)}" if label(region) else "KmsKeyArn"


def project(part: str, stack: str = THIS_STACK) -> str:
    """Return the name of a CodeBuild project; its role is written before it is made."""
    return f"{stack}-{part}"


def project_logs(part: str, stack: str = THIS_STACK) -> str:
    """Return the name of a CodeBuild project's log group."""
    return f"/aws/codebuild/{project(part, stack)}"


def function_logs(part: str, stack: str = THIS_STACK) -> str:
    """Return the name of a function's log group."""
    return f"/aws/lambda/{stack}-{part}"


def stored(partition: Partition, stage: str, thing: str) -> str:
    """Return the name in Parameter Store of something that belongs to a stage in a partition."""
    return f"/{partition.area}/{stage}/{thing}"


def of_stage(stage: str, part: str) -> str:
    """Return the name of what is made in an account for a stage; both texts may be references."""
    return f"${{{PROJECT}}}-{stage}-{part}"


def project_stack(stage: str) -> str:
    """Return the second seed's name of the stack that is deployed for a stage."""
    return of_stage("app-stack", stage)


def audience(stage: str) -> str:
    """Return whom a token is for that gets into the account of a stage."""
    return f"${{{PROJECT}}}-{stage}"


def application_stack(stage: Stage, stack: str = THIS_STACK) -> str:
    """Return the name of the stack a stage deploys, the same in each of its regions."""
    return f"{stack}-{stage.name.lower()}"
