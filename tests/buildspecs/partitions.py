"""A home account with a stage's parameters and roles, and the account in China it deploys to.

Everything is in the embedded AWS of both partitions, and the builds call the real AWS command line.
Where a name in DNS would lead to an endpoint by its region, a wrapper round `aws` does here.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buildspecs.workshop import Workshop
from embedded import CHINA_REGION, HOME_REGION, Clouds
from templates.committed import PROJECT

from rehearsal.buildspec import Build, Result, Status, run
from rehearsal.embedded_aws import LOOPBACK, Credentials, EmbeddedAws, root

APP = PROJECT / "examples/lambda-app"
APP_FILES = (
    *("Makefile", "cloudformation_template.yaml", "cloudformation_template_china.yaml"),
    *("src/app.py", "tests/test_app.py"),
)
NAME, STAGE = "lambda-app", "dev"
STACK = f"{NAME}-app-stack-{STAGE}"
USER = f"{NAME}-{STAGE}-deploy"
CLOUDFORMATION_ROLE = f"{NAME}-{STAGE}-cloudformation"
ACCESS_KEY, SECRET_KEY, BUCKET_NAME = (
    f"/China/Dev/{name}" for name in ("UserAccessKey", "UserSecretKey", "DeploymentS3Bucket")
)
TOOLS = ("make", "tr")
AWS = """#!/usr/bin/env bash
region=$AWS_REGION
for word; do [ "$previous" = --region ] && region=$word; previous=$word; done
case $region in cn-*) export AWS_ENDPOINT_URL={china} ;; *) export AWS_ENDPOINT_URL={home} ;; esac
exec {aws} "$@"
"""

Statement = Mapping[str, Any]


def allow(actions: str, *resources: str, **rest: Any) -> Statement:
    """Return a statement that allows some actions, separated by blanks."""
    return {"Effect": "Allow", "Action": actions.split(), "Resource": list(resources), **rest}


def policy(*statements: Statement) -> str:
    """Return a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(account: str, partition: str) -> str:
    """Return the trust policy of a role that its account's root may assume, as MiniStack wants."""
    return policy(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
            "Action": "sts:AssumeRole",
        }
    )


def deployer(account: str, bucket: str, region: str = CHINA_REGION) -> list[Statement]:
    """Return what the deployer in China may do, until the template that makes it says so."""
    stack = f"arn:aws-cn:cloudformation:{region}:{account}:stack/{STACK}/*"
    change = ["CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet"]
    see = ["DescribeStacks", "DescribeStackEvents"]
    return [
        allow("s3:PutObject s3:GetObject", f"arn:aws-cn:s3:::{bucket}/packages/*"),
        allow("s3:GetBucketLocation", f"arn:aws-cn:s3:::{bucket}"),
        allow(" ".join(f"cloudformation:{each}" for each in [*change, *see]), stack),
        allow("cloudformation:GetTemplateSummary", "*"),
        allow("iam:PassRole", f"arn:aws-cn:iam::{account}:role/{CLOUDFORMATION_ROLE}"),
    ]


def reader(account: str) -> list[Statement]:
    """Return what the deploying project's role at home may do.

    Whether AWS counts a version as part of the resource is not documented: both forms are named.
    """
    arn = f"arn:aws:ssm:{HOME_REGION}:{account}:parameter"
    names = (BUCKET_NAME, ACCESS_KEY, f"{ACCESS_KEY}:*", SECRET_KEY, f"{SECRET_KEY}:*")
    return [
        allow("ssm:GetParameter", *(f"{arn}{name}" for name in names)),
        allow("ssm:GetParameterHistory", f"{arn}{SECRET_KEY}"),
    ]


@dataclass
class Places:
    """Both accounts, and the machine whose builds run between them."""

    clouds: Clouds
    workshop: Workshop
    home: str
    china: str
    bucket: str
    keys: Credentials

    def at_home(self, service: str, region: str = HOME_REGION) -> Any:
        """Return a client of the home account's root."""
        return self.clouds.home.client(service, region, root(self.home))

    def in_china(self, service: str, region: str = CHINA_REGION) -> Any:
        """Return a client of the root of the account in China."""
        return self.clouds.china.client(service, region, root(self.china))

    def role(self, name: str, statements: list[Statement]) -> Credentials:
        """Make a role at home and return credentials of it."""
        iam = self.at_home("iam")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(self.home, "aws"))
        iam.put_role_policy(RoleName=name, PolicyName="least", PolicyDocument=policy(*statements))
        arn = f"arn:aws:iam::{self.home}:role/{name}"
        return self.clouds.home.assume(arn, root(self.home), HOME_REGION)

    def store(self, keys: Credentials, label: str = "") -> None:
        """Store a pair as SecureStrings, the secret's version under its label."""
        ssm = self.at_home("ssm")
        for name, value in ((SECRET_KEY, keys.secret_key), (ACCESS_KEY, keys.access_key)):
            ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
        if label:
            ssm.label_parameter_version(Name=SECRET_KEY, Labels=[label])

    def build(self, spec: str, source: Path, who: Credentials, **variables: str) -> Result:
        """Run a committed buildspec as somebody, on a machine that has the AWS command line."""
        return build(spec, source, self.workshop, {**who.environment, **variables})

    def deploy(self, source: Path, who: Credentials, **changes: str) -> Result:
        """Run the deployment to China."""
        return self.build("deploy-china", source, who, **{**variables(self.china), **changes})


