"""Who may do what: trust policies, statements and roles, written with awacs.

A statement names the calls its holder makes and the resources it makes them on. Where a resource
must be `*`, the statement's Sid says why, because a Sid is the only comment that reaches the YAML.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import sts
from awacs.aws import (
    Action,
    Allow,
    Condition,
    ConditionElement,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import AccountId, AWSHelperFn, If, Ref
from troposphere.iam import Policy, Role

from pipeline.unrehearsed import ReasonedStatement, Reasons

POLICY_VERSION = "2012-10-17"

Resource = str | AWSHelperFn


def allow(
    sid: str,
    actions: Sequence[Action],
    resources: Sequence[Resource] | Ref,
    *conditions: ConditionElement,
    unrehearsed: Reasons = "",
) -> Statement:
    """Return a statement that allows the actions on the resources, under all the conditions.

    The resources may be a parameter that holds a list of them. `unrehearsed` says why the statement
    stays though no rehearsal uses it: one reason for all of it, or actions by their reason.

    Raises `ValueError` for two conditions of one operator, of which awacs would keep the last.
    """
    if len({each.condition for each in conditions}) < len(conditions):
        raise ValueError(f"{sid}: write the keys of one operator into one condition")
    limits = {"Condition": Condition(list(conditions))} if conditions else {}
    named = resources if isinstance(resources, Ref) else list(resources)
    said = {"Sid": sid, "Effect": Allow, "Action": list(actions), "Resource": named, **limits}
    return ReasonedStatement(unrehearsed, **said) if unrehearsed else Statement(**said)


class _Document(PolicyDocument):
    """A document whose statements may hang on a condition of the template, as awacs forbids."""

    props = {**PolicyDocument.props, "Statement": ([Statement, If], True)}  # noqa: RUF012 - as awacs


def document(statements: Sequence[Statement | If]) -> PolicyDocument:
    """Return a policy document of the statements."""
    return _Document(Version=POLICY_VERSION, Statement=list(statements))


def policy(name: str, statements: Sequence[Statement]) -> Policy:
    """Return an inline policy of the statements."""
    return Policy(PolicyName=name, PolicyDocument=document(statements))


def trust(service: str) -> PolicyDocument:
    """Return the trust policy of a service role.

    The condition keeps the service from being used by another account to reach ours (the
    confused deputy). `service` is the principal's first word: it ends in `.amazonaws.com` in
    every partition.
    """
    statement = Statement(
        Effect=Allow,
        Principal=Principal("Service", f"{service}.amazonaws.com"),
        Action=[sts.AssumeRole],
        Condition=Condition(StringEquals("aws:SourceAccount", AccountId)),
    )
    return document([statement])


def trust_role(sid: str, role_arn: AWSHelperFn) -> PolicyDocument:
    """Return the trust policy of a role that one other role assumes, and nobody else."""
    statement = Statement(
        Sid=sid, Effect=Allow, Principal=Principal("AWS", role_arn), Action=[sts.AssumeRole]
    )
    return document([statement])


def service_role(
    title: str, service: str, description: str, policies: Sequence[Policy | If], **more: Any
) -> Role:
    """Return a role that one service assumes in this account."""
    return Role(
        title,
        Description=description,
        AssumeRolePolicyDocument=trust(service),
        Policies=list(policies),
        **more,
    )
