"""Single changes of policies, each with the verdict a careful reviewer would give."""

from __future__ import annotations

import pytest
from changing import lines, seen

from review.diff.permissions import changes

NOTHING = "{}"


def work(*statements: str) -> str:
    """Return a case that lays statements over those of the role's policy."""
    document = f"{{Statement: [{', '.join(statements)}]}}"
    return _role(f"Policies: [{{PolicyName: work, PolicyDocument: {document}}}]")


def trust(statement: str) -> str:
    return _role(f"AssumeRolePolicyDocument: {{Statement: [{statement}]}}")


def _role(properties: str) -> str:
    return f"Role: {{Properties: {{{properties}}}}}"


def policy(type_: str, statement: str, more: str) -> str:
    return (
        f"Own: {{Type: 'AWS::IAM::{type_}', Properties: {{{more}, PolicyName: own, "
        f"PolicyDocument: {{Statement: [{statement}]}}}}}}"
    )


def bucket(statement: str) -> str:
    return (
        "Bucket: {Type: 'AWS::S3::Bucket'}\n"
        "BucketPolicy: {Type: 'AWS::S3::BucketPolicy', Properties: {Bucket: !Ref Bucket, "
        f"PolicyDocument: {{Statement: [{statement}]}}}}}}"
    )


READ = "Sid: ReadArtifacts"
ON_OBJECTS = "Resource: !Sub 'arn:${AWS::Partition}:s3:::${BucketName}/*'"
DELETES = f"{{Sid: Deletes, Effect: Allow, Action: s3:DeleteObject, {ON_OBJECTS}}}"
DENY = "Sid: OnlyTls, Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'"
INSECURE = "Condition: {Bool: {aws:SecureTransport: false}}"
EVERYONE = "Sid: All, Effect: Allow, Principal: '*', Action: s3:GetObject"
ROOT = "!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'"
BOUNDARY = _role("PermissionsBoundary: 'arn:aws:iam::111122223333:policy/edge'")
WIDER = _role("PermissionsBoundary: 'arn:aws:iam::111122223333:policy/wider'")

MORE = work(
    "{Sid: More, Effect: Allow, Action: iam:PassRole, Resource: !GetAtt DeployRole.Arn, "
    "Condition: {StringEquals: {aws:ResourceTag/a: b}}}"
)

