"""What is asked about the two gates and the build."""

from __future__ import annotations

from pipeline import names
from pipeline.names import IMAGE_PARAMETER
from pipeline.parameters import Question, one_of, pattern, stored, text
from pipeline.projects import (
    BUILD_IMAGE,
    CFN_LINT_VERSION,
    CFN_NAG_VERSION,
    CHECKOV_VERSION,
    COMPUTE_TYPE,
    FAIL_ON_WARNINGS,
    PACKER_TEMPLATE,
    PACKER_VERSION,
    SKIPPED_CHECKS,
    TEMPLATE_PATH,
    WAIVED_CHECKS,
)

_PATH = pattern(
    r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*",
    "A path below the top of the repository, without a leading '/' and without '..'.",
)
_VERSION = pattern(r"[0-9]+(\.[0-9]+){1,3}", "A version of digits and dots, like 1.2.3.")


def build_questions() -> tuple[Question, ...]:
    """Return what is asked about the build."""
    return (
        image_question(),
        compute_question(),
        text(
            PACKER_TEMPLATE,
            "Packer template",
            "Path in the repository of the Packer template or folder, for example packer.pkr.hcl.",
            default="packer.pkr.hcl",
            **_PATH,
        ),
        _version_question(PACKER_VERSION, "Packer", "1.16.0"),
        image_parameter_question(),
    )


def template_question(default: str) -> Question:
    """Return the question which template of the repository is deployed."""
    return text(
        TEMPLATE_PATH,
        "Deploy template",
        f"Path in the repository of the template that is deployed, for example {default}.",
        default=default,
        **_PATH,
    )


def image_question() -> Question:
    """Return the question in which image the projects run."""
    return text(
        BUILD_IMAGE,
        "Build image",
        "CodeBuild image of all projects, an Amazon Linux one, for example "
        "aws/codebuild/amazonlinux-x86_64-standard:5.0.",
        default="aws/codebuild/amazonlinux-x86_64-standard:5.0",
        **pattern(r"[A-Za-z0-9._/:@-]{1,255}", "The name of a CodeBuild image."),
    )


def compute_question() -> Question:
    """Return the question how large the machine is that builds."""
    return text(
        COMPUTE_TYPE,
        "Compute type of the build",
        "Size of the machine that compiles and tests, for example BUILD_GENERAL1_SMALL.",
        default="BUILD_GENERAL1_SMALL",
        **one_of(f"BUILD_GENERAL1_{size}" for size in ("SMALL", "MEDIUM", "LARGE")),
    )


def stored_image_question() -> Question:
    """Return the question where the name of the image of all projects is kept."""
    path = f"{names.ROLE_PREFIX}/{names.CODE_BUILD_IMAGE}"
    return stored(BUILD_IMAGE, "Build image", "the CodeBuild image of all projects", path)


def image_parameter_question() -> Question:
    """Return the question under which name each region keeps the id of its image."""
    return text(
        IMAGE_PARAMETER,
        "Image parameter",
        "Parameter Store name under which every region keeps its image id, for example "
        "AMI_VERSION. Two pipelines in one account need two names.",
        default=names.IMAGE_PARAMETER_NAME,
        **pattern(r"[A-Za-z0-9_.-]{1,64}", "1 to 64 letters, digits and _.- without '/'."),
    )


def analysis_questions() -> tuple[Question, ...]:
    """Return what is asked about the two gates."""
    return (
        template_question(names.DEPLOY_TEMPLATE),
        _version_question(CFN_LINT_VERSION, "cfn-lint", "1.58.0"),
        _version_question(CFN_NAG_VERSION, "cfn_nag", "0.8.10"),
        _version_question(CHECKOV_VERSION, "checkov", "3.3.30"),
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


def _version_question(name: str, tool: str, newest: str) -> Question:
    """Return the question which version of a tool a build installs."""
    description = f"Version of {tool}, for example {newest}."
    return text(name, f"{tool} version", description, default=newest, **_VERSION)
