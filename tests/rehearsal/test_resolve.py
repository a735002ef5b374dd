"""What a template's functions, parameters and rules come to, for given values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from planning import HOME, scope_of, template_of, written

from rehearsal.errors import RehearsalError
from rehearsal.parameters import read_values
from rehearsal.placeholders import account_of
from rehearsal.resolve import Scope, resolve
from template_reader.errors import TemplateError
from template_reader.file import read_template

TEMPLATE = """\
Parameters:
  Name: {Type: String, Default: orders}
  Asked: {Type: String}
  Regions: {Type: CommaDelimitedList, Default: 'us-east-1, us-east-2'}
  Count: {Type: Number, Default: 3}
  Secret: {Type: String, NoEcho: true, Default: hidden}
  Role: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /US/Dev/Role}
  Zones: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /US/Zones}
Mappings:
  Hosts: {aws: {Console: console.aws.amazon.com}}
Conditions:
  Holds: !Equals [!Ref Name, orders]
  Fails: !Not [!Condition Holds]
  Both: !And [!Condition Holds, !Condition Fails]
  Either: !Or [!Condition Holds, !Condition Fails]
  Circle: !Not [!Condition Circle]
  Short: !Equals [one]
Resources:
  Named: {Type: 'AWS::CodeBuild::Project', Properties: {Name: !Sub '${Name}-build'}}
  Unnamed: {Type: 'AWS::CodeBuild::Project', Properties: {Description: x}}
  Bare: {Type: 'AWS::IAM::Role'}
  Never: {Type: 'AWS::SNS::Topic', Condition: Fails}
  Snake: {Type: 'AWS::SSM::Parameter', Properties: {Name: !Ref Snake}}
