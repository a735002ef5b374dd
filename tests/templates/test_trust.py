"""Who gets in, and who does not: the committed templates launched, their trust tried by callers.

The templates stand in an embedded AWS of two partitions, which evaluates trust policies, identity
policies and their conditions. Each row of the table is a caller that must be refused.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError
from embedded import CHINA_REGION, HOME_REGION, Clouds
from launching import key_of, launch, launch_text
from templates.committed import PROJECT as PROJECT_FOLDER

from pipeline.library import Entry, render
from pipeline.stacks import multi_account_service_roles
from pipeline.topology import Access
from pipeline.topology_file import read_topology
from rehearsal import embedded_identity
from rehearsal.embedded_aws import Credentials, EmbeddedAws, root
from rehearsal.issuers import issuer

PROJECT = "lambda-app"
AUDIENCE = "lambda-app-dev"
ARTIFACT = "lambda-app-pipeline/Packaged/1"
ADMINISTRATOR = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
TOKEN = {"SigningAlgorithm": "ES384", "DurationSeconds": 300}
REFUSED = r"\((AccessDenied|AccessDeniedException|InvalidIdentityToken|ExpiredTokenException)\)"


class Accounts(NamedTuple):
    """Accounts by what they are for; `strange` has nothing to do with any of them."""

    pipeline: str
    tokens: str
    stage: str
    strange: str
    china: str


@dataclass(frozen=True)
class Estate:
    """Four accounts as the templates leave them; roles and stacks by the names of their outputs."""

    home: EmbeddedAws
    china: EmbeddedAws
    accounts: Accounts
    store: dict[str, str]
    roles: dict[str, str]
    tokens: dict[str, str]
    stage: dict[str, str]

    def administrator(self, account: str, name: str) -> Credentials:
        """Return a role of an account that may do anything its account may."""
        iam = self.home.client("iam", HOME_REGION, root(account))
        by_root = {"AWS": f"arn:aws:iam::{account}:root"}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust(by_root)))
        iam.put_role_policy(
            RoleName=name, PolicyName="all", PolicyDocument=json.dumps(ADMINISTRATOR)
        )
        return self.home.assume(f"arn:aws:iam::{account}:role/{name}", root(account), HOME_REGION)

    def user(self, account: str, name: str) -> Credentials:
        """Return a user of an account that may do anything its account may."""
        iam = self.home.client("iam", HOME_REGION, root(account))
        iam.create_user(UserName=name)
        iam.put_user_policy(
            UserName=name, PolicyName="all", PolicyDocument=json.dumps(ADMINISTRATOR)
        )
        return key_of(self.home, HOME_REGION, account, name)

    def service(self, output: str, service: str) -> Credentials:
        """Return a role of the pipeline's account as a service gets it."""
        return self.home.serve(self.roles[output], service, HOME_REGION)

    @property
    def pipeline(self) -> Credentials:
        """The one role that may deploy."""
        return self.service("CodePipelineServiceRoleArn", "codepipeline")

    @property
    def deployer(self) -> Credentials:
        """The one role that may get into China for Dev, by the access key it can read."""
        return self.service("ChinaDevCodeBuildServiceRoleArn", "codebuild")

    @property
    def token_deployer(self) -> Credentials:
        """The one role that may get into China for Dev by a token."""
        return self.home.serve(
            self.tokens["ChinaDevCodeBuildServiceRoleArn"], "codebuild", HOME_REGION
        )

    def enter_stage(self, who: Credentials, role: str = "CrossAccountStageRoleArn") -> Any:
        """Assume the role that cross-account-role.yaml makes."""
        return self.home.assume(self.stage[role], who, HOME_REGION)

    def token(self, who: Credentials, audience: str = AUDIENCE) -> str:
        """Return a token for somebody."""
        sts = self.home.client("sts", HOME_REGION, who)
        token: str = sts.get_web_identity_token(Audience=[audience], **TOKEN)["WebIdentityToken"]
        return token

    def enter_china(self, token: str, role: str = "lambda-app-dev-deploy") -> Credentials:
        """Exchange a token for credentials in China."""
        sts = self.china.client("sts", CHINA_REGION, root(self.accounts.strange))
        given = sts.assume_role_with_web_identity(
            RoleArn=f"arn:aws-cn:iam::{self.accounts.china}:role/{role}",
            RoleSessionName="test",
            WebIdentityToken=token,
        )["Credentials"]
        return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def trust(principal: dict[str, str]) -> dict[str, Any]:
    """Return a trust policy without conditions."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def by_token() -> str:
    """Return the roles of the committed topology, were its access by token."""
    topology = read_topology(PROJECT_FOLDER / "topologies" / "global-china.toml")
    entry = Entry(
        "token-service-roles",
        multi_account_service_roles,
        dataclasses.replace(topology, access=Access.WEB_IDENTITY),
    )
    return render(entry)


@pytest.fixture(scope="module")
def estate(_clouds: Clouds) -> Estate:
    """Launch the second seed's templates, and web identity for Dev."""
    home, china = _clouds.home, _clouds.china
    accounts = Accounts(*(_clouds.account() for _ in Accounts._fields))
    store, _ = (
        launch(
            home,
            HOME_REGION,
            account,
            "artifact-store",
            TargetAccountIds=accounts.stage,
            ParameterPrefix="/US/Dev",
        )
        for account in (accounts.pipeline, accounts.tokens)
    )
    owner = home.client("s3", HOME_REGION, root(accounts.pipeline))
    owner.put_object(Bucket=store["BucketName"], Key=ARTIFACT, Body=b"code")
    asked = dict.fromkeys(("StageAccountId", "ProdAccountId"), accounts.stage)
    asked |= {f"China{stage}AccountId": accounts.china for stage in ("Dev", "Stage", "Prod")}
    roles = launch(home, HOME_REGION, accounts.pipeline, "global-china-service-roles", **asked)
    stage = launch(
        home,
        HOME_REGION,
        accounts.stage,
        "cross-account-role",
        PipelineRoleArn=roles["CodePipelineServiceRoleArn"],
        ArtifactArns=store["ArtifactArns"],
        ArtifactKeyArns=store["KeyArn"],
    )
    tokens = launch_text(
        home, HOME_REGION, accounts.tokens, "token-service-roles", by_token(), **asked
    )
    launch(
        china,
        CHINA_REGION,
        accounts.china,
        "china-access",
        Access="web-identity",
        TokenIssuerUrl=issuer(accounts.tokens),
        TokenSubject=tokens["ChinaDevCodeBuildServiceRoleArn"],
    )
    launch(china, CHINA_REGION, accounts.china, "china-access", StageName="stage")
    launch(china, CHINA_REGION, accounts.china, "china-access", StageName="prod")
    return Estate(home, china, accounts, store, roles, tokens, stage)


