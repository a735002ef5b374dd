"""The CodeBuild projects: two gates and the build, each with its log group and its inlined spec.

A buildspec is carried in the template and never taken from the repository, so that no repository
can weaken the gates that judge it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from troposphere import AWSHelperFn, If, NoValue, Ref
from troposphere.codebuild import (
    Artifacts,
    CloudWatchLogs,
    Environment,
    EnvironmentVariable,
    LogsConfig,
    Project,
    Source,
)
from troposphere.logs import LogGroup

from pipeline import names
from pipeline.inline import buildspec
from pipeline.names import IMAGE_PARAMETER, value
from pipeline.stores import artifact_store, key_arn
from pipeline.topology import Topology

BUILD_IMAGE = "BuildImage"
COMPUTE_TYPE = "BuildComputeType"
TEMPLATE_PATH = "TemplatePath"
CFN_LINT_VERSION = "CfnLintVersion"
CFN_NAG_VERSION = "CfnNagVersion"
CHECKOV_VERSION = "CheckovVersion"
SKIPPED_CHECKS = "SkippedChecks"
FAIL_ON_WARNINGS = "FailOnWarnings"
PACKER_TEMPLATE = "PackerTemplate"
PACKER_VERSION = "PackerVersion"

# What checkov holds against `cross-region-deploy.yaml`, whose Metadata says why it is so.
WAIVED_CHECKS = ("CKV_AWS_2", "CKV_AWS_91", "CKV_AWS_103", "CKV_AWS_260")

Value = str | AWSHelperFn


@dataclass(frozen=True)
class Work:
    """What tells one project from another. `minutes` is how long a build may take."""

    title: str
    part: str
    buildspec: str
    description: str
    variables: Mapping[str, Value]
    minutes: int
    compute_type: Value = "BUILD_GENERAL1_SMALL"


def static_analysis(topology: Topology) -> Work:
    """Return the gate that lints the deploy template for every region it is deployed to."""
    regions = " ".join(region.text for region in topology.every_region)
    return Work(
        title="StaticCodeAnalysisProject",
        part=names.STATIC_ANALYSIS,
        buildspec="static-analysis",
        description="Lints the deploy template with cfn-lint, for every target region.",
        variables={
            "TEMPLATE_PATH": Ref(TEMPLATE_PATH),
            "TARGET_REGIONS": value(regions),
            "CFN_LINT_VERSION": Ref(CFN_LINT_VERSION),
        },
        minutes=15,
    )


def security_analysis() -> Work:
    """Return the gate that scans the deploy template for insecure infrastructure."""
    return Work(
        title="SecurityCodeAnalysisProject",
        part=names.SECURITY_ANALYSIS,
        buildspec="security-analysis",
        description="Scans the deploy template with cfn_nag and checkov.",
        variables={
            "TEMPLATE_PATH": Ref(TEMPLATE_PATH),
            "CFN_NAG_VERSION": Ref(CFN_NAG_VERSION),
            "CHECKOV_VERSION": Ref(CHECKOV_VERSION),
            "SKIPPED_CHECKS": Ref(SKIPPED_CHECKS),
            "FAIL_ON_WARNINGS": Ref(FAIL_ON_WARNINGS),
        },
        minutes=20,
    )


def build() -> Work:
    """Return the build: compile, test, make the image, keep its id."""
    return Work(
        title="CodeBuildProject",
        part=names.BUILD,
        buildspec="build-ami",
        description="Builds and tests the application and makes its machine image.",
        variables={
            "AMI_PARAMETER_NAME": Ref(IMAGE_PARAMETER),
            "PACKER_TEMPLATE": Ref(PACKER_TEMPLATE),
            "PACKER_VERSION": Ref(PACKER_VERSION),
            "PIPELINE_NAME": value(names.THIS_STACK),
        },
        minutes=120,
        compute_type=Ref(COMPUTE_TYPE),
    )


def package(topology: Topology) -> Work:
    """Return the build that packages an application for every region of home's partition."""
    stores = [artifact_store(topology, region) for region in topology.regions]
    packages = " ".join(f"{each.region.text}={each.bucket}" for each in stores)
    return Work(
        title="CodeBuildProject",
        part=names.BUILD,
        buildspec="build",
        description="Builds the application and packages it for each region.",
        variables={
            "TEMPLATE": Ref(TEMPLATE_PATH),
            "PACKAGES": value(packages),
            "S3_PREFIX": names.PACKAGES,
        },
        minutes=60,
        compute_type=Ref(COMPUTE_TYPE),
    )


def image() -> Work:
    """Return the build made anew in another partition, of a tree that was sent there."""
    return replace(
        build(),
        title="ImageProject",
        part=names.IMAGE,
        description="Builds and tests the application and makes its machine image here.",
    )


def project(work: Work, role_arn: Value, topology: Topology) -> tuple[LogGroup, Project]:
    """Return a project's log group and the project; `role_arn` is the role its builds run under."""
    source = Source(Type="CODEPIPELINE", BuildSpec=buildspec(work.buildspec))
    artifacts = Artifacts(Type="CODEPIPELINE")
    key = _key_id(topology)
    return _made(work, role_arn, source, artifacts, names.THIS_STACK, EncryptionKey=key)


def project_of_archive(
    work: Work, role_arn: Value, archive: Value, owner: str
) -> tuple[LogGroup, Project]:
    """Return the same where no pipeline starts it, of an archive in a bucket: BUCKET/KEY.

    `owner` is what its name begins with, as a text inside `Fn::Sub`.
    """
    source = Source(Type="S3", Location=archive, BuildSpec=buildspec(work.buildspec))
    return _made(work, role_arn, source, Artifacts(Type="NO_ARTIFACTS"), owner)


def _made(
    work: Work, role_arn: Value, source: Source, artifacts: Artifacts, owner: str, **more: Any
) -> tuple[LogGroup, Project]:
    log_group = LogGroup(
        f"{work.title}Logs",
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        LogGroupName=value(names.project_logs(work.part, owner)),
        RetentionInDays=Ref("LogRetentionInDays"),
    )
    made = Project(
        work.title,
        Name=value(names.project(work.part, owner)),
        Description=work.description,
        ServiceRole=role_arn,
        Source=source,
        Artifacts=artifacts,
        Environment=_environment(work),
        **more,
        LogsConfig=LogsConfig(
            CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref(log_group))
        ),
        TimeoutInMinutes=work.minutes,
    )
    return log_group, made


def _environment(work: Work) -> Environment:
    return Environment(
        Type="LINUX_CONTAINER",
        ComputeType=work.compute_type,
        Image=Ref(BUILD_IMAGE),
        EnvironmentVariables=[
            EnvironmentVariable(Name=name, Type="PLAINTEXT", Value=it)
            for name, it in work.variables.items()
        ],
    )


def _key_id(topology: Topology) -> Value:
    """Return the key of the home store: what a build writes is encrypted as the artifacts are."""
    store = artifact_store(topology, topology.home)
    if store.key_given:
        return If(store.key_given, key_arn(store), NoValue)
    return key_arn(store)