CASES = [
    pytest.param(
        work(f"{{{READ}, Action: [s3:GetObject, s3:PutObject]}}"),
        work(f"{{{READ}, Action: [s3:GetObject, s3:PutObject, s3:PutBucketPolicy]}}"),
        ["gained Role/ReadArtifacts: MINOR, decide"],
        ["Permissions management: s3:PutBucketPolicy on arn:aws:s3:::${BucketName}/*"],
        id="an action gained",
    ),
    pytest.param(
        NOTHING,
        work(f"{{{READ}, Action: s3:GetObject}}"),
        ["lost Role/ReadArtifacts: MINOR"],
        ["Write: s3:PutObject", "may be refused"],
        id="an action lost",
    ),
    pytest.param(
        work(f"{{{READ}, Action: 's3:Get*'}}"),
        work(f"{{{READ}, Action: s3:GetObject}}"),
        ["lost Role/ReadArtifacts: MINOR"],
        ["s3:", "Read: "],
        id="a wildcard made an action is a narrowing",
    ),
    pytest.param(
        work(f"{{{READ}, Action: s3:GetObject}}"),
        work(f"{{{READ}, Action: '*'}}"),
        ["gained Role/ReadArtifacts: MINOR, decide"],
        ["actions, up to Permissions management: ", " of iam"],
        id="an action made a wildcard",
    ),
    pytest.param(
        NOTHING,
        work(f"{{{READ}, Resource: '*'}}"),
        ["gained Role/ReadArtifacts: MINOR, decide"],
        ["Write: s3:PutObject; Read: s3:GetObject on *"],
        id="a resource made a wildcard",
    ),
    pytest.param(
        work(f"{{{READ}, Resource: '*'}}"),
        NOTHING,
        ["lost Role/ReadArtifacts: MINOR"],
        ["on *"],
        id="a wildcard made a resource",
    ),
    pytest.param(
        NOTHING,
        work(f"{{{READ}, Action: [s3:GetObject, s3:PutObject, s3:ListBucket]}}"),
        ["gained Role/ReadArtifacts: MINOR"],
        ["List: s3:ListBucket", "it can see names"],
        id="names that can be listed need no decision",
    ),
    pytest.param(
        NOTHING,
        work(f"{{{READ}, Action: [s3:PutObject, s3:getobject]}}"),
        [],
        [],
        id="the order and case of actions",
    ),
    pytest.param(
        NOTHING,
        work(f"{{{READ}, Resource: !Join ['', ['arn:aws:s3:::', !Ref BucketName, '/*']]}}"),
        [],
        [],
        id="another way to write a resource",
    ),
    pytest.param(
        work(DELETES),
        work(
            f"{{Sid: One, Effect: Allow, Action: s3:DeleteObject, {ON_OBJECTS}}}",
            f"{{Sid: Two, Effect: Allow, Action: [s3:GetObject], {ON_OBJECTS}}}",
        ),
        [],
        [],
        id="a statement renamed and another split",
    ),
    pytest.param(
        work(DELETES),
        policy("ManagedPolicy", DELETES, "Roles: [!Ref Role]"),
        [],
        [],
        id="a statement moved to a managed policy that names the role",
    ),
    pytest.param(
        policy("Policy", DELETES, "Roles: [!Ref Role]"),
        f"{policy('ManagedPolicy', DELETES, 'Path: /')}\n{_role('ManagedPolicyArns: [!Ref Own]')}",
        [],
        [],
        id="a policy made a managed one that the role names",
    ),
    pytest.param(
        policy("ManagedPolicy", DELETES, "Roles: [!Ref Role]"),
        policy("ManagedPolicy", DELETES, "Path: /"),
        ["lost Role/Deletes: MINOR"],
        [],
        id="a managed policy taken from its role",
    ),
    pytest.param(
        NOTHING,
        work("{Sid: PassDeployRole, Condition: null}"),
        ["condition dropped Role/PassDeployRole: MINOR, decide"],
        ["iam:PassRole on ${DeployRole.Arn} when StringEquals iam:PassedToService"],
        id="a condition dropped",
    ),
    pytest.param(
        work("{Sid: PassDeployRole, Condition: null}"),
        NOTHING,
        ["condition added Role/PassDeployRole: MINOR"],
        [],
        id="a condition added",
    ),
    pytest.param(
        NOTHING,
        work("{Sid: PassDeployRole, Condition: {StringEquals: {iam:PassedToService: a.example}}}"),
        ["condition changed Role/PassDeployRole: MINOR, decide"],
        ["= cloudformation.amazonaws.com", "= a.example"],
        id="a condition changed",
    ),
    pytest.param(
        NOTHING,
        MORE,
        ["gained Role/More: MINOR, decide"],
        ["when StringEquals aws:ResourceTag/a = b"],
        id="what was granted under another condition, too",
    ),
    pytest.param(
        MORE,
        NOTHING,
        ["lost Role/More: MINOR"],
        ["when StringEquals aws:ResourceTag/a = b"],
        id="what is still granted under another condition",
    ),
    pytest.param(
        work("{Sid: PassDeployRole, Condition: {StringEquals: {iam:PassedToService: [a, b]}}}"),
        work("{Sid: PassDeployRole, Condition: {StringEquals: {iam:PassedToService: b}}}"),
        ["condition added Role/PassDeployRole: MINOR"],
        [],
        id="a condition with fewer values",
    ),
    pytest.param(
        work("{Sid: PassDeployRole, Condition: {StringNotEquals: {aws:ResourceTag/a: [a, b]}}}"),
        work("{Sid: PassDeployRole, Condition: {StringNotEquals: {aws:ResourceTag/a: b}}}"),
        ["condition dropped Role/PassDeployRole: MINOR, decide"],
        [],
        id="a negated condition with fewer values",
    ),
    pytest.param(
        NOTHING,
        trust("{Sid: Assume, Principal: {Service: [codepipeline.amazonaws.com, a.example]}}"),
        ["trust widened Role/Assume: MINOR, decide"],
        ["Service a.example may sts:AssumeRole when StringEquals aws:SourceAccount"],
        id="a principal trusted",
    ),
    pytest.param(
        trust("{Sid: Assume, Principal: {AWS: !Ref AWS::AccountId}}"),
        trust("{Sid: Assume, Principal: {AWS: !GetAtt DeployRole.Arn}}"),
        ["trust narrowed Role/Assume: MINOR", "trust widened Role/Assume: MINOR, decide"],
        [],
        id="another principal trusted",
    ),
    pytest.param(
        trust("{Sid: Assume, Principal: {AWS: '111122223333'}}"),
        trust("{Sid: Assume, Principal: {AWS: 'arn:aws:iam::111122223333:role/deployer'}}"),
        ["trust narrowed Role/Assume: MINOR"],
        ["AWS arn:aws:iam::111122223333:root"],
        id="one role trusted and no longer its account",
    ),
    pytest.param(
        trust("{Sid: Assume, Principal: {AWS: !Ref AWS::AccountId}}"),
        trust(f"{{Sid: Assume, Principal: {{AWS: {ROOT}}}}}"),
        [],
        [],
        id="an account trusted by its root's ARN",
    ),
    pytest.param(
        NOTHING,
        trust("{Sid: Assume, Condition: null}"),
        ["condition dropped Role/Assume: MINOR, decide"],
        ["AssumeRolePolicyDocument"],
        id="a condition of the trust dropped",
    ),
    pytest.param(
        work(f"{{Sid: Never, Effect: Deny, Action: s3:DeleteBucket, {ON_OBJECTS}}}"),
        NOTHING,
        ["Deny dropped Role/Never: MINOR, decide"],
        ["Write: s3:DeleteBucket"],
        id="a Deny dropped",
    ),
    pytest.param(
        work(f"{{Sid: Never, Effect: Deny, Action: 's3:Delete*', {ON_OBJECTS}}}"),
        work(f"{{Sid: Never, Effect: Deny, Action: s3:DeleteBucket, {ON_OBJECTS}}}"),
        ["Deny weakened Role/Never: MINOR, decide"],
        ["s3:DeleteObject"],
        id="a Deny weakened",
    ),
    pytest.param(
        bucket(f"{{{DENY}}}"),
        bucket(f"{{{DENY}, {INSECURE}}}"),
        ["Deny weakened Bucket/OnlyTls: MINOR, decide"],
        ["for *"],
        id="a Deny that now has a condition",
    ),
    pytest.param(
        bucket(f"{{{DENY}, {INSECURE}}}"),
        bucket(f"{{{DENY}, Condition: {{StringEquals: {{aws:SourceVpc: vpc-1}}}}}}"),
        ["Deny weakened Bucket/OnlyTls: MINOR, decide"],
        ["when Bool aws:SecureTransport = false"],
        id="a Deny that now has another condition",
    ),
    pytest.param(
        "Own: {Type: 'AWS::SQS::Queue'}",
        "Own: {Type: 'AWS::IAM::Role', Properties: {PermissionsBoundary: a}}\n"
        "Other: {Type: 'AWS::IAM::Role', Properties: {PermissionsBoundary: a}}",
        ["boundary set Own: MINOR"],
        [],
        id="the boundary of a new role",
    ),
    pytest.param(
        NOTHING,
        work(f"{{Sid: Never, Effect: Deny, Action: s3:DeleteBucket, {ON_OBJECTS}}}"),
        ["Deny added Role/Never: MINOR"],
        [],
        id="a Deny added",
    ),
    pytest.param(
        work(f"{{{READ}, Action: null, NotAction: ['iam:*', 'sts:*']}}"),
        work(f"{{{READ}, Action: null, NotAction: 'iam:*'}}"),
        ["gained Role/ReadArtifacts: MINOR, decide"],
        [" of sts; Tagging: "],
        id="an exception from NotAction gone",
    ),
    pytest.param(
        work(f"{{{READ}, Resource: null, NotResource: [a, b]}}"),
        work(f"{{{READ}, Resource: null, NotResource: [b]}}"),
        ["gained Role/ReadArtifacts: MINOR, decide"],
        ["on all but b"],
        id="an exception from NotResource gone",
    ),
    pytest.param(
        work(f"{{{READ}, Resource: null, NotResource: [a, b]}}"),
        work(f"{{{READ}, Resource: '*'}}"),
        ["gained Role/ReadArtifacts: MINOR, decide"],
        ["on *"],
        id="NotResource made a wildcard",
    ),
    pytest.param(
        bucket("{Effect: Allow, NotPrincipal: {AWS: a}, Action: s3:GetObject, Resource: b}"),
        bucket("{Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: b}"),
        ["gained Bucket: MINOR, decide"],
        ["Read: s3:GetObject on b for *"],
        id="NotPrincipal made everyone",
    ),
    pytest.param(
        "Bucket: {Type: 'AWS::S3::Bucket'}",
        bucket(f"{{{EVERYONE}, Resource: !Sub '${{Bucket.Arn}}/*'}}"),
        ["gained Bucket/All: MINOR, decide"],
        ["Read: s3:GetObject on ${Bucket.Arn}/* for *"],
        id="a bucket policy that lets everyone read",
    ),
    pytest.param(
        bucket(f"{{{DENY}, {INSECURE}}}"),
        "Bucket: {Type: 'AWS::S3::Bucket'}",
        ["Deny dropped Bucket/OnlyTls: MINOR, decide"],
        ["when Bool aws:SecureTransport = false"],
        id="a bucket policy gone",
    ),
    pytest.param(
        NOTHING,
        "Key: {Properties: {KeyPolicy: {Statement: [{Sid: AccountDecides, "
        f"Principal: {{AWS: [{ROOT}, '444455556666']}}}}]}}}}}}",
        ["gained Key/AccountDecides: MINOR, decide"],
        ["kms:* (", "for AWS arn:aws:iam::444455556666:root"],
        id="a key that another account may use",
    ),
    pytest.param(
        "F: {Type: 'AWS::Lambda::Function'}",
        "F: {Type: 'AWS::Lambda::Function'}\n"
        "P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !GetAtt F.Arn, "
        "Action: lambda:InvokeFunction, Principal: s3.amazonaws.com}}",
        ["gained F: MINOR, decide"],
        ["Write: lambda:InvokeFunction for s3.amazonaws.com"],
        id="a function that a service may call",
    ),
    pytest.param(
        "P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: f, SourceAccount: '1', "
        "Action: lambda:InvokeFunction, Principal: s3.amazonaws.com}}",
        "P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: f, "
        "Action: lambda:InvokeFunction, Principal: s3.amazonaws.com}}",
        ["condition dropped f: MINOR, decide"],
        ["StringEquals aws:SourceAccount = 1"],
        id="a Lambda permission without its account",
    ),
    pytest.param(
        NOTHING,
        _role("ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']"),
        ["managed policy attached Role: MINOR, decide"],
        ["AdministratorAccess", "Permissions management: "],
        id="AdministratorAccess attached",
    ),
    pytest.param(
        _role("ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess']"),
        _role("ManagedPolicyArns: ['arn:aws:iam::aws:policy/job-function/ViewOnlyAccess']"),
        [
            "managed policy attached Role: MINOR, decide",
            "managed policy detached Role: MINOR",
            "not judged Role/ReadOnlyAccess",
            "not judged Role/ViewOnlyAccess",
        ],
        [],
        id="another managed policy attached",
    ),
    pytest.param(BOUNDARY, NOTHING, ["boundary dropped Role: MINOR, decide"], [], id="no boundary"),
    pytest.param(
        BOUNDARY,
        WIDER,
        ["boundary changed Role: MINOR, decide"],
        [],
        id="another boundary",
    ),
    pytest.param(NOTHING, BOUNDARY, ["boundary set Role: MINOR"], [], id="a boundary set"),
    pytest.param(
        NOTHING,
        "Role: null",
        ["lost Role: MINOR"],
        ["Permissions management: iam:PassRole; Write: s3:PutObject", "it is gone"],
        id="a role gone",
    ),
    pytest.param(
        "Bucket: {Type: 'AWS::S3::Bucket', Metadata: {a: 1}}",
        "Bucket: {Type: 'AWS::S3::Bucket', Metadata: {a: 2}}",
        [],
        [],
        id="what grants nothing",
    ),
    pytest.param(
        "Web: {Type: 'AWS::WAFv2::WebACL', Properties: {Rules: [{Statement: {Action: a}}]}}",
        "Web: {Type: 'AWS::WAFv2::WebACL', Properties: {Rules: [{Statement: {Action: b}}]}}",
        [],
        [],
        id="a statement that is of no policy",
    ),
    pytest.param(
        "Logs: {Type: 'AWS::Logs::ResourcePolicy', Properties: {PolicyDocument: '{}'}}",
        "Logs: {Type: 'AWS::Logs::ResourcePolicy', Properties: {PolicyDocument: "
        '\'{"Statement": [{"Effect": "Allow", "Principal": {"Service": "es.example"}, '
        '"Action": "logs:PutLogEvents", "Resource": "*"}]}\'}}',
        ["gained Logs: MINOR, decide"],
        ["Write: logs:PutLogEvents on * for Service es.example"],
        id="a policy written as JSON",
    ),
]

