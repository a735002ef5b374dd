"""Rules about those who may do everything, or may give themselves the right to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from review.grants import (
    EVERY_ACTION,
    actions,
    grants_identity,
    is_narrowed,
    is_on_everything,
    matches,
)
from review.rule import Found, rule
from review.spelling import spellings
from review.statements import Statement, alternatives
from review.subjects import Resource
from template_reader.nodes import below, function_of

AWS_POLICY = ":iam::aws:policy/"
ADMINISTRATOR = "AdministratorAccess"
NEARLY = ("PowerUserAccess", "IAMFullAccess")
ATTACHED = ("ManagedPolicyArns", "ManagedPolicies", "Policies")
MANAGED = "AWS::IAM::ManagedPolicy"
OF_IAM = ("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreateAccessKey")
# Conditions on what a request is about leave less than everything; those on who sends it do not.
LESSENING = (
    *("aws:resource*", "aws:requesttag*", "aws:tagkeys", "aws:calledvia*", "aws:viaawsservice"),
    *("iam:*", "s3:*", "ec2:*", "kms:*"),
)


@rule(
    judges=Resource,
    id="MI101",
    sentence="Nobody is given AdministratorAccess, however its ARN is spelled.",
    mend="grant the actions that are called, on the resources they are called on",
    reason="Whoever can make the holder run something, a build or a stack, owns the account.",
    source="IAM user guide, grant least privilege",
    passes="Role: {Properties: {ManagedPolicyArns: []}}",
    fails="""
        Role:
          Properties:
            ManagedPolicyArns:
            - !Sub arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess
    """,
)
def administrator_policy(resource: Resource) -> Iterator[Found]:
    """Yield an attached AdministratorAccess."""
    for node, name in _attached(resource):
        if name == ADMINISTRATOR:
            yield Found(node, "is given AdministratorAccess")


@rule(
    judges=Resource,
    id="MI102",
    sentence="Nobody can make themselves an administrator.",
    mend="grant the actions that are called, on the resources they are called on",
    reason="IAMFullAccess, or iam:* on everything, attaches any policy to its own holder; "
    "PowerUserAccess changes what any function or build runs, and so uses the role it has.",
    source="IAM user guide, grant least privilege",
    level="warning",
    passes="Role: {Properties: {ManagedPolicyArns: []}}",
    fails="""
        Role:
          Properties:
            ManagedPolicyArns:
            - !Sub arn:${AWS::Partition}:iam::aws:policy/IAMFullAccess
    """,
)
def administrator_in_the_making(resource: Resource) -> Iterator[Found]:
    """Yield an attached policy that is nearly as much, and a statement that comes to it."""
    for node, name in _attached(resource):
        if name in NEARLY:
            yield Found(node, f"is given {name}")
    for each in _granting(resource):
        if _gives_iam(each):
            yield Found(each.node, f"{each.place}: {each.sid} allows all of IAM on everything")


@rule(
    judges=Resource,
    id="MI103",
    sentence="No statement allows every action on every resource.",
    mend="name the actions that are called, and the resources they are called on",
    reason="It is AdministratorAccess by another name; NotAction allows what AWS adds tomorrow.",
    source="IAM JSON policy elements, Action and NotAction",
    passes="""
        Role:
          Properties:
            Policies:
            - PolicyName: work
              PolicyDocument:
                Statement:
                - {Sid: ReadArtifacts, Action: ['s3:*'], Resource: '*'}
    """,
    fails="""
        Role:
          Properties:
            Policies:
            - PolicyName: work
              PolicyDocument:
                Statement:
                - {Sid: ReadArtifacts, Action: '*', Resource: '*'}
    """,
)
def everything_allowed(resource: Resource) -> Iterator[Found]:
    """Yield a statement that allows everything, or everything but some actions other than IAM's."""
    for each in _granting(resource):
        if any(map(EVERY_ACTION.fullmatch, actions(each))):
            yield Found(each.node, f"{each.place}: {each.sid} allows every action on everything")
        elif _leaves_iam(each):
            words = f"{each.place}: {each.sid} allows every action but a few, and all of IAM"
            yield Found(each.node, words)


def _attached(resource: Resource) -> Iterator[tuple[Any, str]]:
    """Yield the policies of AWS that are attached to a resource, by their names."""
    document = resource.template.document
    for key in ATTACHED:
        for node, _ in alternatives(resource.properties.get(key)):
            for text in spellings(document, node):
                policy = text.partition(AWS_POLICY)[2] or text
                if AWS_POLICY in text or resource.type.startswith("AWS::Serverless::"):
                    yield node, policy.rpartition("/")[2]


def _granting(resource: Resource) -> Iterator[Statement]:
    """Yield the statements on everything, none of a policy that only bounds what others grant."""
    if resource.type == MANAGED and _only_bounds(resource):
        return
    for each in resource.statements:
        if grants_identity(each) and is_on_everything(each) and not is_narrowed(each, LESSENING):
            yield each


def _only_bounds(policy: Resource) -> bool:
    """Return whether a managed policy is somebody's boundary, and attached to nobody."""
    attached = any(key in policy.properties for key in ("Roles", "Users", "Groups"))
    others = policy.template.section("Resources").values()
    given = [own for each in others if isinstance(own := below(each, "Properties"), Mapping)]

    def names_it(key: str) -> bool:
        nodes = (node for own in given for node, _ in alternatives(own.get(key)))
        return any(function_of(node) == ("Ref", policy.logical_id) for node in nodes)

    return names_it("PermissionsBoundary") and not attached and not names_it("ManagedPolicyArns")


def _gives_iam(statement: Statement) -> bool:
    named = [each for each in actions(statement) if not EVERY_ACTION.fullmatch(each)]
    return len(named) == len(actions(statement)) and all(
        any(matches(each, action) for each in named) for action in OF_IAM
    )


def _leaves_iam(statement: Statement) -> bool:
    """Return whether all actions but some are allowed, and those of IAM are not among them."""
    excepted = statement.listed("NotAction")
    return bool(excepted) and not any(
        not isinstance(each, str) or matches(each, action) for each in excepted for action in OF_IAM
    )
