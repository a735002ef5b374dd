"""Outcomes made by hand: what the reports must be able to show."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.outcome import (
    ActionResult,
    ExecutionResult,
    Grant,
    Launch,
    Outcome,
    Refused,
    Seen,
    Shares,
    Status,
)

HOME, STAGE = "111122223333", "444455556666"
REGIONS = ("us-east-1", "us-east-2", "ap-south-1")
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105 - AWS's own example
COMMIT = "8f14e45fceea167a5a36dedd4bea2543f1e0aa2c"
STATEMENT = """\
- Effect: Allow
  Action: ec2:RunInstances
  Resource: !Sub arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*
"""
REFUSED = Refused(
    principal=f"arn:aws:iam::{HOME}:role/multi-region-cloudformation",
    action="ec2:RunInstances",
    resource=f"arn:aws:ec2:ap-south-1:{HOME}:instance/*",
    account=HOME,
    region="ap-south-1",
    reason="no statement of its policies allows it",
    statement=STATEMENT,
)
LAUNCHES = (
    *(Launch("artifact-store", "artifact-store", HOME, region, {}, {}, 0.2) for region in REGIONS),
    Launch(
        "service-roles",
        "service-roles",
        HOME,
        "us-east-1",
        {"RoleName": "multi-region-cloudformation"},
        {"CloudFormationRole": "multi-region-cloudformation", "BuildRole": "multi-region-build"},
        0.4,
    ),
    Launch("cross-account-role", "stage-role", STAGE, "us-east-1", {}, {}, 0.1),
    Launch("multi-region-pipeline", "pipeline", HOME, "us-east-1", {}, {}, 0.6),
)
SOURCE = ActionResult(
    *("Source", "Source", "CodeCommit", HOME, "us-east-1", Status.SUCCEEDED, 0.0, 0.4),
    said=f"commit {COMMIT} of branch main",
)
BUILD = ActionResult(
    *("Build", "Build", "CodeBuild", HOME, "us-east-1", Status.SUCCEEDED, 0.4, 12.3),
    said="image ami-0a1b2c3d; AMI_ID and COMMIT given",
    log=("[build] mvn -q package", "BUILD SUCCESS"),
)
DEPLOYED = tuple(
    ActionResult(
        *("Deploy", region, "CloudFormation", HOME, region, Status.SUCCEEDED, 12.7, 1.25),
        said="stack multi-region-pipeline-deploy created: 2 instances behind a load balancer",
        stack="multi-region-pipeline-deploy",
    )
    for region in REGIONS
)
DENIED = replace(
    DEPLOYED[2],
    status=Status.FAILED,
    said="",
    why="CREATE_FAILED Instance: the role is not authorized to perform ec2:RunInstances",
    mend="grant it, or start no instance",
    refused=(REFUSED,),
    log=("starting ...", f"AWS_SECRET_ACCESS_KEY={SECRET}", "it was refused"),
)
FIRST = ExecutionResult(
    title="first push",
    id="0a1b2c3d-1111-4222-8333-444455556666",
    wanted=Status.SUCCEEDED,
    status=Status.SUCCEEDED,
    actions=(SOURCE, BUILD, *DEPLOYED),
    seen=(Seen(True, "in each of 3 regions 2 instances run the image of this commit"),),
    seconds=14.1,
)
REJECTED = ExecutionResult(
    title="a rejected approval",
    id="0a1b2c3d-1111-4222-8333-444455556667",
    wanted=Status.FAILED,
    status=Status.FAILED,
    actions=(
        SOURCE,
        ActionResult(
            *("Prod", "Approve", "Manual", HOME, "us-east-1", Status.FAILED, 0.4, 0.1),
            why="Rejected: not today",
            mend="approve it",
        ),
        ActionResult(
            *("Prod", "us-east-1", "CloudFormation", HOME, "us-east-1", Status.NOT_STARTED),
        ),
    ),
    seen=(Seen(True, "nothing was changed in prod"),),
    seconds=0.6,
)
REFUSED_PUSH = replace(
    FIRST,
    title="second push",
    id="0a1b2c3d-1111-4222-8333-444455556668",
    status=Status.FAILED,
    actions=(SOURCE, BUILD, *DEPLOYED[:2], DENIED),
    seen=(Seen(False, "in ap-south-1 instances run the image of this commit"),),
    seconds=123.4,
)
KEPT = Grant(
    "service-roles",
    *("BuildRole", "Logs", "logs:CreateLogGroup", "*"),
    because="the log group may be made by hand",
)
BARE = replace(KEPT, statement="3", action="s3:DeleteObject", because="")
GREEN = Outcome(
    pipeline="multi-region-pipeline",
    path="templates/multi-region-pipeline.yaml",
    launches=LAUNCHES,
    executions=(FIRST, REJECTED),
    unused=(KEPT,),
    stood_in=(
        "AWS: MiniStack on this machine",
        "the containers of builds: their commands run here",
    ),
    not_shown=("quotas, throttling and service control policies", "that instances boot and answer"),
    shares=Shares(4.4, 9.2, 15.0),
)
RED = replace(GREEN, executions=(FIRST, REFUSED_PUSH), unused=(KEPT, BARE))
OTHER = replace(
    GREEN,
    pipeline="global-china-pipeline",
    path="templates/global-china-pipeline.yaml",
    launches=LAUNCHES[3:5],
    executions=(replace(FIRST, title="dev to prod, and China"),),
    unused=(),
    stood_in=(GREEN.stood_in[0], "the access key of China"),
)
HOSTILE = "<script>alert('1')</script> | `code` *bold* [link](http://x) @octocat #1 \x1b[31mred"
MARKED_UP = replace(
    RED,
    pipeline=HOSTILE,
    executions=(
        replace(
            REFUSED_PUSH,
            title=HOSTILE,
            actions=(
                replace(DENIED, name=HOSTILE, said=HOSTILE, why=HOSTILE, log=(HOSTILE, "```")),
            ),
            seen=(Seen(False, HOSTILE),),
        ),
    ),
    unused=(replace(KEPT, because=HOSTILE),),
    stood_in=(HOSTILE,),
)
LONG = "a-name-that-goes-on-and-on-" * 5
LENGTHY = replace(
    RED,
    pipeline=LONG,
    executions=(
        replace(
            REFUSED_PUSH,
            actions=(replace(DENIED, stage=LONG[:100], name=LONG[:100], why=f"{LONG} {LONG}"),),
        ),
    ),
)
OUTCOMES = {
    "green": (GREEN, OTHER),
    "red": (RED, OTHER),
    "marked up": (MARKED_UP,),
    "lengthy": (LENGTHY,),
    "nothing": (),
    "nothing run": (replace(GREEN, executions=(), launches=(), shares=Shares(0, 0, 0)),),
}
