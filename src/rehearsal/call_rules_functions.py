"""The calls for the types of functions, their logs, and roles.

Written after the registry's schemas (cfn-lint's copy), the service authorization reference.
"""

from __future__ import annotations

from rehearsal.call_rules import Kind, Rule, tagged

_CODE = "arn:{partition}:s3:::{Code.S3Bucket}/{Code.S3Key}"
_BOUNDARY = (("iam:PermissionsBoundary", "{PermissionsBoundary}"),)
_POLICY = (("iam:PolicyARN", "{each}"), *_BOUNDARY)


def _policy_of(entity: str) -> tuple[Rule, ...]:
    """Return the calls that put a policy on entities of a kind and take it away."""
    arns, property_ = f"iam:{entity.lower()}/{{{entity}s}}", f"{entity}s"
    return (
        Rule("cu", f"iam:Put{entity}Policy", arns, given=property_),
        Rule("d", f"iam:Delete{entity}Policy", arns, given=property_),
        Rule("r", f"iam:Delete{entity}Policy", arns, property_),
    )


_ROLES = {
    "AWS::IAM::Role": Kind(
        *("iam:role{path}{name}", "iam:role{path}{id}"),
        (
            Rule("c", "iam:CreateRole", context=_BOUNDARY),
            Rule("cu", "iam:PutRolePolicy", property="Policies", context=_BOUNDARY),
            Rule("dr", "iam:DeleteRolePolicy", property="Policies"),
            Rule("cu", "iam:AttachRolePolicy", property="ManagedPolicyArns", context=_POLICY),
            Rule("dr", "iam:DetachRolePolicy", property="ManagedPolicyArns", context=_POLICY[:1]),
            Rule("u", "iam:UpdateAssumeRolePolicy", property="AssumeRolePolicyDocument"),
            Rule("u", "iam:UpdateRole", property="Description"),
            Rule("u", "iam:UpdateRole", property="MaxSessionDuration"),
            Rule(
                *("u", "iam:PutRolePermissionsBoundary"),
                property="PermissionsBoundary",
                context=_BOUNDARY,
            ),
            Rule("d", "iam:DeleteRole"),
            *tagged("iam:TagRole", "iam:UntagRole"),
        ),
        "RoleName",
    ),
    "AWS::IAM::Policy": Kind(
        *("iam:role/{Roles}", "iam:role/{Roles}"),
        tuple(rule for each in ("User", "Role", "Group") for rule in _policy_of(each)),
    ),
    "AWS::IAM::InstanceProfile": Kind(
        *("iam:instance-profile{path}{name}", "iam:instance-profile{path}{id}"),
        (
            Rule("c", "iam:CreateInstanceProfile"),
            Rule("cu", "iam:AddRoleToInstanceProfile", property="Roles"),
            Rule("dr", "iam:RemoveRoleFromInstanceProfile", property="Roles"),
            Rule("d", "iam:DeleteInstanceProfile"),
        ),
        "InstanceProfileName",
    ),
}
FUNCTIONS = {
    **_ROLES,
    "AWS::Lambda::Function": Kind(
        *("lambda:function:{name}", "lambda:function:{id}"),
        (
            Rule("c", "lambda:CreateFunction"),
            Rule("cu", "s3:GetObject", _CODE, "Code.S3Bucket"),
            Rule("cu", "s3:GetObjectVersion", _CODE, "Code.S3ObjectVersion"),
            Rule("cu", "s3:GetObjectVersion", _CODE, "Code.S3Bucket", optional=True),
            Rule("u", "lambda:UpdateFunctionCode", property="Code"),
            Rule(
                *("u", "lambda:UpdateFunctionConfiguration"),
                but=("Code", "Tags", "ReservedConcurrentExecutions"),
            ),
            Rule(
                *("cu", "lambda:PutFunctionConcurrency"),
                property="ReservedConcurrentExecutions",
            ),
            Rule("d", "lambda:DeleteFunction"),
            *tagged("lambda:TagResource", "lambda:UntagResource"),
        ),
        "FunctionName",
    ),
    "AWS::Lambda::Permission": Kind(
        *("lambda:function:{FunctionName}", "lambda:function:{FunctionName}"),
        (Rule("c", "lambda:AddPermission"), Rule("d", "lambda:RemovePermission")),
    ),
    "AWS::Logs::LogGroup": Kind(
        *("logs:log-group:{name}", "logs:log-group:{id}"),
        (
            Rule("c", "logs:CreateLogGroup"),
            Rule("cu", "logs:PutRetentionPolicy", property="RetentionInDays"),
            Rule("r", "logs:DeleteRetentionPolicy", property="RetentionInDays", optional=True),
            Rule("d", "logs:DeleteLogGroup"),
            *tagged("logs:TagResource", "logs:UntagResource"),
        ),
        "LogGroupName",
    ),
}
