"""The service roles of a pipeline: what each holder calls, on the resources it calls it on.

Each function returns one role under the seed's logical id. What a role works on is passed in as
names, so the same function serves a stack that holds everything and one that holds roles alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from awacs import awslambda, cloudformation, codebuild, codepipeline, iam, logs, ssm
from awacs.aws import ConditionElement, Statement, StringEquals
from troposphere import AWSHelperFn, GetAtt, If, NoValue, Ref
from troposphere.iam import Role

from pipeline import copying, names, packer_permissions, sources, stores
from pipeline.deploy_permissions import EVERY_REGION, manage_application
from pipeline.names import (
    DEPLOY_POLICY_ARNS,
    DEPLOY_POLICY_ARNS_GIVEN,
    IMAGE_PARAMETER,
    arn,
    value,
)
from pipeline.policies import allow, policy, service_role
from pipeline.topology import Topology


def write_logs(log_group: str) -> Statement:
    """Return what it takes to write to a log group that exists."""
    streams = arn("logs", f"log-group:{log_group}:log-stream:*")
    return allow("WriteLogs", [logs.CreateLogStream, logs.PutLogEvents], [streams])


def _analysis_role(title: str, part: str, topology: Topology, stack: str) -> Role:
    home = stores.artifact_store(topology, topology.home)
    return service_role(
        title,
        "codebuild",
        f"CodeBuild assumes it for the {part} of the deploy template.",
        [
            policy(
                part,
                [write_logs(names.project_logs(part, stack)), stores.read_artifacts(home)],
            ),
            stores.read_key(home),
        ],
    )


def static_analysis_role(topology: Topology, stack: str = names.THIS_STACK) -> Role:
    """Return the role of the project that lints."""
    title = "StaticCodeAnalysisServiceRole"
    return _analysis_role(title, names.STATIC_ANALYSIS, topology, stack)


def security_analysis_role(topology: Topology, stack: str = names.THIS_STACK) -> Role:
    """Return the role of the project that scans for insecure infrastructure."""
    title = "SecurityCodeAnalysisServiceRole"
    return _analysis_role(title, names.SECURITY_ANALYSIS, topology, stack)


def build_role(topology: Topology, stack: str = names.THIS_STACK) -> Role:
    """Return the role of the project that builds, tests and makes the image."""
    home = stores.artifact_store(topology, topology.home)
    project = names.project(names.BUILD, stack)
    own = [write_logs(names.project_logs(names.BUILD, stack)), stores.read_artifacts(home)]
    images = packer_permissions.make_images([topology.partition], stack)
    return service_role(
        "CodeBuildServiceRole",
        "codebuild",
        "CodeBuild assumes it to build, test and make the image.",
        [
            policy(names.BUILD, [*own, report_tests(project), keep_image(topology.home.text)]),
            policy("packer", images),
            stores.read_key(home),
        ],
    )


def report_tests(project: str) -> Statement:
    """Return what a build of a project needs to show its unit tests."""
    calls = [
        *(codebuild.BatchPutTestCases, codebuild.CreateReport),
        *(codebuild.CreateReportGroup, codebuild.UpdateReport),
    ]
    groups = arn("codebuild", f"report-group/{project}-*")
    return allow("ReportTests", calls, [groups])


def keep_image(region: str, *conditions: ConditionElement) -> Statement:
    """Return what it takes to write where the image is, and to read it back."""
    parameter = arn("ssm", f"parameter/${{{IMAGE_PARAMETER}}}", region)
    return allow("KeepImageId", [ssm.GetParameter, ssm.PutParameter], [parameter], *conditions)


def copy_image_role(topology: Topology, stack: str = names.THIS_STACK) -> Role:
    """Return the role of the function that copies the image to the other regions."""
    logs_of = names.function_logs(names.COPY_IMAGE, stack)
    others = [value(region.text) for region in topology.other_regions]
    there = StringEquals("aws:RequestedRegion", others)
    return service_role(
        "LambdaServiceRole",
        "lambda",
        "The CopyImage function assumes it to copy the image and to write where each copy is.",
        [
            policy(
                names.COPY_IMAGE,
                [
                    write_logs(logs_of),
                    *copying.copy_images(topology, stack),
                    keep_image(EVERY_REGION, there),
                    allow(
                        "JobResultsTakeNoResource",
                        [codepipeline.PutJobFailureResult, codepipeline.PutJobSuccessResult],
                        ["*"],
                        unrehearsed={
                            "Says why copying failed, which it does with a fault alone.": [
                                codepipeline.PutJobFailureResult
                            ]
                        },
                    ),
                ],
            ),
            copying.use_key(),
        ],
    )


def deploy_role(topology: Topology, stack: str = names.THIS_STACK) -> Role:
    """Return the role CloudFormation assumes in every region to make what is deployed."""
    extra = If(DEPLOY_POLICY_ARNS_GIVEN, Ref(DEPLOY_POLICY_ARNS), NoValue)
    made = manage_application(_stacks(topology, stack), topology.target_regions, IMAGE_PARAMETER)
    return service_role(
        "CloudFormationServiceRole",
        "cloudformation",
        "CloudFormation assumes it to deploy the application stack in every region.",
        [policy("deploy", made)],
        ManagedPolicyArns=extra,
    )


def _stacks(topology: Topology, stack: str) -> list[str]:
    """Return what the stages deploy in home's partition, by name."""
    here = [stage for stage in topology.stages if stage.targets_in(topology.partition)]
    return [names.application_stack(stage, stack) for stage in here]


