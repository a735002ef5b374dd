"""What every account has that is deployed to: CloudFormation's role, and the bound of its roles.

The pipeline's own account, one of the same partition and one of another have the same two, under
names that only differ by stage, so that one application template fits everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from awacs.aws import Statement
from troposphere import If, NoValue, Output, Parameter, Ref
from troposphere.iam import ManagedPolicy, Role

from pipeline import names
from pipeline.deploying import policy_arns_question
from pipeline.function_permissions import manage_functions
from pipeline.names import DEPLOY_POLICY_ARNS, DEPLOY_POLICY_ARNS_GIVEN, PROJECT, STAGE
from pipeline.parameters import Question, pattern, text
from pipeline.policies import POLICY_VERSION, policy, service_role

FUNCTION_ACTIONS = "FunctionActions"
THIS_STAGE = f"${{{STAGE}}}"
LONGEST = 16  # of a project's and a stage's name: a bucket of 63 characters bears both


def project_question(example: str = "lambda-app") -> Question:
    """Return the question what everything is named after."""
    return text(
        PROJECT,
        "Project name",
        "What stacks, roles and buckets are named after, the same in every account, for example "
        f"{example}.",
        default=example,
        **pattern(
            f"[a-z][a-z0-9-]{{0,{LONGEST - 1}}}",
            f"1 to {LONGEST} lower-case letters, digits and '-'.",
        ),
    )


def stage_question(example: str) -> Question:
    """Return the question which stage an account serves."""
    return text(
        STAGE,
        "Stage name",
        "Stage of the pipeline that deploys into this account, in lower case, for example "
        f"{example}.",
        default=example,
        **pattern(f"[a-z0-9]{{1,{LONGEST}}}", f"1 to {LONGEST} lower-case letters and digits."),
    )


def permission_questions() -> tuple[Question, ...]:
    """Return what is asked about what the application makes, and what that may do."""
    parameter = Parameter(
        FUNCTION_ACTIONS,
        Type="CommaDelimitedList",
        Description="The most any role of the application may do: actions, for example "
        "logs:CreateLogStream,logs:PutLogEvents,dynamodb:GetItem. A role still has to be given "
        "each of them, on its resources.",
        Default="logs:CreateLogStream,logs:PutLogEvents",
        **pattern("[a-z0-9-]+:[A-Za-z]+", "Actions like logs:PutLogEvents, joined by commas."),
    )
    return Question("Actions of functions", parameter), policy_arns_question()


def boundary(stage: str, prefix: str = "") -> ManagedPolicy:
    """Return the permissions boundary of every role the application makes.

    `prefix` tells its logical id from another stage's in the same template.
    """
    statement = {
        "Sid": "MostARoleMayDoWhereItsOwnPolicySaysOnWhat",
        "Effect": "Allow",
        "Action": Ref(FUNCTION_ACTIONS),
        "Resource": "*",
    }
    return ManagedPolicy(
        f"{prefix}Boundary",
        ManagedPolicyName=names.value(names.of_stage(stage, names.BOUNDARY)),
        Description="Bounds what roles of the application may do, whatever their policies say.",
        PolicyDocument={"Version": POLICY_VERSION, "Statement": [statement]},
    )


def cloud_formation_role(stage: str, fetch_code: Sequence[Statement], prefix: str = "") -> Role:
    """Return the role that makes the application; `fetch_code` is what its code takes to read."""
    stack = names.project_stack(stage)
    made = manage_functions(stack, names.of_stage(stage, names.BOUNDARY))
    return service_role(
        f"{prefix}CloudFormationServiceRole",
        "cloudformation",
        "CloudFormation assumes it to make, change and remove the application.",
        [policy("deploy", [*made, *fetch_code])],
        RoleName=names.value(names.of_stage(stage, names.CLOUD_FORMATION)),
        ManagedPolicyArns=If(DEPLOY_POLICY_ARNS_GIVEN, Ref(DEPLOY_POLICY_ARNS), NoValue),
    )


def outputs(role: Role, bound: ManagedPolicy) -> list[Output]:
    """Return what people look up of the two."""
    return [
        Output(
            f"{role.title}Arn",
            Description="ARN of the role that makes the application.",
            Value=role.get_att("Arn"),
        ),
        Output(
            f"{bound.title}Arn",
            Description="ARN of the permissions boundary that roles of the application need.",
            Value=Ref(bound),
        ),
    ]
