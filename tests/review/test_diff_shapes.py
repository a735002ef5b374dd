"""Whatever stands where something else should: no reader of changes falls over it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from changing import Changes
from planting import GOOD, planted

from review.diff import network, partitions, permissions, pipelines, scripts, written
from template_reader.file import Template

READERS = [each.changes for each in (network, partitions, permissions, pipelines, scripts, written)]
ODD: list[Any] = [
    *(None, 7, 1.5, True, "", "*", "${", [], {}, [[]], [None], {1: 2}, {"a": None}),
    *({"Ref": 3}, {"Ref": "Nobody"}, {"Fn::GetAtt": "A"}, {"Fn::GetAtt": ["A", {"Ref": "B"}]}),
    *({"Fn::Sub": None}, {"Fn::Sub": ["${a}", {"a": [1]}]}, {"Fn::Join": ["", {"Ref": "L"}]}),
    *({"Fn::If": ["IsProd", 1, {"Ref": "AWS::NoValue"}]}, {"Fn::If": ["Nobody", [], {}]}),
    *({"Fn::If": 1}, {"Fn::If": [{}, 1, 2]}, {"Fn::Base64": None}, {"Ref": "AWS::NoValue"}),
    {"Fn::Transform": {"Name": "Own"}},
]
MORE = """
Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {SecurityGroupIngress:
  [{IpProtocol: tcp, FromPort: 1, ToPort: 2, CidrIp: 10.0.0.0/8}]}}
Rule: {Type: 'AWS::EC2::SecurityGroupIngress', Properties: {GroupId: !Ref Group,
  IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}}
Route: {Type: 'AWS::EC2::Route', Properties: {RouteTableId: !Ref Table, GatewayId: !Ref G,
  DestinationCidrBlock: 0.0.0.0/0}}
Store: {Type: 'AWS::S3::Bucket', Condition: IsProd, Properties:
  {PublicAccessBlockConfiguration: {BlockPublicAcls: true}}}
StorePolicy: {Type: 'AWS::S3::BucketPolicy', Properties: {Bucket: !Ref Store, PolicyDocument:
  {Statement: [{Effect: Deny, Principal: {AWS: '*'}, Action: 's3:*', Resource: '*',
  Condition: {Bool: {aws:SecureTransport: false}}}]}}}
Own: {Type: 'AWS::IAM::ManagedPolicy', Properties: {Roles: [!Ref Role], PolicyDocument:
  {Statement: {Effect: Allow, Action: 'ec2:*', Resource: !If [IsProd, '*', a]}}}}
F: {Type: 'AWS::Lambda::Function', Properties: {VpcConfig: {SubnetIds: [a]}, Code: {ZipFile: a}}}
P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !GetAtt F.Arn, Principal: a,
  Action: lambda:InvokeFunction, SourceAccount: '1'}}
Machine: {Type: 'AWS::StepFunctions::StateMachine', Properties: {Definition: {StartAt: A}}}
Gateway: {Type: 'AWS::EC2::VPCEndpoint', Properties: {VpcId: a}}
"""
BASE: dict[str, Any] = {
    **planted(MORE).document,
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    "Metadata": {"Meridian": {"Partitions": ["aws", "aws-cn"]}},
}


def odd(node: Any, chance: random.Random, likely: float) -> Any:
    """Return a node of which now and then a part is something else."""
    if chance.random() < likely:
        return chance.choice(ODD)
    if isinstance(node, Mapping):
        return {key: odd(each, chance, likely) for key, each in node.items()}
    return [odd(each, chance, likely) for each in node] if isinstance(node, list) else node


def odd_template(seed: int) -> Template:
    chance = random.Random(seed)  # noqa: S311 - the same every time
    document = {key: odd(each, chance, 0.02) for key, each in BASE.items() if key != "Resources"}
    resources = {key: odd(each, chance, 0.02) for key, each in BASE["Resources"].items()}
    return Template(GOOD, {**document, "Resources": resources})


@pytest.mark.parametrize("changes", READERS, ids=lambda each: each.__module__)
@pytest.mark.parametrize("seed", range(12))
def test_no_shape_of_a_template_is_fatal(changes: Changes, seed: int) -> None:
    one, other = odd_template(seed), odd_template(seed + 1000)
    good = Template(GOOD, BASE)
    for before, after in ((good, one), (one, good), (one, other)):
        assert [each for each in changes(before, after) if each is None] == []
    assert list(changes(one, one)) == []


def test_names_that_are_no_texts_can_be_told_apart() -> None:
    odd_names = "[{Name: {1: a, b: c}}, {Name: {1: a, b: d}}]"
    one, other = (
        planted(f"Project: {{Properties: {{Source: {{Own: {each}}}}}}}")
        for each in ("[{Name: a}]", odd_names)
    )
    assert [found for changes in READERS for found in changes(one, other)] == []