PROD = "{Conditions: {IsProd: {'Fn::Equals': [!Ref Stage, prod]}}}"
NOT_PROD = "{Conditions: {IsProd: {'Fn::Not': [{'Fn::Equals': [!Ref Stage, prod]}]}}}"
MANY = ", ".join(f"C{each}: {{'Fn::Equals': [!Ref P{each}, a]}}" for each in range(13))
DELETES_IN_PROD = work(f"{{'Fn::If': [IsProd, {DELETES}, !Ref AWS::NoValue]}}")


@pytest.mark.parametrize(("before", "after", "verdicts", "words"), CASES)
def test_a_change_of_permissions(
    before: str, after: str, verdicts: list[str], words: list[str]
) -> None:
    found = seen(changes, before, after)
    assert sorted(lines(found)) == sorted(verdicts)
    assert [each for each in words if each not in str(found)] == []


def test_the_highest_access_level_comes_first() -> None:
    added = (
        f"{{Sid: A, Effect: Allow, Action: s3:GetObjectTagging, {ON_OBJECTS}}}",
        f"{{Sid: B, Effect: Allow, Action: s3:ListBucket, {ON_OBJECTS}}}",
        f"{{Sid: C, Effect: Allow, Action: s3:PutBucketPolicy, {ON_OBJECTS}}}",
        f"{{Sid: D, Effect: Allow, Action: s3:DeleteObject, {ON_OBJECTS}}}",
    )
    assert lines(seen(changes, NOTHING, work(*added))) == [
        "gained Role/C: MINOR, decide",
        "gained Role/D: MINOR, decide",
        "gained Role/A: MINOR, decide",
        "gained Role/B: MINOR",
    ]