def variables(account: str) -> dict[str, str]:
    """Return what the project that deploys to an account in China is given."""
    return {
        "ACCESS": "access-keys",
        "PROFILE": "china",
        "TARGET_REGION": CHINA_REGION,
        "TARGET_ACCOUNT": account,
        "STACK_NAME": STACK,
        "TEMPLATE": "cloudformation_template_china.yaml",
        "CLOUDFORMATION_ROLE": CLOUDFORMATION_ROLE,
        "CAPABILITIES": "CAPABILITY_NAMED_IAM",
        "PARAMETER_OVERRIDES": f"ProjectName={NAME} StageName={STAGE}",
        "S3_BUCKET_SSM": BUCKET_NAME,
        "USER_ACCESS_KEY_SSM": ACCESS_KEY,
        "USER_SECRET_KEY_SSM": SECRET_KEY,
    }


def build(spec: str, source: Path, workshop: Workshop, given: Mapping[str, str]) -> Result:
    """Run a committed buildspec on the machine of a workshop."""
    text = (PROJECT / "buildspecs" / f"{spec}.yml").read_text(encoding="utf-8")
    environment = {**workshop.environment(), "NO_PROXY": LOOPBACK, **given}
    result = run(Build(text, source, environment, seconds=300))
    for sentence in result.unchecked:
        workshop.note("not checked", sentence)
    return result


def user(cloud: EmbeddedAws, region: str, account: str, statements: list[Statement]) -> Credentials:
    """Make the user that deploys, and return its keys."""
    iam = cloud.client("iam", region, root(account))
    iam.create_user(UserName=USER)
    if statements:
        iam.put_user_policy(UserName=USER, PolicyName="least", PolicyDocument=policy(*statements))
    made = iam.create_access_key(UserName=USER)["AccessKey"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"])


def settle(clouds: Clouds, workshop: Workshop) -> Places:
    """Return two accounts in which all is as it should be, and the machine with its tools."""
    home, china = clouds.account(), clouds.account()
    bucket = f"{NAME}-{STAGE}-{china}-{CHINA_REGION}"
    s3 = clouds.china.client("s3", CHINA_REGION, root(china))
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": CHINA_REGION})
    iam = clouds.china.client("iam", CHINA_REGION, root(china))
    iam.create_role(RoleName=CLOUDFORMATION_ROLE, AssumeRolePolicyDocument=trust(china, "aws-cn"))
    # What this role needs and its boundary allows is tried elsewhere, with the template of both.
    everything = policy(allow("*", "*"))
    iam.put_role_policy(RoleName=CLOUDFORMATION_ROLE, PolicyName="all", PolicyDocument=everything)
    iam.create_policy(PolicyName=f"{NAME}-{STAGE}-boundary", PolicyDocument=everything)
    keys = user(clouds.china, CHINA_REGION, china, deployer(china, bucket))
    places = Places(clouds, workshop, home, china, bucket, keys)
    places.at_home("ssm").put_parameter(Name=BUCKET_NAME, Value=bucket, Type="String")
    places.store(keys, label=keys.access_key)
    reach(clouds, workshop)
    return places


def reach(clouds: Clouds, workshop: Workshop) -> None:
    """Put the AWS command line on the machine, which reaches both partitions."""
    command = Path(sys.prefix) / "bin" / "aws"
    wrapper = workshop.folder / "tools" / "aws"
    wrapper.write_text(AWS.format(home=clouds.home.url, china=clouds.china.url, aws=command))
    wrapper.chmod(0o755)


def equip(workshop: Workshop) -> Workshop:
    """Put on the machine what the builds call beside the AWS command line."""
    for name in TOOLS:
        workshop.use(name)
    return workshop


def application(folder: Path) -> Path:
    """Copy the sample application's own files and return where they are."""
    for name in APP_FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(APP / name, folder / name)
    return folder


def deploy(places: Places, bundle: Path, **changes: str) -> Result:
    """Deploy as a role that may do no more than it has to."""
    return places.deploy(bundle, places.role("deploy-china", reader(places.home)), **changes)


def refused(result: Result, *words: str, phase: str = "pre_build") -> None:
    """Hold that a deployment failed, in which phase, and that it said why."""
    for each in words:
        assert each in result.output, result.output
    assert result.phases[phase] is Status.FAILED
    assert "is up to date" not in result.output
    assert phase == "build" or "Nothing was deployed." in result.output
