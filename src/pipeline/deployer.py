"""Whoever a pipeline of another partition deploys as, in the account that is deployed to.

A user whose access key the pipeline keeps, or a role it exchanges a token for; either may package
into one bucket and deploy one stack, which CloudFormation makes with a role of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from awacs import cloudformation, iam, s3
from awacs.aws import Statement, StringEquals
from troposphere import And, AWSObject, Equals, GetAtt, If, Output, Ref, Sub, Template
from troposphere.iam import OIDCProvider, Role, User
from troposphere.s3 import Bucket

from pipeline import names
from pipeline.deploy_target import THIS_STAGE
from pipeline.names import arn, value
from pipeline.parameters import Assertion, Question, add_rule, given, one_of, pattern, text
from pipeline.policies import allow, policy
from pipeline.template import console_url, url_output
from pipeline.topology import Access
from pipeline.unrehearsed import NONE_FAILS
from pipeline.web_identity import trust_token

ACCESS = "Access"
ISSUER = "TokenIssuerUrl"
SUBJECT = "TokenSubject"
BY_KEYS, BY_TOKEN = "AccessKeysChosen", "WebIdentityChosen"
AUDIENCE = names.audience(THIS_STAGE)
DEPLOYER = names.of_stage(THIS_STAGE, names.DEPLOYER)


def questions() -> tuple[Question, ...]:
    """Return what is asked about how the pipeline gets in."""
    return (_access_question(), *_token_questions())


def _access_question() -> Question:
    return text(
        ACCESS,
        "Access",
        f"How the pipeline gets in, for example {Access.ACCESS_KEYS}: a user, whose key you make "
        f"and store. {Access.WEB_IDENTITY}: a role, for a token of the pipeline's build role; see "
        "docs/web-identity.md first, for AWS documents that it does not take such tokens.",
        default=Access.ACCESS_KEYS.value,
        **one_of(each.value for each in Access),
    )


def _token_questions() -> tuple[Question, ...]:
    return (
        text(
            ISSUER,
            "Token issuer",
            f"{Access.WEB_IDENTITY} only: issuer URL of the pipeline's account, as "
            "`aws iam get-outbound-web-identity-federation-info` shows it there, for example "
            "https://1a2b3c4d-1177-4468-9351-2f0123456789.tokens.sts.global.api.aws.",
            default="",
            **pattern("|https://[A-Za-z0-9.-]+", "A URL of a host alone, or nothing."),
        ),
        text(
            SUBJECT,
            "Token subject",
            f"{Access.WEB_IDENTITY} only: ARN of the one role that may get in, the build role of "
            "this stage in the pipeline's account, for example "
            "arn:aws:iam::111122223333:role/lambda-app-dev-china-deploy.",
            default="",
            **pattern(
                "|arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+",
                "The ARN of a role of another partition, or nothing.",
            ),
        ),
    )


def prepare(template: Template) -> None:
    """Add which access was chosen, and that a token is described where one is asked for."""
    template.add_condition(BY_KEYS, Equals(Ref(ACCESS), Access.ACCESS_KEYS.value))
    by_token = Equals(Ref(ACCESS), Access.WEB_IDENTITY.value)
    template.add_condition(BY_TOKEN, And(by_token, given(ISSUER)))
    needed = [
        Assertion(given(each), f"{each} is empty, and {ACCESS} is {Access.WEB_IDENTITY}: give it.")
        for each in (ISSUER, SUBJECT)
    ]
    add_rule(template, "TokenIsDescribed", needed, when=by_token)


def packages(bucket: Bucket) -> Sub:
    """Return the ARN of what is packaged into a bucket."""
    return Sub(f"${{{bucket.title}.Arn}}/{names.PACKAGES}/*")


def deploy_stack(bucket: Bucket, deploy_role: Role) -> list[Statement]:
    """Return what `aws cloudformation package` and `deploy` call, and the looks around them."""
    stack = arn("cloudformation", f"stack/{names.project_stack(THIS_STAGE)}/*")
    calls = [
        *(cloudformation.CreateChangeSet, cloudformation.DescribeChangeSet),
        *(cloudformation.DescribeStackEvents, cloudformation.DescribeStacks),
        *(cloudformation.ExecuteChangeSet, cloudformation.GetTemplateSummary),
    ]
    look = [s3.GetBucketLocation, s3.GetEncryptionConfiguration]
    passed = StringEquals("iam:PassedToService", "cloudformation.amazonaws.com")
    return [
        allow("LookBeforePackaging", look, [GetAtt(bucket, "Arn")]),
        allow("KeepPackages", [s3.GetObject, s3.PutObject], [packages(bucket)]),
        allow(
            "DeployStack",
            calls,
            [stack],
            unrehearsed={NONE_FAILS: [cloudformation.DescribeStackEvents]},
        ),
        allow("PassDeployRole", [iam.PassRole], [GetAtt(deploy_role, "Arn")], passed),
    ]


def deployers(statements: Sequence[Statement]) -> tuple[AWSObject, ...]:
    """Return the user, or the role with the provider of its tokens, that may do what is stated."""
    return (_user(statements), _provider(), _role(statements))


def _user(statements: Sequence[Statement]) -> User:
    own = [
        *(iam.CreateAccessKey, iam.DeleteAccessKey),
        *(iam.GetAccessKeyLastUsed, iam.ListAccessKeys, iam.UpdateAccessKey),
    ]
    rotate = allow(
        "RotateOwnAccessKeys",
        own,
        [arn("iam", f"user/{DEPLOYER}", region="")],
        unrehearsed={
            "Asked of a key alone whose secret is stored nowhere; here every secret is stored.": [
                iam.GetAccessKeyLastUsed
            ]
        },
    )
    return User(
        "DeployUser",
        Condition=BY_KEYS,
        UserName=value(DEPLOYER),
        Policies=[policy("deploy", [*statements, rotate])],
    )


def _provider() -> OIDCProvider:
    return OIDCProvider(
        "TokenProvider", Condition=BY_TOKEN, Url=Ref(ISSUER), ClientIdList=[value(AUDIENCE)]
    )


def _role(statements: Sequence[Statement]) -> Role:
    return Role(
        "DeployRole",
        Condition=BY_TOKEN,
        RoleName=value(DEPLOYER),
        Description="A build role of another partition gets in with a token that names it.",
        AssumeRolePolicyDocument=trust_token(_provider(), ISSUER, AUDIENCE, SUBJECT),
        Policies=[policy("deploy", statements)],
    )


def outputs(bucket: Bucket) -> list[Output]:
    """Return what people look up: the bucket, the deployer, its keys and what it deploys."""
    keys = f"iam/home#/users/details/{DEPLOYER}?section=security_credentials"
    stack = names.project_stack(THIS_STAGE)
    page = f"cloudformation/home?region=${{AWS::Region}}#/stacks?filteringText={stack}"
    deployer = If(BY_KEYS, Sub(f"user/{DEPLOYER}"), Sub(f"role/{DEPLOYER}"))
    make_key = url_output("AccessKeysUrl", "Where the user's key is made.", console_url(keys))
    make_key.Condition = BY_KEYS
    return [
        Output("DeploymentBucketName", Description="Bucket of packages.", Value=Ref(bucket)),
        Output("Deployer", Description="Who the pipeline deploys as.", Value=deployer),
        make_key,
        url_output("StackUrl", "What is deployed here, in the console.", console_url(page)),
    ]
