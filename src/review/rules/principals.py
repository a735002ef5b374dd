"""Rules about policies that speak of nobody in particular."""

from __future__ import annotations

from collections.abc import Iterator

from review.defaults import hold_by_default
from review.grants import is_narrowed, principals
from review.rule import Found, rule
from review.statements import Statement, alternatives
from review.subjects import Resource

ANYBODY = "*"
# What says in which accounts, organizations or networks whoever asks must be.
NARROWING = (
    *("aws:principalorg*", "aws:principalaccount", "aws:principalarn", "aws:principalisawsservice"),
    *("aws:source*", "aws:userid", "kms:calleraccount", "s3:dataaccesspoint*"),
    *("elasticfilesystem:accessedviamounttarget", "aws:principalservicename*"),
)
# Anybody is who these are for; whoever asks needs permissions of their own.
FOR_ANYBODY = ("AWS::EC2::VPCEndpoint", "AWS::ApiGateway::RestApi", "AWS::Serverless::Api")
# A domain inside a VPC is for whoever is let in there.
DOMAINS = ("AWS::Elasticsearch::Domain", "AWS::OpenSearchService::Domain")
# Resources that are a statement themselves, and what narrows theirs.
GRANTS = {
    "AWS::Lambda::Permission": ("PrincipalOrgID", "SourceArn", "SourceAccount"),
    "AWS::Lambda::LayerVersionPermission": ("OrganizationId",),
    "AWS::Events::EventBusPolicy": ("Condition", "Statement"),
}


@rule(
    judges=Resource,
    id="MI105",
    sentence="A policy allows somebody in particular.",
    mend="name them, or add a condition such as aws:PrincipalOrgID",
    reason="Principal '*' is everybody with an AWS account, and for a bucket, everybody.",
    source="IAM JSON policy elements, Principal",
    passes="""
        QueuePolicy:
          Properties:
            PolicyDocument:
              Statement:
              - Sid: TopicSends
                Principal: '*'
                Condition: {StringEquals: {'aws:PrincipalOrgID': o-a1b2c3d4e5}}
    """,
    fails="""
        QueuePolicy:
          Properties:
            PolicyDocument:
              Statement:
              - {Sid: TopicSends, Principal: '*', Condition: null}
    """,
)
def anybody_allowed(resource: Resource) -> Iterator[Found]:
    """Yield a policy that allows anybody something, unless only a parameter's value makes it so."""
    in_vpc = resource.type in DOMAINS and resource.gives("VPCOptions")
    if resource.type in FOR_ANYBODY or in_vpc:
        return
    for each in resource.statements:
        if each.allows and not is_narrowed(each, NARROWING) and _is_for_anybody(resource, each):
            yield Found(each.node, f"{each.place}: {each.sid} allows anybody")
    yield from _granted(resource)


def _is_for_anybody(resource: Resource, statement: Statement) -> bool:
    if "NotPrincipal" in statement.node:
        return hold_by_default(resource.template.document, statement.condition)
    return any(
        hold_by_default(resource.template.document, each.condition)
        for each in principals(statement)
        if each.kind == "AWS" and each.node == ANYBODY
    )


def _granted(resource: Resource) -> Iterator[Found]:
    """Yield a resource that is a statement itself and allows anybody; a function's URL may."""
    own = resource.properties
    narrowed = any(map(resource.gives, GRANTS.get(resource.type, ())))
    is_open_url = own.get("FunctionUrlAuthType") == "NONE"
    if resource.type in GRANTS and not narrowed and not is_open_url:
        for who, condition in alternatives(own.get("Principal")):
            if who == ANYBODY and hold_by_default(resource.template.document, condition):
                yield Found(who, "allows anybody")
