"""The deployment into another partition, with the real AWS command line, between two clouds."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from buildspecs.leaks import files_with, watch
from buildspecs.partitions import (
    ACCESS_KEY,
    SECRET_KEY,
    STACK,
    STAGE,
    USER,
    Places,
    allow,
    application,
    deploy,
    deployer,
    policy,
    reader,
    refused,
)
from buildspecs.workshop import Workshop
from embedded import HOME_REGION
from templates.committed import PROJECT

from rehearsal.build_files import pack
from rehearsal.buildspec import Build, run
from rehearsal.embedded_aws import Credentials
from rehearsal.issuers import issuer

AUDIENCE = "sts.cn-north-1.amazonaws.com.cn"


@pytest.mark.slow
def test_what_was_built_runs_in_china_and_nothing_ever_showed_the_secret(
    places: Places, tmp_path: Path
) -> None:
    """The whole way: build at home, hand the bundle on, deploy it there, call what stands there."""
    bucket = f"artifacts-{places.home}"
    places.at_home("s3").create_bucket(Bucket=bucket)
    builder = places.role(
        "build",
        [
            allow("s3:GetObject s3:PutObject", f"arn:aws:s3:::{bucket}/packages/*"),
            allow("s3:GetBucketLocation s3:GetEncryptionConfiguration", f"arn:aws:s3:::{bucket}"),
        ],
    )
    built = places.build(
        "build",
        application(tmp_path / "source"),
        builder,
        PACKAGES=f"{HOME_REGION}={bucket}",
        S3_PREFIX="packages",
        TEMPLATE="cloudformation_template.yaml",
    )
    assert built.succeeded, built.output
    pack(next(each for each in built.artifacts if each.name == "Bundle"), tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as packed:
        packed.extractall(tmp_path / "bundle")
    secret, key = places.keys.secret_key, places.keys.access_key
    with watch(secret, key) as seen:
        result = deploy(places, tmp_path / "bundle")
    assert result.succeeded, result.output
    assert f"user/{USER} deploys to cn-north-1." in result.output
    assert f"{STACK} in cn-north-1 of account {places.china} is up to date." in result.output
    holds_what_was_built(places)
    assert any(b"UserSecretKey:" in each for each in seen.arguments), "saw no secret being read"
    assert seen.leaks == set()
    for each in (secret, key):
        assert each not in result.output
        assert files_with(each, tmp_path) == []
        assert all(each.encode() not in content for content in uploaded(places))


def holds_what_was_built(places: Places) -> None:
    outputs = places.in_china("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    values = {each["OutputKey"]: each["OutputValue"] for each in outputs["Outputs"]}
    functions = places.in_china("lambda")
    found = functions.get_function(FunctionName=values["FunctionName"])
    arn = found["Configuration"]["FunctionArn"]
    assert arn.startswith(f"arn:aws-cn:lambda:cn-north-1:{places.china}:function:")
    answer = functions.invoke(FunctionName=values["FunctionName"], Payload=b'{"name": "Ada"}')
    said = json.loads(answer["Payload"].read())
    place = {"partition": "aws-cn", "region": "cn-north-1", "account": places.china}
    assert said == said | place | {"stage": STAGE, "greeting": "Hello, Ada!"}
    (log,) = places.in_china("logs").describe_log_groups(
        logGroupNamePrefix=f"/aws/lambda/{values['FunctionName']}"
    )["logGroups"]
    assert log["retentionInDays"] == 30
    role = found["Configuration"]["Role"].rpartition("/")[2]
    attached = places.in_china("iam").get_role_policy(RoleName=role, PolicyName="write-log")
    (statement,) = attached["PolicyDocument"]["Statement"]
    assert statement["Resource"] == (
        f"arn:aws-cn:logs:cn-north-1:{places.china}:log-group:{log['logGroupName']}:*"
    )


def uploaded(places: Places) -> list[bytes]:
    """Return every object in the bucket in China, archives with what is in them."""
    s3 = places.in_china("s3")
    contents = []
    for each in s3.list_objects_v2(Bucket=places.bucket)["Contents"]:
        body = s3.get_object(Bucket=places.bucket, Key=each["Key"])["Body"].read()
        contents.append(body)
        if zipfile.is_zipfile(io.BytesIO(body)):
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                contents += [packed.read(name) for name in packed.namelist()]
    assert len(contents) > 2
    return contents


@pytest.mark.parametrize("leak", ["sleep 0.3; : secret-of-china", "LEAK=secret-of-china sleep 0.3"])
def test_the_watch_sees_what_leaks(workshop: Workshop, tmp_path: Path, leak: str) -> None:
    workshop.use("sleep")
    spec = "version: 0.2\nenv: {shell: bash}\nphases: {build: {commands: ['bash -c \"$LINE\"']}}"
    with watch("secret-of-china") as seen:
        assert run(Build(spec, tmp_path, workshop.environment() | {"LINE": leak})).succeeded
    assert seen.leaks


@pytest.mark.slow
def test_the_secret_with_the_keys_label_is_taken_while_a_newer_one_is_being_stored(
    places: Places, bundle: Path
) -> None:
    places.at_home("ssm").put_parameter(
        Name=SECRET_KEY, Value="y" * 40, Type="SecureString", Overwrite=True
    )
    assert deploy(places, bundle).succeeded


@pytest.mark.slow
def test_a_pair_stored_by_hand_has_no_label_and_a_second_deployment_changes_nothing(
    places: Places, bundle: Path
) -> None:
    places.at_home("ssm").delete_parameter(Name=SECRET_KEY)
    places.store(places.keys)
    who = places.role("deploy-china", reader(places.home))
    first = places.deploy(bundle, who)
    assert first.succeeded, first.output
    again = places.deploy(bundle, who)
    assert again.succeeded, again.output
    (bundle / "src/app.py").write_text("def handler(event, context):\n    return 'changed'\n")
    assert places.deploy(bundle, who, CAPABILITIES="CAPABILITY_IAM").succeeded
    (function,) = places.in_china("lambda").list_functions()["Functions"]
    answer = places.in_china("lambda").invoke(FunctionName=function["FunctionName"])
    assert answer["Payload"].read() == b'"changed"'


@pytest.mark.slow
def test_a_bucket_with_a_key_gets_everything_encrypted_with_it(
    places: Places, bundle: Path
) -> None:
    key = places.in_china("kms").create_key()["KeyMetadata"]["Arn"]
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    }
    s3 = places.in_china("s3")
    s3.put_bucket_encryption(
        Bucket=places.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    asks = allow("s3:GetEncryptionConfiguration", f"arn:aws-cn:s3:::{places.bucket}")
    uses = allow("kms:Decrypt kms:GenerateDataKey", key)
    places.in_china("iam").put_user_policy(
        UserName=USER, PolicyName="asks", PolicyDocument=policy(asks, uses)
    )
    result = deploy(places, bundle)
    assert result.succeeded, result.output
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=places.bucket)["Contents"]]
    heads = [s3.head_object(Bucket=places.bucket, Key=each) for each in keys]
    assert len(heads) == 2 and {each["SSEKMSKeyId"] for each in heads} == {key}


def outsider(places: Places, audience: str = AUDIENCE) -> Credentials:
    """Let a role at home be the deployer in China by its token, and return credentials of it."""
    host = issuer(places.home).removeprefix("https://")
    who = places.role(
        "deploy-china",
        [
            *reader(places.home),
            {
                "Effect": "Allow",
                "Action": "sts:GetWebIdentityToken",
                "Resource": "*",
                "Condition": {
                    "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": [AUDIENCE]},
                    "StringEquals": {"sts:SigningAlgorithm": "ES384"},
                    "NumericLessThanEquals": {"sts:DurationSeconds": 300},
                },
            },
        ],
    )
    iam = places.in_china("iam")
    iam.create_open_id_connect_provider(Url=f"https://{host}", ClientIDList=[audience])
    subject = f"arn:aws:iam::{places.home}:role/deploy-china"
    trusts = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws-cn:iam::{places.china}:oidc-provider/{host}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{host}:aud": audience, f"{host}:sub": subject}},
    }
    iam.create_role(RoleName=USER, AssumeRolePolicyDocument=policy(trusts))
    least = policy(*deployer(places.china, places.bucket))
    iam.put_role_policy(RoleName=USER, PolicyName="least", PolicyDocument=least)
    return who


WEB_IDENTITY = {
    "ACCESS": "web-identity",
    "WEB_IDENTITY_ROLE": USER,
    "TARGET_PARTITION": "aws-cn",
    "AUDIENCE": AUDIENCE,
    "USER_ACCESS_KEY_SSM": "",
    "USER_SECRET_KEY_SSM": "",
}


@pytest.mark.slow
def test_a_token_deploys_without_any_key_and_is_kept_nowhere(
    places: Places, bundle: Path, tmp_path: Path
) -> None:
    for name in (ACCESS_KEY, SECRET_KEY):
        places.at_home("ssm").delete_parameter(Name=name)
    with watch("eyJ") as seen:  # what every such token begins with
        result = places.deploy(bundle, outsider(places), **WEB_IDENTITY)
    assert result.succeeded, result.output
    assert f"assumed-role/{USER}/codebuild deploys to cn-north-1." in result.output
    assert any(b"get-web-identity-token" in each for each in seen.arguments)
    assert {each for each in seen.leaks if "aws" in each} == set()
    assert files_with("eyJ", tmp_path / "tmp", tmp_path / "home") == []
    assert files_with('SessionToken":', tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("there", "changes", "words"),
    [
        (AUDIENCE, {"AUDIENCE": "elsewhere"}, "This project's role may get no token."),
        ("elsewhere", {}, f"does not let this project's role take on {USER}"),
        (AUDIENCE, {"WEB_IDENTITY_ROLE": "nobody"}, "let this project's role take on nobody"),
    ],
    ids=["not to be asked for", "not accepted there", "no such role"],
)
def test_a_token_that_opens_nothing_is_said(
    places: Places, bundle: Path, there: str, changes: dict[str, str], words: str
) -> None:
    who = outsider(places, there)
    refused(places.deploy(bundle, who, **WEB_IDENTITY | changes), words)


def test_one_buildspec_serves_every_partition() -> None:
    text = (PROJECT / "buildspecs/deploy-china.yml").read_text(encoding="utf-8")
    assert re.findall(r"(?i)china|\bcn-|aws-[a-z]+:|arn:aws\b|amazonaws", text) == []