def test_the_pipeline_gets_into_the_account_of_a_stage(estate: Estate) -> None:
    inside = estate.enter_stage(estate.pipeline)
    deploying = estate.home.client("cloudformation", HOME_REGION, inside)
    with pytest.raises(ClientError, match="does not exist"):
        deploying.describe_stacks(StackName=f"{PROJECT}-app-stack-stage")


def test_the_build_gets_into_china_with_a_token(estate: Estate) -> None:
    inside = estate.enter_china(estate.token(estate.token_deployer))
    bucket = f"{PROJECT}-dev-{estate.accounts.china}-{CHINA_REGION}"
    s3 = estate.china.client("s3", CHINA_REGION, inside)
    assert s3.put_object(Bucket=bucket, Key="packages/code.zip", Body=b"code")


def test_the_user_of_a_stage_gets_into_china_with_a_key(estate: Estate) -> None:
    s3 = estate.china.client("s3", CHINA_REGION, user(estate, "stage"))
    bucket = f"{PROJECT}-stage-{estate.accounts.china}-{CHINA_REGION}"
    assert s3.put_object(Bucket=bucket, Key="packages/code.zip", Body=b"code")


def test_the_account_of_a_stage_reads_artifacts(estate: Estate) -> None:
    inside = estate.enter_stage(estate.pipeline)
    s3 = estate.home.client("s3", HOME_REGION, inside)
    assert s3.get_object(Bucket=estate.store["BucketName"], Key=ARTIFACT)["Body"].read() == b"code"


def test_each_service_gets_its_own_role(estate: Estate) -> None:
    assert estate.service("CodeBuildServiceRoleArn", "codebuild")
    assert estate.service("DevCloudFormationServiceRoleArn", "cloudformation")
    stage_role = estate.stage["CloudFormationServiceRoleArn"]
    assert estate.home.serve(stage_role, "cloudformation", HOME_REGION)


