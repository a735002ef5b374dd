"""What makes cfn-lint fast changes nothing that it says, and is in use."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from cfnlint.conditions.conditions import Conditions

from review import lint_speed
from review.lint import lint, load

PROJECT = Path(__file__).parents[2]
# What one region would have something against, and cfn-lint says nothing of, as another has not.
SILENT = (
    *("no such type elsewhere", "no such image there", "a size in two parts"),
    *("no such zone", "a name that is too long"),
)
# Lints the texts it is given, each for its regions, with or without what makes it fast.
LINT = """
import json, sys
from review import lint
if sys.argv[1] == "plain":
    lint.hasten = lambda rules: None
    lint.one_of_each = lambda document, regions, told_by: tuple(regions)
for name, text, regions in json.load(sys.stdin):
    found = lint.lint_text(name, text, regions).findings
    print(json.dumps([name, [[each.line, each.rule, each.message] for each in found]]))
"""
# What is found anyway is ignored, for all regions are linted where anything is found in one.
HEAD = """\
Metadata:
  cfn-lint: {config: {ignore_checks: [W2001, W7001, W8001, E3673, E3031, W2530, I3]}}
Parameters:
  Region: {Type: String, Default: eu-west-1, AllowedValues: [us-east-1, eu-west-1, us-west-1]}
  Size: {Type: String, Default: large, AllowedValues: [large, 10xlarge]}
  Name: {Type: String, Default: ''}
Mappings:
  Images:
    us-east-1: {Image: ami-0123456789abcdef0}
    eu-west-1: {Image: no-image}
Conditions:
  AtHome: !Equals [!Ref 'AWS::Region', us-east-1]
  Away: !Not [!Condition AtHome]
  Chosen: !Equals [!Ref 'AWS::Region', !Ref Region]
  Named: !Not [!Equals [!Ref Name, '']]
Resources:
"""
# Faults in a template of one resource, most of them in some regions alone.
FAULTS = {
    "no such type there": "Type: AWS::CodeStarConnections::Connection\n"
    "Properties: {ConnectionName: a, ProviderType: GitHub}",
    "no such type elsewhere": "Type: AWS::CodeStarConnections::Connection\nCondition: AtHome\n"
    "Properties: {ConnectionName: a, ProviderType: GitHub}",
    "no such image there": "Type: AWS::EC2::Instance\n"
    "Properties: {ImageId: !FindInMap [Images, !Ref 'AWS::Region', Image]}",
    "no such size there": "Type: AWS::EC2::Instance\nProperties: {InstanceType: a1.large}",
    "no such size anywhere": "Type: AWS::EC2::Instance\nProperties: {InstanceType: m4.big}",
    "a size in two parts": "Type: AWS::EC2::Instance\n"
    "Properties: {InstanceType: !Sub 'm4.${Size}'}",
    "no such zone": "Type: AWS::EC2::Subnet\nProperties: {VpcId: vpc-0123456789abcdef0, "
    "CidrBlock: 10.0.0.0/24, AvailabilityZone: !Select [4, !GetAZs '']}",
    "a function that could start at once": "Type: AWS::Lambda::Function\nProperties: "
    "{Runtime: python3.13, Handler: a.b, Role: a, Code: {ZipFile: a}, "
    "SnapStart: {ApplyOn: PublishedVersions}}",
    "a name that is too long": "Type: AWS::S3::Bucket\nProperties: "
    "{BucketName: !Sub 'a-name-of-a-bucket-that-is-rather-very-long-for-${AWS::Region}-x'}",
    "a name never allowed": "Type: AWS::S3::Bucket\n"
    "Properties: {BucketName: !Sub 'NO_${AWS::Region}'}",
    "conditions": "Type: AWS::S3::Bucket\nProperties: {BucketName: "
    "!If [Chosen, !If [AtHome, 'a_b', 'NO'], !If [Named, !Ref Name, !Ref 'AWS::NoValue']]}",
    "a property too many": "Type: AWS::S3::Bucket\nProperties: {BucketNam: a}",
    "required": "Type: AWS::EC2::Subnet\nProperties: {AvailabilityZone: eu-west-1a}",
    "a reference to nothing": "Type: AWS::S3::Bucket\nProperties: {BucketName: !Ref Nothing}",
    "a reference to nothing, in a text": "Type: AWS::S3::Bucket\n"
    "Properties: {BucketName: !Sub '${Nothing}-${Fault.Arn}'}",
    "a statement": "Type: AWS::IAM::Role\nProperties: {AssumeRolePolicyDocument: {Version: "
    "'2012-10-17', Statement: [{Effect: Alow, Principal: {Service: ec2.amazonaws.com}, "
    "Action: sts:AssumeRol}]}}",
    "an action that is none": "Type: AWS::IAM::ManagedPolicy\nProperties: {PolicyDocument: "
    "{Version: '2012-10-17', Statement: [{Effect: Allow, Action: s3:GetObjct, Resource: '*'}]}}",
    "true and false": "Type: AWS::S3::Bucket\nProperties: {ObjectLockEnabled: 'false', "
    "AccessControl: 'true', VersioningConfiguration: {Status: 'False'}}",
    "a database": "Type: AWS::RDS::DBInstance\nProperties: {DBInstanceClass: db.m1.small, "
    "Engine: mysql, AllocatedStorage: '20'}",
}
REGIONS = ("us-east-1", "us-east-2", "us-west-1", "eu-west-1", "ap-northeast-1", "ap-southeast-6")
PARTITIONS = ("cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "me-south-1")
Job = tuple[str, str, Sequence[str]]


def planted(fault: str) -> str:
    """Return a template with a fault."""
    return HEAD + "  Fault:\n" + "".join(f"    {each}\n" for each in FAULTS[fault].splitlines())


def linted(how: str, jobs: Sequence[Job]) -> dict[str, list[list[object]]]:
    """Return what is found in each text, as a process of its own finds it."""
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", LINT, how],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(PROJECT / "src")},
    )
    return dict(map(json.loads, done.stdout.splitlines()))


@pytest.mark.slow
def test_each_planted_fault_is_found_as_cfn_lint_alone_finds_it_in_every_region() -> None:
    wide = [(fault, planted(fault), [*REGIONS, *PARTITIONS]) for fault in FAULTS]
    narrow = [(f"{fault}, in one partition", text, REGIONS) for fault, text, _ in wide]
    plain = linted("plain", [*wide, *narrow])
    assert {fault for fault in FAULTS if not plain[fault]} == set(SILENT)
    assert linted("fast", [*wide, *narrow]) == plain


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["none", "AWS::Partition"])
def test_the_library_is_found_as_good_or_bad_as_by_cfn_lint_alone(fault: str) -> None:
    paths = sorted((PROJECT / "templates").glob("*.yaml"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    jobs = [(name, text.replace(fault, fault[:-1]), ()) for name, text in texts.items()]
    assert linted("fast", jobs) == linted("plain", jobs)


def test_conditions_are_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()

    def counting(name: str, function: Callable[..., bool]) -> Callable[..., bool]:
        def counted(*question: object) -> bool:
            calls[name] += 1
            return function(*question)

        return counted

    load()
    monkeypatch.setattr(lint_speed, "_satisfiable", counting("solved", lint_speed._satisfiable))
    monkeypatch.setattr(Conditions, "satisfiable", counting("asked", Conditions.satisfiable))
    lint(PROJECT / "templates" / "artifact-store.yaml")
    assert 0 < calls["solved"] < calls["asked"] / 2
