"""The service roles of a pipeline that deploys one application to several accounts.

The build may write packages and nothing else; the pipeline may deploy in its own account, assume
one role in each other account of the partition, and start builds; who gets into other partitions
stands in `crossings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from awacs import cloudformation, codebuild, iam, sts
from awacs.aws import Statement, StringEquals
from troposphere import AWSHelperFn, GetAtt
from troposphere.iam import Role

from pipeline import accounts, crossings, names, reviews, sources, stores
from pipeline.names import arn, value
from pipeline.policies import allow, policy, service_role
from pipeline.roles import write_logs
from pipeline.topology import Stage, Topology

EVERY_REGION = "*"


def build_role(topology: Topology, stack: str) -> Role:
    """Return the role of the project that builds and packages; it cannot read an access key."""
    every = stores.artifact_stores(topology)
    home, *others = every
    return service_role(
        "CodeBuildServiceRole",
        "codebuild",
        "CodeBuild assumes it to build the application and to package it for each region.",
        [
            policy(
                names.BUILD,
                [
                    write_logs(names.project_logs(names.BUILD, stack)),
                    stores.read_artifacts(home),
                    stores.write_artifacts(home),
                    stores.look_before_packaging(every),
                    *stores.keep_packages(others),
                ],
            ),
            stores.carry_keys(every),
        ],
    )


def pipeline_role(topology: Topology, deploy_roles: Mapping[Stage, Role], stack: str) -> Role:
    """Return the role of the pipeline; `deploy_roles` are of the stages in its own account."""
    every = stores.artifact_stores(topology)
    start = [codebuild.BatchGetBuilds, codebuild.StartBuild]
    actions = [
        allow("StartBuilds", start, _projects(topology, stack)),
        *_deploy_at_home(topology, deploy_roles),
        *_assume(topology),
    ]
    return service_role(
        "CodePipelineServiceRole",
        "codepipeline",
        "CodePipeline assumes it to carry artifacts and to start each action.",
        [
            policy("artifacts", stores.pass_artifacts(every)),
            policy("actions", actions),
            stores.carry_keys(every),
            *sources.policies(topology),
        ],
    )


def _projects(topology: Topology, stack: str) -> Sequence[AWSHelperFn]:
    review = [reviews.PART] if reviews.reviewed(topology) else []
    parts = [names.BUILD, *review, *map(crossings.part, topology.crossings)]
    return [arn("codebuild", f"project/{names.project(each, stack)}") for each in parts]


def _deploy_at_home(topology: Topology, deploy_roles: Mapping[Stage, Role]) -> list[Statement]:
    if not deploy_roles:
        return []
    calls = [
        *(cloudformation.CreateChangeSet, cloudformation.DeleteChangeSet),
        *(cloudformation.DescribeChangeSet, cloudformation.DescribeStackEvents),
        *(cloudformation.DescribeStacks, cloudformation.ExecuteChangeSet),
    ]
    stacks = [
        arn("cloudformation", f"stack/{names.project_stack(stage.name.lower())}/*", EVERY_REGION)
        for stage in deploy_roles
    ]
    arns = [GetAtt(role, "Arn") for role in deploy_roles.values()]
    regions = [value(region.text) for region in topology.target_regions]
    passed = StringEquals("iam:PassedToService", "cloudformation.amazonaws.com")
    return [
        allow("DeployStacks", calls, stacks, StringEquals("aws:RequestedRegion", regions)),
        allow("PassDeployRole", [iam.PassRole], arns, passed),
    ]


def _assume(topology: Topology) -> list[Statement]:
    found = accounts.cross_account_stages(topology)
    roles = [accounts.role_arn(stage, account) for stage, account in found]
    return [allow("DeployInOtherAccounts", [sts.AssumeRole], roles)] if roles else []
