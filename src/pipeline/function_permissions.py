"""What CloudFormation calls to make, change and remove functions with their roles and logs.

Names that CloudFormation gives begin with the stack's, so that is how far these statements reach.
A role may be made only under the permissions boundary of its stage: without it, whoever may make
roles may make one that may do anything, and pass it on to a function.

Source: the `handlers.*.permissions` of the registry schemas of AWS::Lambda::Function,
AWS::Lambda::Permission, AWS::IAM::Role and AWS::Logs::LogGroup, less what those handlers call only
for what such an application seldom has: VPCs, file systems, layers, code signing, keys of its own.
"""

from __future__ import annotations

from awacs import awslambda, iam, logs
from awacs.aws import Statement, StringEquals
from troposphere import Sub

from pipeline.names import arn
from pipeline.policies import allow
from pipeline.unrehearsed import IN_PLACE, RESOURCES

EVERY_REGION = "*"
MANAGE_FUNCTIONS = [
    *(awslambda.AddPermission, awslambda.CreateFunction, awslambda.DeleteFunction),
    *(awslambda.DeleteFunctionConcurrency, awslambda.GetFunction),
    *(awslambda.GetFunctionCodeSigningConfig, awslambda.GetFunctionRecursionConfig),
    *(awslambda.GetPolicy, awslambda.GetRuntimeManagementConfig),
    *(awslambda.PutFunctionConcurrency, awslambda.RemovePermission, awslambda.TagResource),
    *(awslambda.UntagResource, awslambda.UpdateFunctionCode),
    awslambda.UpdateFunctionConfiguration,
]
LOOK_AFTER_ROLES = [
    *(iam.DeleteRole, iam.GetRole, iam.GetRolePolicy, iam.ListAttachedRolePolicies),
    *(iam.ListRolePolicies, iam.TagRole, iam.UntagRole, iam.UpdateAssumeRolePolicy),
    *(iam.UpdateRole, iam.UpdateRoleDescription),
]
GIVE_ROLES_POLICIES = [
    *(iam.AttachRolePolicy, iam.CreateRole, iam.DeleteRolePolicy, iam.DetachRolePolicy),
    *(iam.PutRolePermissionsBoundary, iam.PutRolePolicy),
]
MANAGE_LOGS = [
    *(logs.CreateLogGroup, logs.DeleteLogGroup, logs.DeleteRetentionPolicy),
    *(logs.GetDataProtectionPolicy, logs.ListTagsForResource, logs.PutRetentionPolicy),
    *(logs.TagResource, logs.UntagResource),
]
SHARE_FUNCTIONS = [awslambda.AddPermission, awslambda.GetPolicy, awslambda.RemovePermission]
CHANGE_ROLES = [iam.UpdateAssumeRolePolicy, iam.UpdateRole, iam.UpdateRoleDescription]
CHANGE_LOGS = [logs.DeleteRetentionPolicy, logs.ListTagsForResource, logs.UntagResource]
OF_CALLERS = "An application may let others call its function; the sample application lets nobody."
DESCRIBE_LOGS = [
    *(logs.DescribeIndexPolicies, logs.DescribeLogGroups, logs.DescribeResourcePolicies),
]


def manage_functions(stack: str, boundary: str) -> list[Statement]:
    """Return the statements for a stack; both are names as they stand inside `Fn::Sub`."""
    roles = [arn("iam", f"role/{stack}-*", region="")]
    groups = [
        arn("logs", f"log-group:{prefix}{stack}-*", EVERY_REGION) for prefix in ("", "/aws/lambda/")
    ]
    bounded = StringEquals("iam:PermissionsBoundary", boundary_arn(boundary))
    to_functions = StringEquals("iam:PassedToService", "lambda.amazonaws.com")
    return [
        allow(
            "ManageFunctions",
            MANAGE_FUNCTIONS,
            [arn("lambda", f"function:{stack}-*", EVERY_REGION)],
            unrehearsed={OF_CALLERS: SHARE_FUNCTIONS},
        ),
        allow("LookAfterRoles", LOOK_AFTER_ROLES, roles, unrehearsed={IN_PLACE: CHANGE_ROLES}),
        allow(
            "GiveRolesPoliciesWithinBoundary",
            GIVE_ROLES_POLICIES,
            roles,
            bounded,
            unrehearsed={
                "A role may have managed policies; that of the sample application has none.": [
                    iam.AttachRolePolicy
                ],
                IN_PLACE: [iam.PutRolePermissionsBoundary],
            },
        ),
        allow("PassRolesToFunctions", [iam.PassRole], roles, to_functions),
        allow(
            "ManageLogs",
            MANAGE_LOGS,
            groups,
            unrehearsed={
                IN_PLACE: CHANGE_LOGS,
                "A group that its template does not name is called after the stack.": [RESOURCES],
            },
        ),
        allow("DescribeLogs", DESCRIBE_LOGS, [arn("logs", "log-group:*", EVERY_REGION)]),
    ]


def boundary_arn(boundary: str) -> Sub:
    """Return the ARN of a permissions boundary by its name."""
    return arn("iam", f"policy/{boundary}", region="")
