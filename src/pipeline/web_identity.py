"""Access by a token in place of a key: who may ask for one, and who it opens a role for.

The names of the condition keys hold the issuer, which is known at launch only, and CloudFormation
takes no function as a key. A trust policy is therefore a text, which it takes as well.

Source: "Controlling access with IAM policies" of outbound identity federation, IAM user guide.
"""

from __future__ import annotations

import json

from awacs import sts
from awacs.aws import (
    ForAllValuesStringEquals,
    Null,
    NumericLessThanEquals,
    Statement,
    StringEquals,
)
from troposphere import Ref, Select, Split, Sub
from troposphere.iam import OIDCProvider

from pipeline.policies import POLICY_VERSION, Resource, allow

SECONDS = 300
ALGORITHM = "ES384"


def ask_for_token(audience: Resource) -> Statement:
    """Return what a role needs to be given a token for one audience, short-lived.

    `ForAllValues` alone would also hold for a request that names no audience.
    """
    named = "sts:IdentityTokenAudience"
    return allow(
        "AskForTokenTakesNoResource",
        [sts.GetWebIdentityToken],
        ["*"],
        ForAllValuesStringEquals(named, audience),
        Null(named, "false"),
        NumericLessThanEquals("sts:DurationSeconds", str(SECONDS)),
        StringEquals("sts:SigningAlgorithm", ALGORITHM),
    )


def trust_token(provider: OIDCProvider, issuer: str, audience: str, subject: str) -> Sub:
    """Return the trust policy of a role for the tokens of one subject.

    `issuer` and `subject` name parameters, `audience` is a text inside `Fn::Sub`.
    """
    statement = {
        "Sid": "OneRoleElsewhereGetsInWithAToken",
        "Effect": "Allow",
        "Principal": {"Federated": f"${{{provider.title}}}"},
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Condition": {
            "StringEquals": {
                "${Issuer}:aud": audience,
                "${Issuer}:sub": f"${{{subject}}}",
            }
        },
    }
    trust = {"Version": POLICY_VERSION, "Statement": [statement]}
    return Sub(json.dumps(trust, indent=2), Issuer=Select(1, Split("//", Ref(issuer))))
