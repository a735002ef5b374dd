"""What keeps the deployment into another partition from being made, each with its sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from buildspecs.partitions import (
    ACCESS_KEY,
    BUCKET_NAME,
    CLOUDFORMATION_ROLE,
    SECRET_KEY,
    STACK,
    USER,
    Places,
    Statement,
    deploy,
    deployer,
    policy,
    reader,
    refused,
    user,
)
from embedded import CHINA_REGION, HOME_REGION

from rehearsal.embedded_aws import Credentials

TEMPLATE = "cloudformation_template_china.yaml"
STORE = "meridian store-access-key --prefix /China/Dev --region cn-north-1 --account"


def stacks(places: Places) -> list[str]:
    found = places.in_china("cloudformation").list_stacks()["StackSummaries"]
    return [each["StackName"] for each in found]


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        (BUCKET_NAME, "Launch the template of the service roles, which writes it."),
        pytest.param(ACCESS_KEY, STORE, marks=pytest.mark.slow),
        pytest.param(SECRET_KEY, STORE, marks=pytest.mark.slow),
    ],
)
def test_a_missing_parameter_is_named(places: Places, bundle: Path, name: str, mend: str) -> None:
    places.at_home("ssm").delete_parameter(Name=name)
    refused(deploy(places, bundle), f"There is no parameter {name}", "in us-east-1. ", mend)


@pytest.mark.slow
@pytest.mark.parametrize("name", [BUCKET_NAME, ACCESS_KEY, SECRET_KEY])
def test_a_parameter_that_may_not_be_read_is_named(places: Places, bundle: Path, name: str) -> None:
    less = [
        {**each, "Resource": [arn for arn in each["Resource"] if name not in arn]}
        for each in reader(places.home)
    ]
    who = places.role("less", [each for each in less if each["Resource"]])
    words = (f"This project's role may not read {name}", "Allow it ssm:GetParameter")
    refused(places.deploy(bundle, who), *words)


def of_home(places: Places) -> Credentials:
    return user(places.clouds.home, HOME_REGION, places.home, [])


def of_another_account(places: Places) -> Credentials:
    return user(places.clouds.china, CHINA_REGION, places.clouds.account(), [])


def disabled(places: Places) -> Credentials:
    places.in_china("iam").update_access_key(
        UserName=USER, AccessKeyId=places.keys.access_key, Status="Inactive"
    )
    return places.keys


def deleted(places: Places) -> Credentials:
    places.in_china("iam").delete_access_key(UserName=USER, AccessKeyId=places.keys.access_key)
    return places.keys


def mismatched(places: Places) -> Credentials:
    return Credentials(places.keys.access_key, "x" * 40)


def no_id(places: Places) -> Credentials:
    return Credentials("' || 'injected", places.keys.secret_key)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (of_home, "is of this partition: it belongs to arn:aws:iam::{home}:user/"),
        (of_another_account, ", but the stack goes to account {china}. Correct the account"),
        (disabled, "is not known in cn-north-1: it is disabled, deleted or of another partition."),
        (deleted, "is not known in cn-north-1: it is disabled, deleted or of another partition."),
        (mismatched, f"and the secret in {SECRET_KEY} do not belong together."),
        (no_id, f"{ACCESS_KEY} holds no id of a key."),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_pair_that_does_not_fit_is_refused(
    places: Places, bundle: Path, pair: Callable[[Places], Credentials], words: str
) -> None:
    keys = pair(places)
    places.at_home("ssm").delete_parameter(Name=SECRET_KEY)
    places.store(keys)
    result = deploy(places, bundle)
    refused(result, words.format(home=places.home, china=places.china), f"{STORE} {places.china}")
    assert keys.secret_key not in result.output
    assert keys.access_key not in result.output


@pytest.mark.slow
def test_a_secret_that_cannot_be_decrypted_is_said(places: Places, bundle: Path) -> None:
    ssm, key = places.at_home("ssm"), places.at_home("kms").create_key()["KeyMetadata"]["KeyId"]
    secret = {"Name": SECRET_KEY, "Value": places.keys.secret_key, "Type": "SecureString"}
    ssm.put_parameter(**secret, KeyId=key, Overwrite=True)
    ssm.label_parameter_version(Name=SECRET_KEY, Labels=[places.keys.access_key])
    said = f"The secret {SECRET_KEY} cannot be decrypted by this project's role."
    refused(deploy(places, bundle), said, "kms:Decrypt")


def another_region(places: Places) -> str:
    name = f"elsewhere-{places.china}"
    places.in_china("s3", "cn-northwest-1").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "cn-northwest-1"}
    )
    places.in_china("iam").put_user_policy(
        UserName=USER,
        PolicyName="least",
        PolicyDocument=policy(*deployer(places.china, name)),
    )
    return name


def not_allowed(places: Places) -> str:
    name = f"other-{places.china}"
    places.in_china("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": CHINA_REGION}
    )
    return name


def missing(places: Places) -> str:
    places.in_china("s3").delete_bucket(Bucket=places.bucket)
    return places.bucket


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bucket", "words"),
    [
        (
            another_region,
            "lies in cn-northwest-1, but the stack goes to cn-north-1. Correct /China",
        ),
        (not_allowed, "or the deployer may not call s3:GetBucketLocation on it."),
        (missing, f"which {BUCKET_NAME} names. Launch the access template in account"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_bucket_that_does_not_fit_is_refused(
    places: Places, bundle: Path, bucket: Callable[[Places], str], words: str
) -> None:
    places.at_home("ssm").put_parameter(Name=BUCKET_NAME, Value=bucket(places), Overwrite=True)
    refused(deploy(places, bundle), words)
    assert stacks(places) == []


def without(action: str) -> Callable[[Places], list[Statement]]:
    def less(places: Places) -> list[Statement]:
        return [
            {**each, "Action": [name for name in each["Action"] if name != action]}
            for each in deployer(places.china, places.bucket)
        ]

    return less


@pytest.mark.slow
@pytest.mark.parametrize(
    ("action", "words", "phase"),
    [
        ("s3:PutObject", "The deployer may not write to", "build"),
        ("cloudformation:DescribeStacks", "Let the deployer call cloudformation:Desc", "pre_build"),
        ("cloudformation:CreateChangeSet", "The deployer may not do that. Launch the acc", "build"),
    ],
)
def test_a_deployer_that_lacks_a_permission_is_said(
    places: Places, bundle: Path, action: str, words: str, phase: str
) -> None:
    places.in_china("iam").put_user_policy(
        UserName=USER, PolicyName="least", PolicyDocument=policy(*without(action)(places))
    )
    refused(deploy(places, bundle), words, phase=phase)


def names_a_role_that_is_not_there(name: str) -> str:
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
    properties = {"PolicyName": "p", "Roles": [name], "PolicyDocument": document}
    attached = {"Type": "AWS::IAM::Policy", "Properties": properties}
    late = {"Type": "AWS::Logs::LogGroup", "DependsOn": "First"}
    first = {"Type": "AWS::Logs::LogGroup"}
    return json.dumps({"Resources": {"First": first, "Attached": attached, "Late": late}})


@pytest.mark.slow
def test_a_stack_that_fails_says_what_failed_first_and_is_deleted_before_the_next(
    places: Places, bundle: Path
) -> None:
    (bundle / TEMPLATE).write_text(names_a_role_that_is_not_there("nobody"))
    who = places.role("deploy-china", reader(places.home))
    delete = f"aws cloudformation delete-stack --region cn-north-1 --stack-name {STACK}"
    refused(
        places.deploy(bundle, who, PARAMETER_OVERRIDES=""),
        f"{STACK} in cn-north-1 of account {places.china} was not deployed. First to fail was"
        " Attached (AWS::IAM::Policy): ",
        "nobody cannot be found. Correct",
        f"Before that, delete what is left: {delete}",
        phase="build",
    )
    refused(places.deploy(bundle, who), "is ROLLBACK_COMPLETE and cannot be updated", delete)


@pytest.mark.slow
def test_a_failure_of_another_day_is_not_taken_for_todays(places: Places, bundle: Path) -> None:
    who = places.role("deploy-china", reader(places.home))
    good = json.dumps({"Resources": {"First": {"Type": "AWS::Logs::LogGroup"}}})
    failing = names_a_role_that_is_not_there("nobody")
    other = failing.replace("Attached", "Another")
    results = []
    for template in (good, failing, other, "Resources: {A: {Type: AWS::No::Such}}"):
        (bundle / TEMPLATE).write_text(template)
        results.append(places.deploy(bundle, who, PARAMETER_OVERRIDES=""))
    first, second, third, fourth = results
    assert first.succeeded, first.output
    refused(second, "First to fail was Attached (AWS::IAM::Policy)", phase="build")
    assert "delete what is left" not in second.output
    refused(third, "First to fail was Another (AWS::IAM::Policy)", phase="build")
    refused(fourth, "AWS::No::Such", f"Correct {TEMPLATE}", phase="build")
    assert "First to fail" not in fourth.output


@pytest.mark.slow
def test_what_the_cloudformation_role_may_not_do_is_to_be_granted_to_it(
    places: Places, bundle: Path
) -> None:
    places.in_china("iam").delete_role_policy(RoleName=CLOUDFORMATION_ROLE, PolicyName="all")
    mend = f"Grant that to the CloudFormation role there, {CLOUDFORMATION_ROLE}:"
    refused(deploy(places, bundle), "is not authorized to perform:", mend, phase="build")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Resources: {A: {Type: AWS::No::Such}}", "AWS::No::Such"),
        ("Resources: {A: {Type: AWS::Lambda::Function, Properties: {Code: gone}}}", "gone"),
        ("Parameters: {P: {Type: String}}\nResources: {A: {Type: AWS::SQS::Queue}}", "P"),
    ],
    ids=["type", "code", "parameter"],
)
def test_an_error_in_the_template_is_shown(
    places: Places, bundle: Path, template: str, words: str
) -> None:
    (bundle / TEMPLATE).write_text(template)
    refused(deploy(places, bundle, PARAMETER_OVERRIDES=""), words, TEMPLATE, phase="build")
