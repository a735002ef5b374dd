"""Rules about roles that tokens from elsewhere are traded for."""

from __future__ import annotations

from collections.abc import Iterator

from review.grants import is_narrowed, principals
from review.rule import Found, rule
from review.spelling import spellings
from review.statements import Statement

PROVIDER = ":oidc-provider/"
# Issuers that give a token to everybody who has an account with them.
SHARED = (
    *("token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io"),
    *("agent.buildkite.com", "oidc.vercel.com"),
)
# What a token says of whose it is.
CLAIMS = (
    *("sub", "repository*", "job_workflow_ref", "namespace_*", "project_*", "organization_*"),
    *("terraform_*", "owner*"),
)


@rule(
    judges=Statement,
    id="MI111",
    sentence="A role is traded for the tokens of somebody in particular.",
    mend="add a condition on the token's subject, ISSUER:sub, that names the repository",
    reason="The issuer gives everybody tokens, and the audience is the same in all of them.",
    source="IAM user guide, roles for OpenID Connect federation",
    passes="""
        Role:
          Properties:
            AssumeRolePolicyDocument:
              Statement:
              - Sid: Assume
                Action: sts:AssumeRoleWithWebIdentity
                Principal:
                  Service: null
                  Federated: !Sub >-
                    arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/gitlab.com
                Condition: {StringLike: {'gitlab.com:sub': 'project_path:example/web-app:*'}}
    """,
    fails="""
        Role:
          Properties:
            AssumeRolePolicyDocument:
              Statement:
              - Sid: Assume
                Action: sts:AssumeRoleWithWebIdentity
                Principal:
                  Service: null
                  Federated: !Sub >-
                    arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/gitlab.com
                Condition: {StringLike: {'gitlab.com:aud': sts.amazonaws.com}}
    """,
)
def anybodys_token_trusted(statement: Statement) -> Iterator[Found]:
    """Yield a shared issuer that is trusted whoever its token is for."""
    if not statement.allows or statement.kind != "trust":
        return
    for issuer in _issuers(statement):
        if issuer in SHARED and not is_narrowed(statement, [f"{issuer}:{it}" for it in CLAIMS]):
            yield Found(statement.node, f"{statement.sid}: trusts every token of {issuer}")


def _issuers(statement: Statement) -> Iterator[str]:
    """Yield the issuers whose tokens are taken; a path after the host is whose they are."""
    for each in principals(statement):
        for arn in spellings({}, each.node) if each.kind == "Federated" else ():
            yield arn.partition(PROVIDER)[2]