def test_what_is_granted_under_a_condition_is_told_with_it() -> None:
    lacking = work(f"{{'Fn::If': [IsProd, !Ref AWS::NoValue, {DELETES}]}}")
    found = seen(changes, lacking, DELETES_IN_PROD, (PROD, PROD))
    assert lines(found) == ["gained Role/Deletes: MINOR, decide", "lost Role/Deletes: MINOR"]
    assert [str(each).partition("why='")[2][:14] for each in found] == [
        "if IsProd: it ",
        "if not IsProd:",
    ]


def test_an_action_under_a_condition_leaves_the_others_as_they_are() -> None:
    chosen = "!If [IsProd, s3:PutObject, !Ref AWS::NoValue]"
    found = seen(
        changes, NOTHING, work(f"{{{READ}, Action: [s3:GetObject, {chosen}]}}"), (PROD, PROD)
    )
    assert lines(found) == ["lost Role/ReadArtifacts: MINOR"]
    assert "if not IsProd" in str(found)
    assert "GetObject" not in str(found)


def test_a_condition_that_is_defined_anew_is_seen() -> None:
    found = seen(changes, DELETES_IN_PROD, DELETES_IN_PROD, (PROD, NOT_PROD))
    assert lines(found) == ["gained Role/Deletes: MINOR, decide", "lost Role/Deletes: MINOR"]
    assert "if IsProd:" in str(found)


