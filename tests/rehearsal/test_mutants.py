"""Tests what is taken away from templates for `make mutate`, and how that is judged."""

from __future__ import annotations

import copy
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from outcomes import GREEN
from templates.committed import TEMPLATES

from benchmarks.mutants import (
    ACTION,
    ARTIFACT,
    INPUT,
    NOTHING,
    OUTPUT,
    PERMISSION,
    RULE,
    STATEMENT,
    TARGET,
    TRUST,
    Mutant,
    find_mutants,
    without,
)
from benchmarks.mutation import LAUNCHED
from benchmarks.trials import document_of
from benchmarks.verdicts import DENIES, FOR_PEOPLE, complaints, explain, is_named
from rehearsal.outcome import Launch

HOME = "us-east-1"
READ = {"Sid": "Read", "Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"}
TLS = {"Sid": "Tls", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
TRUSTED = {
    "Effect": "Allow",
    "Principal": {"Service": "x.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
SOURCE = {
    "Name": "Fetch",
    "ActionTypeId": {"Provider": "S3"},
    "OutputArtifacts": [{"Name": "Code"}],
}
DEPLOY = {
    "Name": {"Fn::Sub": "Set-${AWS::Region}"},
    "ActionTypeId": {"Provider": "CloudFormation"},
    "InputArtifacts": [{"Name": "Code"}],
}
SMALL: dict[str, Any] = {
    "Parameters": {"Project": {"Type": "String", "Default": "app"}},
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Metadata": {"Unrehearsed": {"Read": {"s3:Get*": "nobody reads"}}},
            "Properties": {
                "RoleName": {"Fn::Sub": "${Project}-role"},
                "AssumeRolePolicyDocument": {"Statement": [TRUSTED]},
                "Policies": [
                    {"PolicyDocument": {"Statement": [READ]}},
                    {"Fn::If": ["Big", {"PolicyDocument": {"Statement": [READ]}}, NOTHING]},
                ],
            },
        },
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"PolicyDocument": {"Statement": [TLS]}},
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Condition": "SourceIsS3",
            "Properties": {"Targets": [{"Id": "it", "Arn": "arn"}]},
        },
        "Invoke": {"Type": "AWS::Lambda::Permission", "Properties": {}},
        "Pipeline": {
            "Type": "AWS::CodePipeline::Pipeline",
            "Properties": {
                "Stages": [
                    {"Name": "First", "Actions": [{"Fn::If": ["Other", DEPLOY, SOURCE]}]},
                    {"Name": "Last", "Actions": [DEPLOY]},
                ]
            },
        },
    },
    "Outputs": {"RoleArn": {"Value": "x"}, "RoleUrl": {"Value": "y"}},
}
BY_NAME = {each.name: each for each in find_mutants("small", SMALL, HOME)}


def inserted(document: dict[str, Any], mutant: Mutant) -> dict[str, Any]:
    """Return a document with what a mutant lacks put back."""
    whole: Any = copy.deepcopy(document)
    parent, original = whole, SMALL
    for step in mutant.place[:-1]:
        parent, original = parent[step], original[step]  # type: ignore[index]
    last: Any = mutant.place[-1]
    if isinstance(parent, list) and mutant.place[-2] != "Fn::If":
        parent.insert(last, original[last])
    else:
        parent[last] = original[last]
    return dict(whole)


def test_every_kind_is_taken_away_as_often_as_it_stands_there() -> None:
    assert Counter(each.kind for each in find_mutants("small", SMALL, HOME)) == {
        STATEMENT: 3,
        TRUST: 1,
        PERMISSION: 1,
        ACTION: 3,
        INPUT: 2,
        ARTIFACT: 1,
        RULE: 1,
        TARGET: 1,
        OUTPUT: 2,
    }


@pytest.mark.parametrize("mutant", find_mutants("small", SMALL, HOME), ids=lambda each: each.name)
def test_a_mutant_lacks_one_thing_and_is_else_the_same(mutant: Mutant) -> None:
    before = copy.deepcopy(SMALL)
    changed = without(SMALL, mutant.place)
    assert changed != SMALL
    assert inserted(changed, mutant) == SMALL == before


@pytest.mark.parametrize("template", LAUNCHED)
def test_no_statement_of_a_committed_template_is_missed(template: str) -> None:
    written = (TEMPLATES / f"{template}.yaml").read_text()
    found = find_mutants(template, document_of(template), HOME)
    statements = [each for each in found if each.kind in {STATEMENT, TRUST}]
    assert len(statements) == len(re.findall(r"^ +(?:- )?Effect: ", written, re.MULTILINE))
    assert len({each.place for each in found}) == len(found)


def test_a_mutant_is_called_as_people_call_it() -> None:
    action = BY_NAME["small/Pipeline.Last.Set-us-east-1 (action)"]
    assert action.names == ("Set-us-east-1", "Last")
    assert BY_NAME["small/Role.Service x.amazonaws.com (trust)"].names == ("Role", "app-role")
    assert BY_NAME["small/Rule.it (target)"].conditions == (("SourceIsS3", True),)
    other = BY_NAME["small/Pipeline.First.Fetch (action)"]
    assert other.conditions == (("Other", False),)


def test_a_statement_is_named_by_an_action_that_it_allows() -> None:
    statement = BY_NAME["small/Role.Read (statement)"]
    assert is_named(statement, "x is not authorized to perform: s3:GetObject on y", ())
    assert not is_named(statement, "x is not authorized to perform: s3:PutObject on Read", ())


def test_trust_is_named_by_its_role_as_written_or_made() -> None:
    launch = Launch("small", "stack", "1", HOME, {}, {"Role": "stack-Role-XYZ"})
    trust = BY_NAME["small/Role.Service x.amazonaws.com (trust)"]
    assert is_named(trust, "nobody may assume role/app-role", ())
    assert is_named(trust, "nobody may assume role/stack-Role-XYZ", (launch,))
    assert not is_named(trust, "nobody may assume role/my-app-role-2", (launch,))


def test_what_need_not_be_missed_says_why() -> None:
    assert explain(BY_NAME["small/Policy.Tls (statement)"], SMALL) == DENIES
    assert explain(BY_NAME["small/RoleUrl (output)"], SMALL) == FOR_PEOPLE
    assert explain(BY_NAME["small/RoleArn (output)"], SMALL) == ""
    assert explain(BY_NAME["small/Role.Read (statement)"], SMALL) == "nobody reads"


def test_a_reason_for_one_action_explains_no_statement_of_two() -> None:
    more = copy.deepcopy(SMALL)
    policy = more["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"][0]["Action"] = ["s3:Get*", "s3:PutObject"]
    statement = next(each for each in find_mutants("small", more, HOME) if each.kind == STATEMENT)
    assert explain(statement, more) == ""


def test_a_stack_that_cannot_be_launched_is_missed() -> None:
    why = "a.yaml: stack app: Project failed: the role cannot be assumed"
    assert complaints(replace(GREEN, executions=(), unlaunched=why)) == (why,)
    assert complaints(GREEN) == ()
