"""What `launch-bucket.yaml` makes, and what it asks: launched, and in the committed YAML."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from embedded import CHINA_REGION, HOME_REGION
from launch_buckets import DENIED, NAME, Maker
from launching import wait
from planning import scope_of, template_of
from templates.committed import resources, statements

from rehearsal.errors import RehearsalError

PARTITIONS = pytest.mark.parametrize("region", [HOME_REGION, CHINA_REGION])


@pytest.mark.parametrize(
    ("region", "suffix", "console"),
    [
        (HOME_REGION, "amazonaws.com", "console.aws.amazon.com"),
        (CHINA_REGION, "amazonaws.com.cn", "console.amazonaws.cn"),
    ],
)
def test_its_outputs_are_the_urls_of_the_partition(
    make: Maker, region: str, suffix: str, console: str
) -> None:
    bucket = make(region, BucketName=f"orders-templates-{region}")
    assert bucket.name == f"orders-templates-{region}"
    prefix = f"https://{bucket.name}.s3.{region}.{suffix}/"
    assert bucket.outputs["UrlPrefix"] == prefix
    assert bucket.outputs["LaunchPageUrl"] == f"{prefix}latest/index.html"
    page = f"https://{region}.{console}/s3/buckets/{bucket.name}?region={region}"
    assert bucket.outputs["BucketUrl"] == page


def test_bucket_and_log_outlive_the_stack(make: Maker) -> None:
    bucket = make()
    bucket.publish()
    client, stack = bucket.client("cloudformation"), bucket.outputs["Stack"]
    id_ = client.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    client.delete_stack(StackName=stack)
    assert wait(client, id_)["StackStatus"] == "DELETE_COMPLETE"
    assert bucket.read() == b"first"
    assert bucket.put(bucket.client("s3")) == DENIED
    bucket.client("s3").head_bucket(Bucket=bucket.outputs["LogBucketName"])


def test_a_log_bucket_that_is_there_is_taken(make: Maker) -> None:
    bucket = make(AccessLogBucket="access-logs")
    assert bucket.outputs["LogBucketName"] == "access-logs"
    made = bucket.client("cloudformation").describe_stack_resources(
        StackName=bucket.outputs["Stack"]
    )["StackResources"]
    assert {each["LogicalResourceId"] for each in made} == {"Bucket", "BucketPolicy"}


def test_s3_alone_writes_the_log_and_of_this_bucket_alone(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("not checked", "that S3 delivers an access log (the template says where to)")
    log = resources(NAME)["Bucket"]["Properties"]["LoggingConfiguration"]
    made = [{"Ref": "AccessLogBucket"}, {"Ref": "LogBucket"}]
    assert log["DestinationBucketName"] == {"Fn::If": ["AccessLogBucketGiven", *made]}
    policy = resources(NAME)["LogBucketPolicy"]["Properties"]
    (write,) = (each for _, each in statements(policy) if each["Effect"] == "Allow")
    assert write["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert write["Action"] == ["s3:PutObject"]
    assert write["Condition"] == {
        "ArnLike": {"aws:SourceArn": {"Fn::GetAtt": ["Bucket", "Arn"]}},
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    }


@pytest.mark.parametrize("bucket", ["Bucket", "LogBucket"])
def test_everyone_needs_tls_12(bucket: str, record_property: Callable[[str, object], None]) -> None:
    record_property("not checked", "a call over plain HTTP (on loopback there is no other)")
    policy = resources(NAME)[f"{bucket}Policy"]["Properties"]
    denied = {each["Sid"]: each for _, each in statements(policy) if each["Effect"] == "Deny"}
    both = [{"Fn::GetAtt": [bucket, "Arn"]}, {"Fn::Sub": f"${{{bucket}.Arn}}/*"}]
    for sid, condition in (
        ("DenyPlainHttp", {"Bool": {"aws:SecureTransport": "false"}}),
        ("DenyTlsBefore12", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    ):
        assert denied[sid]["Principal"] == "*"
        assert denied[sid]["Action"] == ["s3:*"]
        assert denied[sid]["Resource"] == both
        assert denied[sid]["Condition"] == condition


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"ReadAccess": "Organization", "OrganizationId": ""},
            "OrganizationId is empty: say which",
        ),
        (
            {"OrganizationId": "o-a1b2c3d4e5"},
            "choose Organization as ReadAccess, or leave it empty",
        ),
        ({"ReadAccess": "Public", "OrganizationId": "o-a1b2c3d4e5"}, "choose Organization"),
        ({"BucketName": "logs", "AccessLogBucket": "logs"}, "name another bucket"),
        ({"ReadAccess": "public"}, "--param ReadAccess"),
        ({"ReadAccess": "Organization", "OrganizationId": "123456789012"}, "An id like o-a1b2"),
        ({"BucketName": "has.dots"}, "inner hyphens"),
        ({"BucketName": "Upper"}, "inner hyphens"),
        ({"BucketName": "x" * 64}, "inner hyphens"),
        ({"PublisherArns": "111122223333"}, "ARNs of roles and users"),
        ({"PublisherArns": "arn:aws:iam::111122223333:role/a,*"}, "ARNs of roles and users"),
        ({"AccessLogRetentionInDays": "0"}, "'0' is not at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(given: dict[str, str], words: str) -> None:
    with pytest.raises(RehearsalError) as refused:
        scope_of(template_of(NAME), **given)
    assert words in str(refused.value)


def test_what_makes_sense_is_taken() -> None:
    scope_of(template_of(NAME))
    scope_of(template_of(NAME), ReadAccess="Organization", OrganizationId="o-a1b2c3d4e5")
    publisher = "arn:aws-cn:iam::111122223333:role/a/b"
    scope_of(template_of(NAME), PublisherArns=publisher, AccessLogBucket="logs.example.com")