def test_a_condition_that_asks_for_one_defined_anew_is_seen() -> None:
    asking = "IsReal: {'Fn::Or': [{Condition: IsProd}, {'Fn::Equals': [a, b]}]}"
    sections = tuple(each.replace("{IsProd", f"{{{asking}, IsProd") for each in (PROD, NOT_PROD))
    case = DELETES_IN_PROD.replace("[IsProd", "[IsReal")
    found = seen(changes, case, case, (sections[0], sections[1]))
    assert lines(found) == ["gained Role/Deletes: MINOR, decide", "lost Role/Deletes: MINOR"]


def test_a_role_under_a_condition_is_lost_where_that_does_not_hold() -> None:
    found = seen(changes, NOTHING, "Role: {Condition: IsProd}", (PROD, PROD))
    assert lines(found) == ["lost Role: MINOR"]
    assert "if not IsProd: it is gone" in str(found)


def test_only_what_differs_counts_where_conditions_are_many() -> None:
    more = ", ".join(f"{{'Fn::If': [C{each}, {DELETES}, !Ref AWS::NoValue]}}" for each in range(13))
    conditions = f"{{Conditions: {{{MANY}}}}}"
    one, other = (
        work(more, f"{{Sid: Own, Effect: Allow, Action: [{actions}], {ON_OBJECTS}}}")
        for actions in ("s3:GetObject, s3:DeleteObject", "s3:GetObject")
    )
    found = seen(changes, one, other, (conditions, conditions))
    assert lines(found) == ["lost Role/Own: MINOR"]
    found = seen(changes, work(more), other, (conditions, conditions))
    assert lines(found) == ["gained Role/Own: MINOR, decide"]


def test_more_conditions_than_can_be_tried_are_said_to_be_too_many() -> None:
    actions = ", ".join(f"!If [C{each}, s3:A{each}, s3:B]" for each in range(13))
    conditions = f"{{Conditions: {{{MANY}}}}}"
    found = seen(
        changes, NOTHING, work(f"{{{READ}, Action: [{actions}]}}"), (conditions, conditions)
    )
    assert lines(found) == ["not judged Role"]


def test_a_macro_within_a_role_is_not_taken_for_what_it_writes() -> None:
    macro = _role("AssumeRolePolicyDocument: {'Fn::Transform': {Name: Own}}, Policies: []")
    assert seen(changes, NOTHING, macro) == []
