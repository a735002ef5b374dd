"""Rules about who may hand which role to a service."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.grants import EVERY_ACTION, actions, grants_identity, is_narrowed, matches
from review.rule import Found, rule
from review.spelling import spellings
from review.statements import Statement

PASSING = "iam:PassRole"
ALL_OF_IAM = "iam:*"
ANY_ROLE = re.compile(r"\*+|arn:.*(:\*+|:role/\*+)")


@rule(
    judges=Statement,
    id="MI106",
    sentence="Who may pass roles may pass some roles only.",
    mend="name the roles under Resource, by their ARN or their own path",
    reason="Whoever passes any role to something they can run may do all that any role may.",
    source="IAM user guide, granting a user permissions to pass a role to an AWS service",
    passes="""
        Role:
          Properties:
            Policies:
            - PolicyName: work
              PolicyDocument:
                Statement:
                - Sid: PassDeployRole
                  Resource: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/deploy/*
    """,
    fails="""
        Role:
          Properties:
            Policies:
            - PolicyName: work
              PolicyDocument:
                Statement:
                - Sid: PassDeployRole
                  Resource: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*
    """,
)
def any_role_passed(statement: Statement) -> Iterator[Found]:
    """Yield a statement that lets any role be passed."""
    if _passes(statement) and _any_role(statement):
        yield Found(statement.node, f"{statement.place}: {statement.sid} lets any role be passed")


@rule(
    judges=Statement,
    id="MI107",
    sentence="A role may be passed to the service it is made for.",
    mend="add Condition: {StringEquals: {iam:PassedToService: SERVICE.amazonaws.com}}",
    reason="A role may trust more than one service; passing it to another is not what was meant.",
    source="IAM user guide, iam:PassedToService",
    level="warning",
    passes="""
        Role:
          Properties:
            Policies:
            - PolicyName: work
              PolicyDocument:
                Statement:
                - Sid: PassDeployRole
                  Condition: {StringLike: {'iam:PassedToService': cloudformation.*}}
    """,
    fails="""
        Role:
          Properties:
            Policies:
            - PolicyName: work
              PolicyDocument:
                Statement:
                - {Sid: PassDeployRole, Condition: null}
    """,
)
def role_passed_to_any_service(statement: Statement) -> Iterator[Found]:
    """Yield a statement that lets a role be passed to whichever service."""
    guards = ("iam:passedtoservice", "iam:associatedresourcearn")
    if _passes(statement) and not _any_role(statement) and not is_narrowed(statement, guards):
        words = f"{statement.place}: {statement.sid} lets roles be passed to any service"
        yield Found(statement.node, words)


def _passes(statement: Statement) -> bool:
    """Return whether passing roles is allowed, by less than all of IAM or of everything."""
    named = [each for each in actions(statement) if matches(each, PASSING)]
    larger = any(EVERY_ACTION.fullmatch(each) or matches(each, ALL_OF_IAM) for each in named)
    return grants_identity(statement) and bool(named) and not larger


def _any_role(statement: Statement) -> bool:
    found = (text for each in statement.listed("Resource") for text in spellings({}, each))
    return "NotResource" in statement.node or any(map(ANY_ROLE.fullmatch, found))
