"""What a person reads who is asked to agree: the changes of a stage's change sets, one by one.

A build lists them, under a role that may describe the change sets and nothing else: the role that
deploys trusts the pipeline alone, and no action of CodePipeline itself tells what a change set has.
"""

from __future__ import annotations

import json
from typing import Any

from awacs import cloudformation, sts
from awacs.aws import Statement
from troposphere import Ref, Select, Split, Sub, Template
from troposphere.codebuild import Project
from troposphere.codepipeline import Actions
from troposphere.iam import Role

from pipeline import accounts, names, stores
from pipeline.actions import build_action
from pipeline.names import arn, value
from pipeline.parameters import Question, given, pattern, stored, text
from pipeline.policies import Resource, allow, policy, service_role, trust_role
from pipeline.projects import Work
from pipeline.roles import write_logs
from pipeline.topology import Stage, Topology

PART = "review"
REVIEWER = "ReviewerRoleArn"
REVIEWER_GIVEN = "ReviewerRoleArnGiven"
EVERY_REGION = "*"


def reviewed(topology: Topology) -> list[Stage]:
    """Return the stages in which somebody is asked, and there are change sets to tell of."""
    return [
        stage
        for stage in topology.stages
        if stage.approval and stage.targets_in(topology.partition)
    ]


def namespace(stage: Stage) -> str:
    """Return the namespace of the variable that holds a stage's changes."""
    return f"Review{stage.name}"


def work(change_set: str) -> Work:
    """Return the project that lists the changes; the stage is told by the action."""
    return Work(
        title="ReviewProject",
        part=PART,
        buildspec="review-changes",
        description="Lists what change sets are about to change, for whoever approves.",
        variables={"CHANGE_SET": value(change_set)},
        minutes=15,
    )


def role_question(topology: Topology) -> Question:
    """Return where a launch template finds the role of that project."""
    path = names.stored(topology.partition, names.OWN_STAGE, names.REVIEW_ROLE)
    what = "the ARN of the role that lists changes"
    return stored(names.REVIEW_ROLE, "Role of the review", what, path)


def action(
    topology: Topology, stage: Stage, project: Project, artifact: str, order: int
) -> Actions:
    """Return the action that lists a stage's changes."""
    name = stage.name.lower()
    regions = " ".join(to.region.text for to in stage.targets_in(topology.partition))
    told = {"STACK_NAME": names.project_stack(name), "REGIONS": regions}
    known: dict[str, Any] = {}
    if accounts.home_account(topology, stage):
        review = names.of_stage(name, PART)
        told["REVIEW_ROLE"] = f"arn:${{AWS::Partition}}:iam::${{Account}}:role/{review}"
        assumed = Ref(accounts.role_parameter(stage, names.CROSS_ACCOUNT_ROLE))
        known["Account"] = Select(4, Split(":", assumed))
    variables = [{"name": key, "value": each} for key, each in told.items()]
    made = build_action(
        "Review", "Build", project, artifact=artifact, Namespace=namespace(stage), RunOrder=order
    )
    made.Configuration["EnvironmentVariables"] = Sub(json.dumps(variables), **known)
    return made


def role(topology: Topology, stack: str) -> Role:
    """Return the role of the project, under a name that other accounts know."""
    home = stores.artifact_store(topology, topology.home)
    own = [write_logs(names.project_logs(PART, stack)), stores.read_artifacts(home)]
    return service_role(
        "ReviewServiceRole",
        "codebuild",
        "CodeBuild assumes it to list what change sets are about to change.",
        [policy(PART, [*own, *_look(topology)]), stores.read_key(home)],
        RoleName=Sub(f"${{{names.PROJECT}}}-{PART}"),
    )


def _look(topology: Topology) -> list[Statement]:
    at_home: list[Resource] = []
    elsewhere: list[Resource] = []
    for stage in reviewed(topology):
        name = stage.name.lower()
        account = accounts.home_account(topology, stage)
        if account:
            review = names.of_stage(name, PART)
            elsewhere.append(Sub(f"arn:${{AWS::Partition}}:iam::{account.text}:role/{review}"))
        else:
            at_home.append(describable(name))
    described = allow("DescribeChangeSets", [cloudformation.DescribeChangeSet], at_home)
    entered = allow("ReviewInOtherAccounts", [sts.AssumeRole], elsewhere)
    return [*([described] if at_home else []), *([entered] if elsewhere else [])]


def describable(stage: str) -> Sub:
    """Return the ARN of the stack whose change sets may be described; a text inside `Fn::Sub`."""
    return arn("cloudformation", f"stack/{names.project_stack(stage)}/*", EVERY_REGION)


def reviewer_question() -> Question:
    """Return the question who may describe change sets in an account that is deployed to."""
    return text(
        REVIEWER,
        "Role of the review",
        "ARN of the one role that may describe the change sets of this stage, so that an approval "
        "can say what it changes: output ReviewServiceRoleArn of the pipeline's service roles, for "
        "example arn:aws:iam::111122223333:role/lambda-app-review. Empty: nobody may.",
        default="",
        **pattern(
            "|arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+",
            "The ARN of a role, of an account other than this one; or nothing.",
        ),
    )


def prepare(template: Template) -> None:
    """Add the condition that somebody may describe change sets."""
    template.add_condition(REVIEWER_GIVEN, given(REVIEWER))


def role_in_target(stage: str) -> Role:
    """Return the role the review assumes in an account that is deployed to."""
    look = allow("DescribeChangeSets", [cloudformation.DescribeChangeSet], [describable(stage)])
    return Role(
        "ReviewRole",
        Condition=REVIEWER_GIVEN,
        RoleName=value(names.of_stage(stage, PART)),
        Description="The review of another account assumes it to list what a change set changes.",
        AssumeRolePolicyDocument=trust_role("TheReviewAssumesThisRole", Ref(REVIEWER)),
        Policies=[policy(PART, [look])],
    )