Outputs: {Value: {Value: VALUE}}
"""


def scope(folder: Path, value: str, stored: dict[str, str] | None = None, **given: str) -> Scope:
    template = written(folder, TEMPLATE.replace("VALUE", value))
    return Scope(template, HOME, read_values(template, given, stored or {}))


def value_of(scope: Scope) -> Any:
    return resolve(scope.template.document["Outputs"]["Value"]["Value"], scope)


RESOLVED: dict[str, object] = {
    "plain": "plain",
    "[1, true, x]": [1, True, "x"],
    "!Ref Name": "orders",
    "!Ref Asked": "{Asked}",
    "!Ref Regions": ["us-east-1", "us-east-2"],
    "!Ref Count": "3",
    "!Ref Secret": "{Secret}",
    "!Ref Role": "{/US/Dev/Role}",
    "!Ref Zones": ["{/US/Zones}"],
    "!Ref AWS::Region": "us-east-1",
    "!Ref AWS::AccountId": "111122223333",
    "!Ref AWS::Partition": "aws",
    "!Ref AWS::StackName": "orders",
    "!Ref AWS::URLSuffix": "amazonaws.com",
    "{a: !Ref AWS::NoValue, b: [!Ref AWS::NoValue, 1]}": {"b": [1]},
    "!Ref Named": "orders-build",
    "!Ref Unnamed": "{Unnamed}",
    "!GetAtt Unnamed.Arn": "{Unnamed.Arn}",
    "!GetAtt Bare.Arn": "arn:aws:iam::111122223333:role/{Bare}",
    "!Sub '${Name}/${AWS::Region}/${!Kept}/${Named}/${Bare.Arn}'": (
        "orders/us-east-1/${Kept}/orders-build/arn:aws:iam::111122223333:role/{Bare}"
    ),
    "!Sub ['${Name}-${Own}', {Own: !Ref Count}]": "orders-3",
    "!If [Holds, 1, 2]": 1,
    "!If [Fails, 1, 2]": 2,
    "!If [Both, 1, 2]": 2,
    "!If [Either, 1, 2]": 1,
    "[!If [Fails, 1, !Ref AWS::NoValue], 2]": [2],
    "!Join ['-', [a, !Ref Name, 3]]": "a-orders-3",
    "!Join ['-', !Ref Regions]": "us-east-1-us-east-2",
    "!Split [':', 'a:b']": ["a", "b"],
    "!Select [1, !Ref Regions]": "us-east-2",
    "!Select ['1', [a, b]]": "b",
    "!Select [4, !Split [':', !GetAtt Bare.Arn]]": "111122223333",
    "!Select [4, !Split [':', !Ref Role]]": "{account of /US/Dev/Role}",
    "!Select [1, !Split ['/', !Ref Role]]": "{part 2 of /US/Dev/Role}",
    "!FindInMap [Hosts, !Ref AWS::Partition, Console]": "console.aws.amazon.com",
    "Fn::FindInMap: [Hosts, other, Console, {DefaultValue: none}]": "none",
    "!ImportValue shared": "{export shared}",
}


@pytest.mark.parametrize("written_as", RESOLVED)
def test_a_function_is_resolved(tmp_path: Path, written_as: str) -> None:
    value = f"{{{written_as}}}" if written_as.startswith("Fn::") else written_as
    assert value_of(scope(tmp_path, value)) == RESOLVED[written_as]


def test_what_parameter_store_holds_is_taken_where_it_is_known(tmp_path: Path) -> None:
    role = "arn:aws:iam::999988887777:role/deploy"
    stored = {"/US/Dev/Role": role, "/Other": "x,y"}
    assert value_of(scope(tmp_path, "!Ref Role", stored)) == role
    assert value_of(scope(tmp_path, "!Ref Zones", stored, Zones="/Other")) == ["x", "y"]
    assert account_of(role) == "999988887777"
    assert account_of("{/US/Dev/Role}") == "{account of /US/Dev/Role}"
    assert account_of("") == ""


REFUSED = {
    "!Ref Nme": "template.yaml:24: nothing is called Nme (did you mean Name?)",
    "!Ref Never": "Never is needed and not made: its condition Fails does not hold",
    "!Ref Snake": "refers to itself, directly or through others",
    "!If [Circle, 1, 2]": "refers to itself, directly or through others",
    "!If [Hold, 1, 2]": "there is no condition Hold (did you mean Holds?)",
    "!If [Short, 1, 2]": "Fn::If is not written as CloudFormation wants it",
    "!If [Holds, 1]": "Fn::If is not written as CloudFormation wants it",
    "!GetAtt Nothing.Arn": "nothing is called Nothing",
    "!Sub '${Regions}'": "Fn::Sub is not written as CloudFormation wants it",
    "!Select [7, !Ref Regions]": "Fn::Select is not written",
    "!FindInMap [Hosts, aws-cn, Console]": "Mappings.Hosts.aws-cn.Console is not there",
    "!Cidr [a, 1, 2]": "template.yaml:24: Fn::Cidr is not resolved here",
    "!If [{'Fn::Odd': []}, 1, 2]": "Fn::Odd is no condition that is known here",
}


@pytest.mark.parametrize("written_as", REFUSED)
def test_what_cannot_be_resolved_is_named_with_its_line(tmp_path: Path, written_as: str) -> None:
    with pytest.raises(RehearsalError) as refused:
        value_of(scope(tmp_path, written_as))
    assert REFUSED[written_as] in str(refused.value)
    assert "template.yaml:" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"RepositoryNam": "x"}, "no such parameter (did you mean RepositoryName?)"),
        ({"SourceType": "CodeComit"}, "'CodeComit' is not allowed (did you mean CodeCommit?)"),
        ({"SourceType": "x"}, "'x' is not allowed; choose one of CodeCommit, CodeConnections, S3"),
        ({"ProjectName": "Orders"}, "'Orders' is not allowed; wanted: 1 to 16 lower-case letters"),
        ({"ApprovalTimeoutInMinutes": "soon"}, "'soon' is no number"),
        ({"ApprovalTimeoutInMinutes": "4"}, "'4' is not at least 5 and at most 86400"),
        ({"SourceType": "S3", "SourceBucketName": ""}, "SourceBucketName is empty, and SourceType"),
    ],
)
def test_a_value_is_refused_as_a_launch_would(given: dict[str, str], words: str) -> None:
    with pytest.raises(RehearsalError) as refused:
        scope_of(template_of("global-china-pipeline"), **given)
    assert words in str(refused.value)


def test_a_secret_is_not_repeated(tmp_path: Path) -> None:
    text = TEMPLATE.replace("NoEcho: true", "NoEcho: true, AllowedValues: [hidden, other]")
    with pytest.raises(RehearsalError) as refused:
        read_values(written(tmp_path, text), {"Secret": "tell-tale"}, {})
    assert "--param Secret: the value given is not allowed" in str(refused.value)
    assert "tell-tale" not in str(refused.value)


def test_what_a_rule_asks_for_is_a_placeholder_until_it_is_given() -> None:
    template = template_of("multi-region-pipeline")
    assert scope_of(template, SourceType="S3").values["SourceBucketName"] == "{SourceBucketName}"
    given = scope_of(template, SourceType="S3", SourceBucketName="bucket")
    assert given.values["SourceBucketName"] == "bucket"
    assert scope_of(template).values["SourceBucketName"] == ""
    with pytest.raises(
        RehearsalError, match=r"Rules\.RegionsDiffer: The region of this stack and O"
    ):
        scope_of(template, OtherRegion1="us-east-1")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "is not there; name a template"),
        (b"a: [", "is no YAML: "),
        (b"\xff\xfe\xfa", "is no text in UTF-8"),
        (b"", "is no "),
        (b"a: 1", "is no template: it has no Resources"),
        (b"- 1", "is no "),
        (b"Resources: {}\nResources: {}", "Resources is written twice"),
    ],
)
def test_a_file_that_is_no_template_is_named(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "mine.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TemplateError) as refused:
        read_template(path)
    assert str(refused.value).startswith(str(path))
    assert words in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_json_is_read_as_well(tmp_path: Path) -> None:
    document = json.loads(json.dumps(template_of("global-china-pipeline").document))
    assert written(tmp_path, json.dumps(document)).document == document