def user(estate: Estate, stage: str) -> Credentials:
    """Return a key of a stage's user in China; a user has two at most, so it is made once."""
    name = f"{PROJECT}-{stage}-deploy"
    iam = estate.china.client("iam", CHINA_REGION, root(estate.accounts.china))
    for old in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=old["AccessKeyId"])
    return key_of(estate.china, CHINA_REGION, estate.accounts.china, name)


def other_pipeline(estate: Estate) -> Credentials:
    """Return the role of another pipeline of the same account."""
    iam = estate.home.client("iam", HOME_REGION, root(estate.accounts.pipeline))
    service = trust({"Service": "codepipeline.amazonaws.com"})
    name = "OtherPipeline-CodePipelineServiceRole"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(service))
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(ADMINISTRATOR))
    role = f"arn:aws:iam::{estate.accounts.pipeline}:role/{name}"
    return estate.home.serve(role, "codepipeline", HOME_REGION)


def namesake(estate: Estate, output: str) -> Credentials:
    """Return a role of a strange account with the name of one of the pipeline's."""
    name = estate.roles[output].rpartition("/")[2]
    return estate.administrator(estate.accounts.strange, name)


def serve_stranger(estate: Estate, arn: str, service: str) -> Any:
    """Let a service of a strange account, the confused deputy, ask for a role."""
    sts = estate.home.client("sts", HOME_REGION, root(estate.accounts.strange))
    return sts.assume_role(RoleArn=arn, RoleSessionName=f"{service}.amazonaws.com")


def stale(token: str) -> str:
    """Return a token signed anew, as if it had been given an hour ago."""
    unsigned = token.rpartition(".")[0]
    head, _, claims = unsigned.partition(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))
    old = f"{head}.{embedded_identity._encoded({**read, 'exp': read['iat'] - 3600})}"
    return f"{old}.{embedded_identity._signature(old)}"


def forged(token: str) -> str:
    """Return a token that says another thing than was signed."""
    head, claims, signature = token.split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))
    other = embedded_identity._encoded({**read, "sub": "arn:aws:iam::000000000000:role/other"})
    return f"{head}.{other}.{signature}"


def in_china(estate: Estate, service: str, stage: str) -> Any:
    """Return a client of a stage's user."""
    return estate.china.client(service, CHINA_REGION, user(estate, stage))


def bucket_of(estate: Estate, stage: str) -> str:
    """Return the bucket of a stage in China."""
    return f"{PROJECT}-{stage}-{estate.accounts.china}-{CHINA_REGION}"


