"""Every name that crosses a stack, an account or a bucket, and how a template writes a name.

A name is kept as the text that stands inside `Fn::Sub` ('${AWS::StackName}-build'), because the
same name is a property in one place and part of an ARN in another; `value` and `arn` turn it into
the function that fits.
"""

from __future__ import annotations

import re

from troposphere import AWSHelperFn, Ref, Sub

from pipeline.topology import Region, Stage

THIS_STACK = "${AWS::StackName}"

# What `artifact-store.yaml` calls its bucket and key when its defaults are left alone.
STORE_NAME = "artifact-store"

# The first seed's name for the parameter that holds a region's image, and the parameter of
# `cross-region-deploy.yaml` that reads it.
IMAGE_PARAMETER_NAME = "AMI_VERSION"
IMAGE_ID = "ImageId"
DEPLOY_TEMPLATE = "cross-region-deploy.yaml"

# What the second seed calls the roles, below a prefix that is its own too.
ROLE_PREFIX = "/US/Dev"
CODE_BUILD_ROLE = "CodeBuildRole"
CODE_PIPELINE_ROLE = "CodePipelineRole"
CLOUD_FORMATION_ROLE = "CloudformationRole"
# Beside them, in the same manner, those of the first seed's roles that the second has not.
LAMBDA_ROLE = "LambdaRole"
STATIC_ANALYSIS_ROLE = "StaticCodeAnalysisRole"
SECURITY_ANALYSIS_ROLE = "SecurityCodeAnalysisRole"

STATIC_ANALYSIS = "static-analysis"
SECURITY_ANALYSIS = "security-analysis"
BUILD = "build"
COPY_IMAGE = "copy-image"
ROTATE_ACCESS_KEY = "rotate-access-key"

# Parameters that roles and projects refer to, whichever stack asks for them.
IMAGE_PARAMETER = "AmiParameterName"
DEPLOY_POLICY_ARNS = "DeployPolicyArns"
DEPLOY_POLICY_ARNS_GIVEN = "DeployPolicyArnsGiven"

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


def application_stack(stage: Stage, stack: str = THIS_STACK) -> str:
    """Return the name of the stack a stage deploys, the same in each of its regions."""
    return f"{stack}-{stage.name.lower()}"