@dataclass(frozen=True)
class Workers:
    """The roles of what a pipeline starts."""

    static_analysis: Role
    security_analysis: Role
    build: Role
    copy_image: Role
    deploy: Role


def workers(topology: Topology, stack: str = names.THIS_STACK) -> Workers:
    """Return the roles of what the pipeline of a stack starts."""
    return Workers(
        static_analysis_role(topology, stack),
        security_analysis_role(topology, stack),
        build_role(topology, stack),
        copy_image_role(topology, stack),
        deploy_role(topology, stack),
    )


@dataclass(frozen=True)
class Started:
    """What a pipeline starts, by ARN, and the role it passes to CloudFormation."""

    projects: Sequence[AWSHelperFn]
    function: AWSHelperFn
    deploy_role: Role


def pipeline_role(topology: Topology, started: Started, stack: str = names.THIS_STACK) -> Role:
    """Return the role of the pipeline."""
    all_stores = stores.artifact_stores(topology)
    build = [codebuild.BatchGetBuilds, codebuild.StartBuild]
    return service_role(
        "CodePipelineServiceRole",
        "codepipeline",
        "CodePipeline assumes it to carry artifacts and to start each action.",
        [
            policy("artifacts", stores.pass_artifacts(all_stores)),
            policy(
                "actions",
                [
                    allow("StartBuilds", build, started.projects),
                    allow("InvokeCopyImage", [awslambda.InvokeFunction], [started.function]),
                    *_deploy(topology, started.deploy_role, stack),
                ],
            ),
            stores.carry_keys(all_stores),
            *sources.policies(topology),
        ],
    )


def _deploy(topology: Topology, role: Role, stack: str) -> list[Statement]:
    calls = [
        *(cloudformation.CreateStack, cloudformation.DeleteStack, cloudformation.UpdateStack),
        # Without it CodePipeline cannot say which resource failed, and why.
        cloudformation.DescribeStackEvents,
        cloudformation.DescribeStacks,
    ]
    stacks = [
        arn("cloudformation", f"stack/{each}/*", region="*") for each in _stacks(topology, stack)
    ]
    regions = [value(region.text) for region in topology.target_regions]
    here = StringEquals("aws:RequestedRegion", regions)
    passed = StringEquals("iam:PassedToService", "cloudformation.amazonaws.com")
    return [
        allow(
            "DeployStacks",
            calls,
            stacks,
            here,
            unrehearsed={
                "A stack whose first deployment failed is replaced; here none is.": [
                    cloudformation.DeleteStack
                ]
            },
        ),
        allow("PassDeployRole", [iam.PassRole], [GetAtt(role, "Arn")], passed),
    ]
