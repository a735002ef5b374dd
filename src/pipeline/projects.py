"""The CodeBuild projects: two gates and the build, each with its log group and its inlined spec.

A buildspec is carried in the template and never taken from the repository, so that no repository
can weaken the gates that judge it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
from pipeline.parameters import Question, one_of, pattern, text
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
    regions = " ".join(region.text for region in topology.target_regions)
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


def project(work: Work, role_arn: Value, topology: Topology) -> tuple[LogGroup, Project]:
    """Return a project's log group and the project; `role_arn` is the role its builds run under."""
    log_group = LogGroup(
        f"{work.title}Logs",
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        LogGroupName=value(names.project_logs(work.part)),
        RetentionInDays=Ref("LogRetentionInDays"),
    )
    made = Project(
        work.title,
        Name=value(names.project(work.part)),
        Description=work.description,
        ServiceRole=role_arn,
        Source=Source(Type="CODEPIPELINE", BuildSpec=buildspec(work.buildspec)),
        Artifacts=Artifacts(Type="CODEPIPELINE"),
        Environment=_environment(work),
        EncryptionKey=_key_id(topology),
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


def build_questions() -> tuple[Question, ...]:
    """Return what is asked about the build."""
    return (
        text(
            BUILD_IMAGE,
            "Build image",
            "CodeBuild image of all projects, an Amazon Linux one, for example "
            "aws/codebuild/amazonlinux-x86_64-standard:5.0.",
            default="aws/codebuild/amazonlinux-x86_64-standard:5.0",
            **pattern(r"[A-Za-z0-9._/:@-]{1,255}", "The name of a CodeBuild image."),
        ),
        text(
            COMPUTE_TYPE,
            "Compute type of the build",
            "Size of the machine that compiles and tests, for example BUILD_GENERAL1_SMALL.",
            default="BUILD_GENERAL1_SMALL",
            **one_of(f"BUILD_GENERAL1_{size}" for size in ("SMALL", "MEDIUM", "LARGE")),
        ),
        text(
            PACKER_TEMPLATE,
            "Packer template",
            "Path in the repository of the Packer template or folder, for example packer.pkr.hcl.",
            default="packer.pkr.hcl",
            **_PATH,
        ),
        text(
            PACKER_VERSION,
            "Packer version",
            "Version of HashiCorp Packer, for example 1.14.2.",
            default="1.14.2",
            **_VERSION,
        ),
        image_parameter_question(),
    )


def image_parameter_question() -> Question:
    """Return the question under which name each region keeps the id of its image."""
    return text(
        IMAGE_PARAMETER,
        "Image parameter",
        "Parameter Store name under which every region keeps its image id, for example "
        "AMI_VERSION. Two pipelines in one account need two names.",
        default=names.IMAGE_PARAMETER_NAME,
        **pattern(r"[A-Za-z0-9_.-]{1,255}", "A name of letters, digits and _.- without '/'."),
    )


def analysis_questions() -> tuple[Question, ...]:
    """Return what is asked about the two gates."""
    return (
        text(
            TEMPLATE_PATH,
            "Deploy template",
            "Path in the repository of the template that is analysed and deployed, for example "
            "cross-region-deploy.yaml.",
            default=names.DEPLOY_TEMPLATE,
            **_PATH,
        ),
        text(
            CFN_LINT_VERSION,
            "cfn-lint version",
            "Version of cfn-lint, for example 1.58.0.",
            default="1.58.0",
            **_VERSION,
        ),
        text(
            CFN_NAG_VERSION,
            "cfn_nag version",
            "Version of cfn_nag, for example 0.8.10.",
            default="0.8.10",
            **_VERSION,
        ),
        text(
            CHECKOV_VERSION,
            "checkov version",
            "Version of checkov, for example 3.3.0.",
            default="3.3.0",
            **_VERSION,
        ),
        text(
            SKIPPED_CHECKS,
            "Waived checks",
            "Comma-separated ids of cfn_nag and checkov checks that this pipeline waives; what the "
            "template itself asks to skip is not honoured. The default waives what "
            f"{names.DEPLOY_TEMPLATE} gives its reasons for, for example CKV_AWS_91.",
            default=",".join(WAIVED_CHECKS),
            **pattern(r"|[A-Z0-9_]+(,[A-Z0-9_]+)*", "Check ids joined by commas, without blanks."),
        ),
        text(
            FAIL_ON_WARNINGS,
            "Fail on warnings",
            "Whether a warning of cfn_nag stops the pipeline as a failure does, for example false.",
            default="false",
            **one_of(("true", "false")),
        ),
    )


_PATH = pattern(
    r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*",
    "A path below the top of the repository, without a leading '/' and without '..'.",
)
_VERSION = pattern(r"[0-9]+(\.[0-9]+){1,3}", "A version of digits and dots, like 1.2.3.")