WRONG: dict[str, Callable[[Estate], Any]] = {
    # The account of a stage: one role of one account.
    "a strange account": lambda e: e.enter_stage(root(e.accounts.strange)),
    "an administrator of a strange account": lambda e: e.enter_stage(
        e.administrator(e.accounts.strange, "admin")
    ),
    "a role of the pipeline's name elsewhere": lambda e: e.enter_stage(
        namesake(e, "CodePipelineServiceRoleArn")
    ),
    "the root of the pipeline's account": lambda e: e.enter_stage(root(e.accounts.pipeline)),
    "an administrator of the pipeline's account": lambda e: e.enter_stage(
        e.administrator(e.accounts.pipeline, "admin")
    ),
    "a user of the pipeline's account": lambda e: e.enter_stage(
        e.user(e.accounts.pipeline, "somebody")
    ),
    "another pipeline": lambda e: e.enter_stage(other_pipeline(e)),
    "the pipeline's own build": lambda e: e.enter_stage(
        e.service("CodeBuildServiceRoleArn", "codebuild")
    ),
    "the build that deploys to China": lambda e: e.enter_stage(e.deployer),
    "the root of the stage's account": lambda e: e.enter_stage(root(e.accounts.stage)),
    "an administrator of the stage's account": lambda e: e.enter_stage(
        e.administrator(e.accounts.stage, "admin")
    ),
    "CodePipeline in the stage's account": lambda e: e.home.serve(
        e.stage["CrossAccountStageRoleArn"], "codepipeline", HOME_REGION
    ),
    "the pipeline, straight into CloudFormation's role": lambda e: e.enter_stage(
        e.pipeline, "CloudFormationServiceRoleArn"
    ),
    # The pipeline's own roles: one service each, for its own account.
    "CodeBuild for the pipeline's role": lambda e: e.service(
        "CodePipelineServiceRoleArn", "codebuild"
    ),
    "CodePipeline for the build's role": lambda e: e.service(
        "CodeBuildServiceRoleArn", "codepipeline"
    ),
    "Lambda for CloudFormation's role": lambda e: e.service(
        "DevCloudFormationServiceRoleArn", "lambda"
    ),
    "CodePipeline for a strange account": lambda e: serve_stranger(
        e, e.roles["CodePipelineServiceRoleArn"], "codepipeline"
    ),
    "CloudFormation for a strange account": lambda e: serve_stranger(
        e, e.stage["CloudFormationServiceRoleArn"], "cloudformation"
    ),
    # China, by token: one role of one account, for one audience.
    "a token for another audience": lambda e: e.token(e.token_deployer, "lambda-app-stage"),
    "a token of another role": lambda e: e.enter_china(
        e.token(e.administrator(e.accounts.tokens, "admin"))
    ),
    "a token of a namesake elsewhere": lambda e: e.enter_china(
        e.token(namesake(e, "ChinaDevCodeBuildServiceRoleArn"))
    ),
    "a token of the pipeline's build": lambda e: e.token(
        e.home.serve(e.tokens["CodeBuildServiceRoleArn"], "codebuild", HOME_REGION)
    ),
    "a token where access is by key": lambda e: e.token(e.deployer),
    "a token that lives long": lambda e: e.home.client(
        "sts", HOME_REGION, e.token_deployer
    ).get_web_identity_token(Audience=[AUDIENCE], SigningAlgorithm="ES384", DurationSeconds=3600),
    "a token for Dev, at Stage's user": lambda e: e.enter_china(
        e.token(e.token_deployer), "lambda-app-stage-deploy"
    ),
    "a stale token": lambda e: e.enter_china(stale(e.token(e.token_deployer))),
    "a forged token": lambda e: e.enter_china(forged(e.token(e.token_deployer))),
    "no token": lambda e: e.enter_china("x.y.z"),
    "a token for CloudFormation's role": lambda e: e.enter_china(
        e.token(e.token_deployer), "lambda-app-dev-cloudformation"
    ),
    "the root of the account in China": lambda e: e.china.assume(
        f"arn:aws-cn:iam::{e.accounts.china}:role/lambda-app-dev-deploy",
        root(e.accounts.china),
        CHINA_REGION,
    ),
    # China, by key: what belongs to the stage, and nothing beside it.
    "a stage's user in another stage's bucket": lambda e: in_china(e, "s3", "stage").put_object(
        Bucket=bucket_of(e, "prod"), Key="packages/x", Body=b""
    ),
    "a stage's user outside its packages": lambda e: in_china(e, "s3", "stage").put_object(
        Bucket=bucket_of(e, "stage"), Key="x", Body=b""
    ),
    "a stage's user and another's stack": lambda e: in_china(
        e, "cloudformation", "stage"
    ).describe_stacks(StackName=f"{PROJECT}-app-stack-prod"),
    "a stage's user and another's keys": lambda e: in_china(e, "iam", "stage").create_access_key(
        UserName=f"{PROJECT}-prod-deploy"
    ),
    "a stage's user and its own policy": lambda e: in_china(e, "iam", "stage").put_user_policy(
        UserName=f"{PROJECT}-stage-deploy",
        PolicyName="all",
        PolicyDocument=json.dumps(ADMINISTRATOR),
    ),
    # The access keys in Parameter Store: the one build that uses them.
    "the build that packages, reading a key": lambda e: e.home.client(
        "ssm", HOME_REGION, e.service("CodeBuildServiceRoleArn", "codebuild")
    ).get_parameter(Name="/China/Dev/UserSecretKey", WithDecryption=True),
    "the pipeline, reading a key": lambda e: e.home.client(
        "ssm", HOME_REGION, e.pipeline
    ).get_parameter(Name="/China/Dev/UserSecretKey", WithDecryption=True),
    "the build for Dev, reading Prod's key": lambda e: e.home.client(
        "ssm", HOME_REGION, e.deployer
    ).get_parameter(Name="/China/Prod/UserSecretKey", WithDecryption=True),
    # The artifacts: the accounts named, and no other.
    "a strange account, reading an artifact": lambda e: e.home.client(
        "s3", HOME_REGION, e.administrator(e.accounts.strange, "reader")
    ).get_object(Bucket=e.store["BucketName"], Key=ARTIFACT),
}


@pytest.mark.parametrize("caller", WRONG)
def test_a_wrong_caller_is_refused(
    estate: Estate, caller: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("stood in for", "AWS, by MiniStack with IAM enforced")
    with pytest.raises(ClientError, match=REFUSED):
        WRONG[caller](estate)
